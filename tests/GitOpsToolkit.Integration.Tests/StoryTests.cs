using GitOpsToolkit.TestKit;
using Xunit;

namespace GitOpsToolkit.Integration.Tests;

/// <summary>The whole main job on real input: the story that <c>make run</c> tells.</summary>
[Collection(Machine.Collection)]
public sealed class StoryTests
{
    [Fact]
    public async Task Every_step_of_the_story_holds_and_a_second_start_does_nothing_twice()
    {
        using var state = new TempDirectory();
        using var output = new StringWriter();

        var code = await SandboxProgram.RunInProcessAsync(state.Path, output);

        Assert.True(code == 0, output.ToString());
        Assert.Contains("All steps held", output.ToString());
        var log = await RepositoryLog.ReadAsync(state.Path);
        Assert.Equal(
            ["Remove the service", "Fix the deployment", "Break the deployment", "Update images", "Add devops-solutions-map"],
            log.Select(commit => commit.Subject));

        using var second = new StringWriter();
        Assert.Equal(0, await SandboxProgram.RunInProcessAsync(state.Path, second));
        Assert.Equal(log, await RepositoryLog.ReadAsync(state.Path));
    }
}

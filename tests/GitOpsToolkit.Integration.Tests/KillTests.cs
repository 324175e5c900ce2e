using GitOpsToolkit.TestKit;
using Xunit;

namespace GitOpsToolkit.Integration.Tests;

/// <summary>The process dies without warning, at any moment; the next start with the same state directory goes on as if nothing had been.</summary>
[Collection(Machine.Collection)]
public sealed class KillTests
{
    private const int Kills = 10;

    [Fact]
    public async Task Killed_ten_times_in_the_middle_the_story_still_converges_with_no_commit_lost_or_doubled()
    {
        using var state = new TempDirectory();
        var output = new List<string>();
        var seed = Environment.TickCount;
        var random = new Random(seed);
        var finished = false;
        for (var kill = 0; kill < Kills && !finished; kill++)
        {
            using var process = SandboxProgram.Start(state.Path, output);
            // Counted from the first line of the story, which every start reaches; the moments fall into every act as the story goes on from start to start.
            await Eventually.TrueAsync(() => process.HasExited || Said(output, "1. Git holds", kill + 1), "the story begins", TestCluster.Patience);
            using var moment = new CancellationTokenSource(TimeSpan.FromMilliseconds(random.Next(20, 1000)));
            finished = await EndedBeforeAsync(process, moment.Token);
            process.Kill();
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
            await Eventually.TrueAsync(() => Servants(state.Path).Count == 0, "the processes that served the killed one end too", TestCluster.Patience);
        }

        using (var last = SandboxProgram.Start(state.Path, output))
        {
            var code = await SandboxProgram.WaitAsync(last);
            Assert.True(code == 0, $"seed {seed}\n{string.Join('\n', output)}");
        }

        await RepositoryLog.CheckAsync(state.Path);
        var log = await RepositoryLog.ReadAsync(state.Path);
        Assert.True(
            log.Select(commit => commit.Subject).SequenceEqual(
                ["Remove the service", "Fix the deployment", "Break the deployment", "Update images", "Add devops-solutions-map"]),
            $"seed {seed}: {string.Join("; ", log)}\n{string.Join('\n', output)}");
    }

    /// <summary>The processes that work for a sandbox of this folder: it stands among their arguments or in their environment. Linux alone tells of them.</summary>
    private static List<string> Servants(string folder) => !OperatingSystem.IsLinux()
        ? []
        : [.. Directory.EnumerateDirectories("/proc")
            .Where(process => int.TryParse(Path.GetFileName(process), out _))
            .Where(process => Read(process, "environ").Contains(folder, StringComparison.Ordinal) || Read(process, "cmdline").Contains(folder, StringComparison.Ordinal))];

    private static string Read(string process, string file)
    {
        try
        {
            return File.ReadAllText(Path.Combine(process, file));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // It has ended, or is somebody else's.
            return "";
        }
    }

    private static async Task<bool> EndedBeforeAsync(System.Diagnostics.Process process, CancellationToken moment)
    {
        try
        {
            await process.WaitForExitAsync(moment);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private static bool Said(List<string> output, string text, int times)
    {
        lock (output)
        {
            return output.Count(line => line.StartsWith(text, StringComparison.Ordinal)) >= times;
        }
    }
}

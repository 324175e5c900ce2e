using GitOpsToolkit.ApiServerFidelity.Tests.Running;

namespace GitOpsToolkit.ApiServerFidelity.Tests;

/// <summary>The sandbox's API server answers as a real one does. README.md tells how a case is written.</summary>
public sealed class FidelityTests(Suite suite) : IClassFixture<Suite>
{
    public static TheoryData<string> Names => [.. Suite.Cases.Select(c => c.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Answers_as_a_real_API_server(string name)
    {
        var outcome = await suite.OutcomeAsync(name);
        Assert.SkipWhen(outcome.Skipped is not null, outcome.Skipped ?? "");

        var different = outcome.Comparisons.Where(c => c.Count > 0).Select(c => $"the real API server {c.Version} (-):\n{c.Report}").ToList();
        Assert.True(different.Count == 0, $"{name}: the sandbox (+) is not as {string.Join("\nand not as ", different)}");
    }

    [Fact]
    public async Task Every_explanation_for_all_cases_is_needed()
    {
        Assert.SkipUnless(Suite.IsWhole, "only some of the cases run");
        Assert.SkipWhen(suite.Servers.Reference is null, suite.Servers.WhyNoReference);

        var used = new HashSet<object>();
        foreach (var each in Suite.Cases)
        {
            used.UnionWith((await suite.OutcomeAsync(each.Name)).Comparisons.SelectMany(c => c.UsedShared));
        }

        Assert.Empty(Suite.Shared.Where(e => suite.Servers.References.Any(r => e.AppliesTo(r.Version)) && !used.Contains(e)));
    }

    [Fact]
    public void Every_limit_stands_in_the_sandboxs_README()
    {
        var readme = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "sandbox-README.md"));

        Assert.All(
            Suite.Cases.SelectMany(c => c.Explained).Concat(Suite.Shared).Where(e => e.Limit is not null),
            e => Assert.Contains(e.Limit!, readme, StringComparison.Ordinal));
    }
}

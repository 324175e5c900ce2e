using GitOpsToolkit.Sandbox;
using GitOpsToolkit.TestKit;
using Xunit;

namespace GitOpsToolkit.Integration.Tests;

/// <summary>Kustomizations that depend on one another are applied one after another, and wait where one of them fails.</summary>
[Collection(Machine.Collection)]
public sealed class DependencyJourneyTests
{
    [Fact]
    public async Task A_chain_waits_for_its_first_link_and_then_goes_through_in_order()
    {
        using var state = new TempDirectory();
        var cancel = TestContext.Current.CancellationToken;
        await using var sandbox = await SandboxEnvironment.StartAsync(TestCluster.Options(state), cancel);
        await sandbox.MakeNamespaceAsync(cancel);
        await sandbox.GitServer.CreateRepositoryAsync("chain", cancel: cancel);
        using var copy = await GitWorkingCopy.InitAsync(sandbox.GitServer.CloneUrl("chain"));
        await copy.PushCommitAsync("Add three links, the first one broken", ("first/a.yaml", "kind: [broken\n"), Manifest("second"), Manifest("third"));
        // Made in the wrong order: the last link first.
        await sandbox.MakeAsync(
            Link("third", "dependsOn: [{name: second}]") + Link("second", "dependsOn: [{name: first}]") + Link("first", "suspend: false")
            + $"kind: GitRepository\nmetadata: {{name: chain}}\nspec: {{url: '{sandbox.GitServer.CloneUrl("chain")}', interval: 1s, ref: {{branch: main}}}}\n",
            cancel);

        await sandbox.UntilAsync("Kustomization", "first", "False BuildFailed", cancel);
        await sandbox.UntilAsync("Kustomization", "second", "False DependencyNotReady", cancel);
        await sandbox.UntilAsync("Kustomization", "third", "False DependencyNotReady", cancel);
        Assert.Null(await FindAsync(sandbox, "second", cancel));
        Assert.Null(await FindAsync(sandbox, "third", cancel));

        await copy.PushCommitAsync("Mend the first link", Manifest("first"));
        foreach (var name in (string[])["first", "second", "third"])
        {
            await sandbox.UntilAsync("Kustomization", name, "True", cancel);
        }

        var versions = new List<long>();
        foreach (var name in (string[])["first", "second", "third"])
        {
            versions.Add(long.Parse((await FindAsync(sandbox, name, cancel))!));
        }

        // The newest version of the server at the time of each object's only write.
        Assert.Equal(versions.Order(), versions);
    }

    private static async Task<string?> FindAsync(SandboxEnvironment sandbox, string name, CancellationToken cancel) =>
        (string?)(await sandbox.Client.GetAsync(Playing.Kinds["ConfigMap"] with { Name = name }, cancel))?["metadata"]?["resourceVersion"];

    private static (string, string?) Manifest(string name) =>
        ($"{name}/a.yaml", $"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: {name}, namespace: apps}}\n");

    private static string Link(string name, string rest) =>
        $"kind: Kustomization\nmetadata: {{name: {name}}}\nspec:\n  sourceRef: {{kind: GitRepository, name: chain}}\n"
        + $"  path: ./{name}\n  interval: 1m\n  retryInterval: 1s\n  prune: true\n  {rest}\n---\n";
}

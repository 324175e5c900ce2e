using GitOpsToolkit.TestKit;
using Xunit;

namespace GitOpsToolkit.Sandbox.ControlPlanes.Tests;

/// <summary>`make cluster-up` and `make cluster-down`, with the scripts that they run.</summary>
public sealed class ClusterScriptTests : IDisposable
{
    private static readonly string Up = Path.Combine(Shell.Scripts, "up.sh");
    private static readonly string Down = Path.Combine(Shell.Scripts, "down.sh");
    private static readonly string[] Gitops = [Path.Combine(AppContext.BaseDirectory, "gitops"), "true"];

    private readonly TempDirectory _folder = new();

    private string State => _folder["cluster"];

    private Dictionary<string, string> Environment => new() { ["GITOPS_CLUSTER"] = State };

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Up_stays_up_twice_is_once_and_down_leaves_nothing()
    {
        _ = RealControlPlane.Binaries;
        var export = $"export KUBECONFIG={State}/kubeconfig";

        var first = await Shell.RunAsync(Up, Environment, Gitops);
        Assert.True(first.Code == 0, first.Errors);
        Assert.Equal(export, first.Output);
        var keeper = await File.ReadAllTextAsync(Path.Combine(State, "pid"), TestContext.Current.CancellationToken);

        var second = await Shell.RunAsync(Up, Environment, Gitops);
        Assert.Equal((0, export), (second.Code, second.Output));
        Assert.Contains($"it is up (process {keeper.Trim()})", second.Errors, StringComparison.Ordinal);
        await using (var plane = await ControlPlane.FromKubeconfigAsync(Path.Combine(State, "kubeconfig"), TestContext.Current.CancellationToken))
        {
            Assert.InRange(plane.ServerVersion, new Version(1, 20), new Version(2, 0));
        }

        var down = await Shell.RunAsync(Down, Environment);
        Assert.True(down.Code == 0, down.Errors);
        Assert.False(Directory.Exists($"/proc/{keeper.Trim()}"));
        Assert.False(Directory.Exists(State));
    }

    [Fact]
    public async Task Down_without_a_cluster_is_no_fault()
    {
        var (code, _, errors) = await Shell.RunAsync(Down, Environment);

        Assert.Equal(0, code);
        Assert.Contains("there is none that runs", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Down_leaves_a_process_alone_that_got_the_number_of_the_clusters()
    {
        Directory.CreateDirectory(State);
        await File.WriteAllTextAsync(Path.Combine(State, "pid"), $"{System.Environment.ProcessId}\n", TestContext.Current.CancellationToken);

        var (code, _, errors) = await Shell.RunAsync(Down, Environment);

        Assert.Equal(0, code);
        Assert.Contains("there is none that runs", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_cluster_that_is_named_is_used_as_it_is()
    {
        var environment = Environment;
        environment["KUBECONFIG"] = "/some/kubeconfig";

        var (code, output, _) = await Shell.RunAsync(Up, environment, Gitops);

        Assert.Equal((0, "export KUBECONFIG=/some/kubeconfig"), (code, output));
        Assert.False(Directory.Exists(State));
    }

    [Fact]
    public async Task A_start_that_fails_says_why()
    {
        Directory.CreateDirectory(_folder["assets"]);
        foreach (var program in (string[])["etcd", "kube-apiserver"])
        {
            await File.WriteAllTextAsync(_folder["assets/" + program], "#!/bin/sh\necho broken to the core; exit 7\n", TestContext.Current.CancellationToken);
            File.SetUnixFileMode(_folder["assets/" + program], UnixFileMode.UserExecute | UnixFileMode.UserRead);
        }

        var environment = Environment;
        environment["KUBEBUILDER_ASSETS"] = _folder["assets"];

        var (code, output, errors) = await Shell.RunAsync(Up, environment, Gitops);

        Assert.Equal((1, ""), (code, output));
        Assert.Contains("etcd ended with code 7", errors, StringComparison.Ordinal);
        Assert.Contains("broken to the core", errors, StringComparison.Ordinal);
    }
}

using System.Diagnostics;
using GitOpsToolkit.TestKit;
using Xunit;

namespace GitOpsToolkit.Sandbox.Simulator.Tests;

/// <summary>What people do with <c>kubectl rollout</c>, done by kubectl itself.</summary>
public sealed class KubectlRolloutTests : IAsyncLifetime
{
    private readonly TempDirectory _home = new();
    private Playground _cluster = null!;

    public async ValueTask InitializeAsync()
    {
        var found = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(folder => folder.Length > 0 && File.Exists(Path.Combine(folder, "kubectl")));
        Assert.SkipUnless(found, "kubectl is not on PATH: install it to run the tests that drive the simulator with it.");
        _cluster = await Playground.StartAsync();
        await File.WriteAllTextAsync(Path.Combine(_home.Path, "kubeconfig"), _cluster.Server.Kubeconfig, Playground.Cancel);
    }

    public async ValueTask DisposeAsync()
    {
        _home.Dispose();
        if (_cluster is not null)
        {
            await _cluster.DisposeAsync();
        }
    }

    [Theory]
    [InlineData("Deployment", "deployments", "successfully rolled out")]
    [InlineData("StatefulSet", "statefulsets", "roll out complete")]
    [InlineData("DaemonSet", "daemonsets", "successfully rolled out")]
    public async Task Status_history_undo_and_restart(string kind, string plural, string done)
    {
        var target = $"{plural}/web";
        var spec = Playground.WorkloadSpec("web", "web:v1");
        await _cluster.CreateAsync("apps", plural, kind, "web", spec);
        await RunAsync("rollout", "status", target, "--timeout=2m");
        await RunAsync("set", "image", target, "web=web:v2");
        Assert.Contains(done, await RunAsync("rollout", "status", target, "--timeout=2m"));

        Assert.Contains("web:v1", await RunAsync("rollout", "history", target, "--revision=1"));
        Assert.Contains("web:v2", await RunAsync("rollout", "history", target, "--revision=2"));
        await RunAsync("rollout", "undo", target);
        await RunAsync("rollout", "status", target, "--timeout=2m");
        Assert.Equal("web:v1", await RunAsync("get", target, "-o", "jsonpath={.spec.template.spec.containers[0].image}"));
        Assert.Contains("web:v1", await RunAsync("rollout", "history", target, "--revision=3"));

        await RunAsync("rollout", "restart", target);
        await RunAsync("rollout", "status", target, "--timeout=2m");
        Assert.Contains("restartedAt", await RunAsync("get", "pods", "-o", "jsonpath={.items[*].metadata.annotations}"));
    }

    [Fact]
    public async Task Describe_tells_the_addresses_of_a_service()
    {
        await _cluster.CreateAsync("apps", "deployments", "Deployment", "web", Playground.WorkloadSpec("web", "web:v1", 1));
        await RunAsync("rollout", "status", "deployments/web", "--timeout=2m");
        await RunAsync("expose", "deployment", "web", "--port=80");
        var address = await RunAsync("get", "pods", "-o", "jsonpath={.items[0].status.podIP}");

        await Eventually.TrueAsync(
            async () => (await RunAsync("describe", "service", "web")).Split('\n').Any(line => line.StartsWith("Endpoints:", StringComparison.Ordinal) && line.EndsWith($"{address}:80", StringComparison.Ordinal)),
            "the address is told");
    }

    private async Task<string> RunAsync(params string[] arguments)
    {
        var start = new ProcessStartInfo("kubectl") { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment["KUBECONFIG"] = Path.Combine(_home.Path, "kubeconfig");
        start.Environment["HOME"] = _home.Path;
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync(Playground.Cancel);
        var errors = process.StandardError.ReadToEndAsync(Playground.Cancel);
        using var deadline = new CancellationTokenSource(2 * Eventually.Deadline);
        await process.WaitForExitAsync(deadline.Token);
        Assert.True(process.ExitCode == 0, $"kubectl {string.Join(' ', arguments)} gave {process.ExitCode}: {await output}{await errors}");
        return await output;
    }
}

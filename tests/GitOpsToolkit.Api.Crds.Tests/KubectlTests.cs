using System.ComponentModel;
using System.Diagnostics;
using GitOpsToolkit.Sandbox.ApiServer;
using GitOpsToolkit.TestKit;
using Xunit;

namespace GitOpsToolkit.Api.Crds.Tests;

/// <summary>What a user does with config/, with the user's own tool.</summary>
public sealed class KubectlTests : IAsyncLifetime
{
    private readonly TempDirectory _temp = new();
    private ApiServer? _server;

    public async ValueTask InitializeAsync()
    {
        _server = await ApiServer.StartAsync(ct: TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(_temp["kubeconfig"], _server.Kubeconfig, TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Kubectl_installs_everything_and_then_the_samples()
    {
        // Older ones have a kustomize that does not know the field "labels".
        Assert.SkipWhen(KubectlProgram.Missing(22) is not null, KubectlProgram.Missing(22) ?? "");
        var config = Path.Combine(SourceTree.Root, "config");

        var install = await RunAsync("apply", "--server-side", "-k", Path.Combine(config, "default"));
        await RunAsync("wait", "--for=condition=Established", "crd", "-l", "app.kubernetes.io/part-of=flux", "--timeout=20s");
        var samples = await RunAsync("apply", "-k", Path.Combine(config, "samples"));
        var again = await RunAsync("apply", "-k", Path.Combine(config, "samples"));
        var deployments = await RunAsync("get", "deployments", "-n", "flux-system", "-l", "app.kubernetes.io/part-of=flux", "-o", "name");
        var all = await RunAsync("get", "fluxcd", "-o", "name");
        var shortly = await RunAsync("get", "ks", "devops-solutions-map", "-o", "jsonpath={.spec.force}");

        Assert.Contains("customresourcedefinition.apiextensions.k8s.io/gitrepositories.source.toolkit.fluxcd.io serverside-applied", install, StringComparison.Ordinal);
        Assert.Equal(7, samples.Split('\n').Count(l => l.EndsWith(" created", StringComparison.Ordinal)));
        Assert.Equal(7, again.Split('\n').Count(l => l.EndsWith(" unchanged", StringComparison.Ordinal)));
        Assert.Equal(
            ["deployment.apps/image-automation-controller", "deployment.apps/image-reflector-controller", "deployment.apps/kustomize-controller", "deployment.apps/source-controller"],
            deployments.Split('\n', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal));
        Assert.Equal(7, all.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.Equal("false", shortly);
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }

        _temp.Dispose();
    }

    private async Task<string> RunAsync(params string[] args)
    {
        var (code, output, errors) = (await KubectlAsync(args))!.Value;
        Assert.True(code == 0, $"kubectl {string.Join(' ', args)}: {errors}{output}");
        return output;
    }

    private async Task<(int Code, string Output, string Errors)?> KubectlAsync(params string[] args)
    {
        var start = new ProcessStartInfo("kubectl", args) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["KUBECONFIG"] = _temp["kubeconfig"];
        start.Environment["HOME"] = _temp.Path;
        try
        {
            using var process = Process.Start(start)!;
            var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
            var errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
            return (process.ExitCode, await output, await errors);
        }
        catch (Win32Exception)
        {
            return null;
        }
    }
}

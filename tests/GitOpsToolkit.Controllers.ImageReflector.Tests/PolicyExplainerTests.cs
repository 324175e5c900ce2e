using GitOpsToolkit.Api.Image.V1;
using GitOpsToolkit.Controllers.ImageReflector.Policies;
using GitOpsToolkit.Kubernetes;
using GitOpsToolkit.Registry;
using GitOpsToolkit.Sandbox.Registry;
using Xunit;

namespace GitOpsToolkit.Controllers.ImageReflector.Tests;

/// <summary>Explaining a policy of a cluster, over what its registry lists.</summary>
public sealed class PolicyExplainerTests
{
    [Fact]
    public async Task A_policy_is_explained_with_the_repositorys_login_and_nothing_is_written()
    {
        await using var host = await ReflectorHost.StartAsync(RegistryAuthentication.Token, run: false);
        await host.PushAsync("v1.0.0", "v1.1.0", "v2.0.0", "sha256-aa.sig");
        await host.CreateSecretAsync(ReflectorHost.Password);
        await host.CreateRepositoryAsync("secretRef: {name: login}");
        await host.CreatePolicyAsync("1.x");
        await host.PatchAsync(ImagePolicy.ResourceKind, """{"metadata":{"annotations":{"gitopstoolkit.dev/minAge":"1h"}}}""");
        var mark = host.Server.Requests.LastNumber;

        var explanation = await ExplainAsync(host);

        Assert.Equal("default/app", explanation.Policy);
        Assert.Equal(host.Image, explanation.Image);
        Assert.Equal("v1.1.0", explanation.Report.Election.Tag);
        Assert.Equal(
            ["v2.0.0 OutOfRange", "v1.1.0 Elected", "v1.0.0 Outranked", "sha256-aa.sig Excluded"],
            explanation.Report.Verdicts.Select(verdict => $"{verdict.Tag} {verdict.Reason}"));
        Assert.Contains("minAge and newest are left out of account", Assert.Single(explanation.Notes), StringComparison.Ordinal);
        Assert.DoesNotContain(host.Server.Requests.Since(mark), request => request.IsWrite);
    }

    [Fact]
    public async Task A_tag_that_is_gone_and_stays_elected_is_noted()
    {
        await using var host = await ReflectorHost.StartAsync();
        await host.PushAsync("v1.0.0", "v1.1.0");
        await host.CreateRepositoryAsync();
        await host.CreatePolicyAsync();
        await host.ElectedAsync("v1.1.0");
        await host.Pusher.DeleteAsync("app", "v1.1.0");

        var explanation = await ExplainAsync(host);
        Assert.Equal("v1.1.0", explanation.Report.Election.Tag);
        Assert.Equal(["v1.1.0 Elected", "v1.0.0 Outranked"], explanation.Report.Verdicts.Select(verdict => $"{verdict.Tag} {verdict.Reason}"));
        Assert.StartsWith("v1.1.0 is gone from the registry and stays elected", Assert.Single(explanation.Notes), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_missing_or_wrong_is_named()
    {
        await using var host = await ReflectorHost.StartAsync(run: false);
        Assert.Equal("ImagePolicy default/app does not exist", await FailureAsync(host));
        await host.CreatePolicyAsync("1.x");
        Assert.Equal("ImageRepository default/app does not exist", await FailureAsync(host));
        await host.CreateRepositoryAsync("secretRef: {name: login}");
        Assert.Equal("secret 'default/login' not found", await FailureAsync(host));
        await host.CreateSecretAsync(ReflectorHost.Password);
        Assert.StartsWith($"failed to list the tags of {host.Image}: ", await FailureAsync(host), StringComparison.Ordinal);
    }

    private static async Task<string> FailureAsync(ReflectorHost host) =>
        (await Assert.ThrowsAsync<ExplainException>(() => ExplainAsync(host))).Message;

    private static async Task<PolicyExplanation> ExplainAsync(ReflectorHost host)
    {
        using var registry = new RegistryClient(new RegistryClientOptions { RetryDelay = TimeSpan.FromMilliseconds(1) }, TimeProvider.System);
        return await new PolicyExplainer(TimeProvider.System).ExplainAsync(
            host.Client, registry, new ObjectKey("default", "app"), TestContext.Current.CancellationToken);
    }
}

namespace GitOpsToolkit.Controllers.ImageAutomation.Tests;

public sealed class NamespaceTests : AutomationFixture
{
    protected override ImageAutomationOptions Options => base.Options with { NoCrossNamespaceRefs = true };

    [Fact]
    public async Task Other_namespaces_are_out_of_bounds_where_the_operator_says_so()
    {
        using var copy = await SeedAsync(("web.yaml", "a: reg.io/app:v0.5.0 # {\"$imagepolicy\": \"default:app\"}\n"));
        await CreateRepositoryAsync();
        await CreatePolicyAsync("app", "v0.6.0");
        await CreateAutomationAsync("thief", spec => spec["sourceRef"]!["namespace"] = "other");

        Assert.Contains(
            "can't access 'GitRepository/other/app', cross-namespace references have been blocked", await WaitFailedAsync("AccessDenied", "thief"));
    }
}

using System.Text.Json.Nodes;
using GitOpsToolkit.Api.Image.V1;
using GitOpsToolkit.Kubernetes;
using GitOpsToolkit.Sandbox.Registry;
using GitOpsToolkit.TestKit;
using Xunit;
using static GitOpsToolkit.Controllers.ImageReflector.Tests.ReflectorHost;

namespace GitOpsToolkit.Controllers.ImageReflector.Tests;

public sealed class ImageRepositoryTests
{
    private static Api.Schema.ResourceKind Kind => ImageRepository.ResourceKind;

    [Fact]
    public async Task A_scan_fills_the_status_as_Flux_does()
    {
        await using var host = await StartAsync();
        await host.PushAsync("v1", "v10", "v2", "sha256-abc.sig", "latest");
        await host.CreateRepositoryAsync();
        var found = await host.ReadyAsync(Kind);
        var status = found["status"]!;
        var result = status["lastScanResult"]!;
        Assert.Equal(host.Image, (string?)status["canonicalImageName"]);
        Assert.Equal(4, (int?)result["tagCount"]);
        Assert.Equal(["v2", "v10", "v1", "latest"], result["latestTags"]!.AsArray().Select(tag => (string?)tag));
        Assert.Equal(["^.*\\.sig$"], status["observedExclusionList"]!.AsArray().Select(pattern => (string?)pattern));
        Assert.NotNull(result["scanTime"]);
        Assert.Equal($"successful scan: found 4 tags with checksum {result["revision"]}", Message(found));
        Assert.Equal(1, (int?)status["observedGeneration"]);
        Assert.Equal(["finalizers.fluxcd.io"], found["metadata"]!["finalizers"]!.AsArray().Select(one => (string?)one));
    }

    [Theory]
    [InlineData(RegistryAuthentication.Basic)]
    [InlineData(RegistryAuthentication.Token)]
    public async Task The_right_login_heals_a_wrong_one(RegistryAuthentication authentication)
    {
        await using var host = await StartAsync(authentication);
        await host.PushAsync("v1");
        await host.CreateRepositoryAsync("secretRef: {name: login}");
        var missing = await host.NotReadyAsync(Kind, "AuthenticationFailed");
        Assert.Equal("secret 'default/login' not found", Message(missing));

        await host.CreateSecretAsync("wrong-password");
        await host.RequestAsync(Kind, "1");
        var wrong = await host.NotReadyAsync(Kind, "AuthenticationFailed");
        Assert.Contains("401 Unauthorized", Message(wrong), StringComparison.Ordinal);
        Assert.Contains("check the credentials in the secret of spec.secretRef", Message(wrong), StringComparison.Ordinal);
        Assert.DoesNotContain("wrong-password", wrong.ToJsonString(), StringComparison.Ordinal);

        var patch = new JsonObject { ["data"] = new JsonObject { [".dockerconfigjson"] = host.DockerConfig(Password) } };
        await host.Client.MergePatchAsync(ResourcePath.Core("secrets", "default", "login"), patch, options: null, CancellationToken.None);
        await host.RequestAsync(Kind, "2");
        await host.ReadyAsync(Kind);
    }

    [Fact]
    public async Task The_pull_secrets_of_a_service_account_serve_as_login()
    {
        await using var host = await StartAsync(RegistryAuthentication.Token);
        await host.PushAsync("v1");
        await host.CreateSecretAsync(Password);
        await host.Client.CreateAsync(
            ResourcePath.Core("serviceaccounts", "default"),
            JsonNode.Parse("""{"apiVersion":"v1","kind":"ServiceAccount","metadata":{"name":"puller"},"imagePullSecrets":[{"name":"login"}]}""")!.AsObject(),
            options: null,
            CancellationToken.None);
        await host.CreateRepositoryAsync("serviceAccountName: puller");
        await host.ReadyAsync(Kind);
        await host.CreateRepositoryAsync("serviceAccountName: nobody", name: "other");
        var other = await host.NotReadyAsync(Kind, "AuthenticationFailed", "other");
        Assert.Equal("serviceaccount 'default/nobody' of spec.serviceAccountName not found", Message(other));
    }

    [Fact]
    public async Task Two_scans_in_a_row_without_news_write_nothing()
    {
        await using var host = await StartAsync();
        await host.PushAsync("v1.0.0");
        await host.CreateRepositoryAsync("");
        await host.CreatePolicyAsync();
        await host.RequestAsync(Kind, "settle");
        await host.ElectedAsync("v1.0.0");
        await host.RequestAsync(ImagePolicy.ResourceKind, "settle");
        var scans = Scans(host);
        var mark = host.Server.Requests.LastNumber;

        await host.RequestAsync(Kind, "one");
        await host.RequestAsync(Kind, "two");
        await host.RequestAsync(ImagePolicy.ResourceKind, "one");
        await host.RequestAsync(ImagePolicy.ResourceKind, "two");
        Assert.Equal(scans + 2, Scans(host));

        // Each acknowledged request is one write; there is no other.
        Assert.Equal(4, host.WritesSince(mark).Count());
    }

    [Fact]
    public async Task A_scan_when_the_interval_has_passed_writes_nothing_either()
    {
        await using var host = await StartAsync();
        await host.PushAsync("v1");
        await host.CreateRepositoryAsync("timeout: 2m");
        await host.ReadyAsync(Kind);
        await host.PatchAsync(Kind, """{"spec":{"interval":"1100ms"}}""");
        await host.WaitAsync(Kind, status => (int?)status["observedGeneration"] == 2, "the change is seen");
        var scans = Scans(host);
        await Eventually.TrueAsync(() => host.Server.Requests.Since(0).Any(
            request => request.Path.Contains("/events", StringComparison.Ordinal)), "the event was sent");
        var mark = host.Server.Requests.LastNumber;
        await Eventually.TrueAsync(() => Scans(host) >= scans + 2, "two more scans");
        Assert.Empty(host.WritesSince(mark));
    }

    [Fact]
    public async Task Objects_that_name_the_same_repository_share_a_scan()
    {
        await using var host = await StartAsync(run: false);
        await host.PushAsync("v1");
        for (var i = 0; i < 5; i++)
        {
            await host.CreateRepositoryAsync("", $"app-{i}");
        }

        host.StartController();
        for (var i = 0; i < 5; i++)
        {
            await host.ReadyAsync(Kind, $"app-{i}");
        }

        Assert.Equal(1, Scans(host));
    }

    [Fact]
    public async Task A_suspended_object_is_left_alone_until_it_is_resumed()
    {
        await using var host = await StartAsync();
        await host.PushAsync("v1");
        await host.CreateRepositoryAsync("suspend: true");
        var handled = await host.PatchAsync(Kind, """{"metadata":{"annotations":{"reconcile.fluxcd.io/requestedAt":"1"}}}""");
        await Eventually.TrueAsync(
            async () => (string?)(await host.Client.GetAsync(ResourcePath.Of(Kind, new ObjectKey("default", "app")),
                default))!["status"]?["lastHandledReconcileAt"] == "1",
            "the request is acknowledged");
        Assert.NotNull(handled);
        Assert.Equal(0, Scans(host));
        await host.PatchAsync(Kind, """{"spec":{"suspend":false}}""");
        await host.ReadyAsync(Kind);
    }

    [Fact]
    public async Task Deletion_takes_the_tags_along()
    {
        await using var host = await StartAsync();
        await host.PushAsync("v1");
        await host.CreateRepositoryAsync();
        await host.ReadyAsync(Kind);
        var file = Path.Combine(host.StoragePath, "imagerepository", "default", "app", "tags");
        Assert.True(File.Exists(file));
        var path = ResourcePath.Of(Kind, new ObjectKey("default", "app"));
        await host.Client.DeleteAsync(path, options: null, CancellationToken.None);
        await Eventually.TrueAsync(async () => await host.Client.GetAsync(path, default) is null, "the object is gone");
        Assert.False(File.Exists(file));
    }

    [Fact]
    public async Task Another_exclusion_list_scans_at_once()
    {
        await using var host = await StartAsync();
        await host.PushAsync("v1", "v2-dev", "x.sig");
        await host.CreateRepositoryAsync();
        await host.ReadyAsync(Kind);
        await host.PatchAsync(Kind, """{"spec":{"exclusionList":["-dev$"]}}""");
        var found = await host.WaitAsync(Kind, status => (int?)status["observedGeneration"] == 2, "the change is seen");
        Assert.Equal(["x.sig", "v1"], found["status"]!["lastScanResult"]!["latestTags"]!.AsArray().Select(tag => (string?)tag));
        Assert.Equal(["-dev$"], found["status"]!["observedExclusionList"]!.AsArray().Select(tag => (string?)tag));
    }

    [Theory]
    [InlineData("image: https://ghcr.io/team/app", "ImageURLInvalid", ".spec.image value should not start with URL scheme; remove 'https://'")]
    [InlineData("image: ghcr.io/team/app:v1", "ImageURLInvalid", ".spec.image value should not contain a tag; remove ':v1'")]
    [InlineData("image: ghcr.io/team/app\nexclusionList: ['(']", "InvalidSpec", "spec.exclusionList: failed to compile regex '('")]
    [InlineData("image: ghcr.io/team/app\nprovider: aws\nserviceAccountName: x", "FeatureGateDisabled", "to use spec.serviceAccountName for provider authentication please enable the ObjectLevelWorkloadIdentity feature gate in the controller")]
    public async Task What_the_user_must_change_stalls_with_the_name_of_the_field(string spec, string reason, string message)
    {
        await using var host = await StartAsync();
        await host.CreateAsync(Kind, "app", "default", $"interval: 1h\n{spec}");
        var found = await host.NotReadyAsync(Kind, reason);
        Assert.Contains(message, Message(found), StringComparison.Ordinal);
        Assert.Equal(Message(found), Message(found, "Stalled"));
    }

    [Fact]
    public async Task A_registry_that_is_away_is_a_fault_that_passes()
    {
        await using var host = await StartAsync();
        await host.CreateRepositoryAsync(image: $"{host.Registry.Host}/later");
        var away = await host.NotReadyAsync(Kind, "ReadOperationFailed");
        Assert.Contains("scan failed: GET", Message(away), StringComparison.Ordinal);
        Assert.Contains("404 NotFound: NAME_UNKNOWN", Message(away), StringComparison.Ordinal);
        await host.Pusher.PushAsync("later", "v1");
        await host.ReadyAsync(Kind);
    }

    private static int Scans(ReflectorHost host) =>
        host.Registry.Requests.Count(request => request.Target.Contains("/tags/list", StringComparison.Ordinal) && request.Status == 200);
}

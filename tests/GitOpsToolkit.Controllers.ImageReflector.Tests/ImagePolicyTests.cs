using System.Text.Json.Nodes;
using GitOpsToolkit.Api.Image.V1;
using GitOpsToolkit.Kubernetes;
using GitOpsToolkit.Sandbox.Registry;
using GitOpsToolkit.TestKit;
using Xunit;
using static GitOpsToolkit.Controllers.ImageReflector.Tests.ReflectorHost;

namespace GitOpsToolkit.Controllers.ImageReflector.Tests;

public sealed class ImagePolicyTests
{
    private static Api.Schema.ResourceKind Kind => ImagePolicy.ResourceKind;

    [Fact]
    public async Task A_pushed_tag_is_elected_after_a_requested_scan()
    {
        await using var host = await StartAsync();
        await host.PushAsync("v0.5.0");
        await host.CreatePolicyAsync(">=0.5.0");
        var waiting = await host.NotReadyAsync(Kind, "DependencyNotReady");
        Assert.Equal("referenced ImageRepository 'default/app' does not exist", Message(waiting));
        await host.CreateRepositoryAsync();
        var first = await host.ElectedAsync("v0.5.0");
        Assert.Equal($"Latest image tag for {host.Image} resolved to v0.5.0", Message(first));

        await host.PushAsync("v0.6.0", "v0.7.0-rc.1", "latest", "nightly-20230611");
        await host.RequestAsync(ImageRepository.ResourceKind, "now");
        var second = await host.ElectedAsync("v0.6.0");
        Assert.Equal($"Latest image tag for {host.Image} resolved to v0.6.0 (previously {host.Image}:v0.5.0)", Message(second));
        Assert.Equal("v0.5.0", (string?)second["status"]!["observedPreviousRef"]!["tag"]);
        Assert.Equal(host.Image, (string?)second["status"]!["latestRef"]!["name"]);
        Assert.Null(second["status"]!["latestRef"]!["digest"]);
    }

    [Theory]
    [InlineData("policy: {alphabetical: {order: asc}}", "zeta")]
    [InlineData("policy: {alphabetical: {order: desc}}", "1.0.0")]
    [InlineData("policy: {semver: {range: 1.x}}", "1.10.0")]
    [InlineData("policy: {semver: {range: '[1.0,1.5)'}}", "1.0.0")]
    [InlineData("policy: {semver: {range: '1.x-0'}}", "1.11.0-rc.1")]
    [InlineData("policy: {numerical: {order: asc}}\nfilterTags: {pattern: '^main-[a-f0-9]+-(?P<ts>[0-9]+)$', extract: '$ts'}", "main-aa-1700")]
    [InlineData("policy: {numerical: {order: desc}}\nfilterTags: {pattern: '^main-[a-f0-9]+-(?P<ts>[0-9]+)$', extract: '$ts'}", "main-bb-900")]
    public async Task Every_kind_of_policy_elects(string policy, string tag)
    {
        await using var host = await StartAsync();
        await host.PushAsync("1.0.0", "1.10.0", "1.11.0-rc.1", "zeta", "main-aa-1700", "main-bb-900");
        await host.CreateRepositoryAsync();
        await host.CreateAsync(Kind, "app", "default", $"imageRepositoryRef: {{name: app}}\n{policy}");
        await host.ElectedAsync(tag);
    }

    [Fact]
    public async Task A_policy_that_admits_only_floating_tags_says_so_until_it_follows_the_digest()
    {
        await using var host = await StartAsync();
        await host.PushAsync("latest", "stable", "v1.0.0");
        await host.CreateRepositoryAsync();
        await host.CreateAsync(Kind, "app", "default", "imageRepositoryRef: {name: app}\nfilterTags: {pattern: '^[a-z]+$'}\npolicy: {alphabetical: {}}");
        var warned = await host.ElectedAsync("stable");
        Assert.StartsWith("the policy admits only tags without a digit, such as stable", Message(warned, "FloatingTag"), StringComparison.Ordinal);

        await host.PatchAsync(Kind, """{"spec":{"digestReflectionPolicy":"Always","interval":"1h"}}""");
        await Eventually.TrueAsync(
            async () => (await host.ElectedAsync("stable"))["status"]!["conditions"]!.AsArray().All(entry => (string?)entry!["type"] != "FloatingTag"),
            "the condition is gone");
    }

    [Theory]
    [InlineData("policy: {}", "InvalidPolicy", "invalid policy: spec.policy has none of semver, alphabetical and numerical; set one")]
    [InlineData("policy: {semver: {range: 1.0.0p}}", "InvalidPolicy", "invalid policy: improper constraint: \"1.0.0p\"")]
    [InlineData("policy: {alphabetical: {}}\nfilterTags: {pattern: '('}", "InvalidPolicy", "invalid policy: invalid regular expression pattern '('")]
    public async Task A_policy_that_cannot_be_read_stalls(string policy, string reason, string message)
    {
        await using var host = await StartAsync();
        await host.CreateAsync(Kind, "app", "default", $"imageRepositoryRef: {{name: app}}\n{policy}");
        var found = await host.NotReadyAsync(Kind, reason);
        Assert.StartsWith(message, Message(found, "Stalled"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tags_that_vanish_do_not_take_the_election_along()
    {
        await using var host = await StartAsync();
        await host.PushAsync("v1.0.0");
        await host.CreateRepositoryAsync();
        await host.CreatePolicyAsync(">=1.0.0");
        await host.ElectedAsync("v1.0.0");
        await host.PatchAsync(Kind, """{"metadata":{"annotations":{"gitopstoolkit.dev/onTagDeleted":"Fallback"}}}""");
        await host.Pusher.DeleteAsync("app", "v1.0.0");
        await host.RequestAsync(ImageRepository.ResourceKind, "once");
        await host.RequestAsync(ImageRepository.ResourceKind, "and to confirm it");
        var failed = await host.NotReadyAsync(Kind, "Failure");
        Assert.Equal("version list argument cannot be empty", Message(failed));
        Assert.Equal("v1.0.0", (string?)failed["status"]!["latestRef"]!["tag"]);
    }

    [Fact]
    public async Task A_failing_scan_leaves_the_election_alone()
    {
        await using var host = await StartAsync();
        await host.PushAsync("v1.0.0");
        await host.CreateRepositoryAsync();
        await host.CreatePolicyAsync();
        await host.ElectedAsync("v1.0.0");
        var mark = host.Server.Requests.LastNumber;
        await host.Registry.DisposeAsync();
        await host.RequestAsync(ImageRepository.ResourceKind, "now");
        await host.NotReadyAsync(ImageRepository.ResourceKind, "ReadOperationFailed");
        await host.RequestAsync(Kind, "now");
        var policy = await host.ReadyAsync(Kind);
        Assert.Equal("v1.0.0", (string?)policy["status"]!["latestRef"]!["tag"]);
        Assert.Single(host.WritesSince(mark), request => request.Path.Contains("imagepolicies", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_restart_is_quiet_with_the_disk_and_without(bool diskIsLost)
    {
        await using var host = await StartAsync();
        await host.PushAsync("v1.0.0");
        await host.CreateRepositoryAsync();
        await host.CreatePolicyAsync();
        await host.ElectedAsync("v1.0.0");
        await host.ReadyAsync(ImageRepository.ResourceKind);
        await host.StopControllerAsync();
        if (diskIsLost)
        {
            Directory.Delete(Path.Combine(host.StoragePath, "imagerepository"), recursive: true);
        }

        var mark = host.Server.Requests.LastNumber;
        var scans = host.Registry.Requests.Count;
        host.StartController();
        await host.RequestAsync(Kind, "after");
        if (diskIsLost)
        {
            await Eventually.TrueAsync(() => host.Registry.Requests.Count > scans, "a lost disk is scanned for at once");
        }

        await host.StopControllerAsync();
        Assert.Equal(diskIsLost, host.Registry.Requests.Count > scans);

        // The acknowledged request alone.
        var write = Assert.Single(host.WritesSince(mark));
        Assert.EndsWith("/imagepolicies/app/status", write.Path, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tags_pushed_while_the_disk_was_lost_are_elected_after_the_first_scan()
    {
        await using var host = await StartAsync();
        await host.PushAsync("v1.0.0");
        await host.CreateRepositoryAsync();
        await host.CreatePolicyAsync();
        await host.ElectedAsync("v1.0.0");
        await host.StopControllerAsync();
        Directory.Delete(Path.Combine(host.StoragePath, "imagerepository"), recursive: true);
        await host.PushAsync("v2.0.0");
        host.StartController();
        await host.ElectedAsync("v2.0.0");
    }

    [Fact]
    public async Task Tags_of_repositories_deleted_meanwhile_are_cleared_up()
    {
        await using var host = await StartAsync(run: false);
        var orphan = Path.Combine(host.StoragePath, "imagerepository", "default", "gone");
        Directory.CreateDirectory(orphan);
        await File.WriteAllTextAsync(Path.Combine(orphan, "tags.txt"), "x/y\nv1\n");
        host.StartController();
        await Eventually.TrueAsync(() => !Directory.Exists(orphan), "the orphan is gone");
    }

    [Fact]
    public async Task Another_image_never_gets_the_tags_of_the_one_before()
    {
        await using var host = await StartAsync();
        await host.PushAsync("v1.0.0");
        await host.Pusher.PushAsync("second", "v0.1.0");
        await host.CreateRepositoryAsync();
        await host.CreatePolicyAsync();
        await host.ElectedAsync("v1.0.0");
        await host.PatchAsync(ImageRepository.ResourceKind, """{"spec":{"image":"IMAGE"}}""".Replace(
            "IMAGE", $"{host.Registry.Host}/second", StringComparison.Ordinal));
        var found = await host.ElectedAsync("v0.1.0");
        Assert.Equal($"{host.Registry.Host}/second", (string?)found["status"]!["latestRef"]!["name"]);
        Assert.Equal("v1.0.0", (string?)found["status"]!["observedPreviousRef"]!["tag"]);
    }

    [Fact]
    public async Task Another_namespace_needs_to_be_let_in()
    {
        await using var host = await StartAsync();
        await host.PushAsync("v1.0.0");
        await host.Client.CreateAsync(
            ResourcePath.Core("namespaces"),
            JsonNode.Parse("""{"apiVersion":"v1","kind":"Namespace","metadata":{"name":"team","labels":{"tenant":"a"}}}""")!.AsObject(),
            options: null,
            CancellationToken.None);
        await host.CreateRepositoryAsync();
        await host.CreatePolicyAsync(@namespace: "team", repository: "{name: app, namespace: default}");
        var denied = await host.NotReadyAsync(Kind, "AccessDenied", "app", "team");
        Assert.Equal("cannot access 'default/app' from namespace 'team': the ImageRepository has no spec.accessFrom", Message(denied));
        await host.PatchAsync(
            ImageRepository.ResourceKind, """{"spec":{"accessFrom":{"namespaceSelectors":[{"matchLabels":{"tenant":"b"}}]}}}""");
        await host.WaitAsync(
            Kind, status => Condition(status, "Ready")!["message"]!.GetValue<string>().Contains("no selector", StringComparison.Ordinal),
                "still denied", "app", "team");
        await host.PatchAsync(ImageRepository.ResourceKind,
            """{"spec":{"accessFrom":{"namespaceSelectors":[{"matchLabels":{"tenant":"b"}},{"matchLabels":{"tenant":"a"}}]}}}""");
        await host.ElectedAsync("v1.0.0", "app", "team");
        await host.PushAsync("v1.1.0");
        await host.RequestAsync(ImageRepository.ResourceKind, "now");
        await host.ElectedAsync("v1.1.0", "app", "team");

        await host.StopControllerAsync();
        host.StartController(new ImageReflectorOptions { NoCrossNamespaceRefs = true });
        await host.RequestAsync(Kind, "now", "app", "team");
        var blocked = await host.NotReadyAsync(Kind, "AccessDenied", "app", "team");
        Assert.Equal("cannot access 'default/app', cross-namespace references have been blocked", Message(blocked));
        Assert.Equal("v1.1.0", (string?)blocked["status"]!["latestRef"]!["tag"]);
    }

    [Fact]
    public async Task A_digest_is_reflected_once_or_each_time_as_the_policy_says()
    {
        await using var host = await StartAsync(RegistryAuthentication.Token);
        await host.CreateSecretAsync(Password);
        var first = await host.Pusher.PushAsync("app", "v1.0.0", "one");
        await host.CreateRepositoryAsync("secretRef: {name: login}");
        await host.CreatePolicyAsync(spec: "digestReflectionPolicy: IfNotPresent", name: "once");
        await host.CreatePolicyAsync(spec: "digestReflectionPolicy: Always\ninterval: 10m", name: "always");
        var once = await host.ElectedAsync("v1.0.0", "once");
        var always = await host.ElectedAsync("v1.0.0", "always");
        Assert.Equal(first, (string?)once["status"]!["latestRef"]!["digest"]);
        Assert.Equal(first, (string?)always["status"]!["latestRef"]!["digest"]);
        Assert.Equal($"Latest image tag for {host.Image} resolved to v1.0.0 with digest {first}", Message(once));

        var second = await host.Pusher.PushAsync("app", "v1.0.0", "two");
        once = await host.RequestAsync(Kind, "now", "once");
        always = await host.RequestAsync(Kind, "now", "always");
        Assert.Equal(first, (string?)once["status"]!["latestRef"]!["digest"]);
        Assert.Equal(second, (string?)always["status"]!["latestRef"]!["digest"]);
        Assert.Equal(
            $"Latest image tag for {host.Image} resolved to v1.0.0 with digest {second} (previously {host.Image}:v1.0.0@{first})",
                Message(always));
    }

    [Fact]
    public async Task A_digest_that_cannot_be_noted_is_not_elected_until_it_can()
    {
        await using var host = await StartAsync();
        var first = await host.Pusher.PushAsync("app", "v1.0.0", "one");
        await host.CreateRepositoryAsync();
        await host.CreatePolicyAsync(spec: "digestReflectionPolicy: Always\ninterval: 10m");
        await host.ElectedAsync("v1.0.0");
        var blocker = Path.Combine(host.StoragePath, "imagerepository", "default", "app", "tags.new");
        Directory.CreateDirectory(blocker);

        var second = await host.Pusher.PushAsync("app", "v1.0.0", "two");
        await host.PatchAsync(Kind, """{"metadata":{"annotations":{"reconcile.fluxcd.io/requestedAt":"1"}}}""");
        var failed = await host.NotReadyAsync(Kind, "StorageOperationFailed");
        Assert.StartsWith(
            $"the digest of {host.Image}:v1.0.0 could not be noted in --storage-path; what was elected stands: ", Message(failed), StringComparison.Ordinal);
        Assert.Equal(first, (string?)failed["status"]!["latestRef"]!["digest"]);

        Directory.Delete(blocker);
        await host.RequestAsync(Kind, "2");
        await host.WaitAsync(Kind, status => (string?)status["latestRef"]?["digest"] == second, "the digest after it can be noted");
    }

    [Fact]
    public async Task A_suspended_policy_keeps_what_it_has()
    {
        await using var host = await StartAsync();
        await host.PushAsync("v1.0.0");
        await host.CreateRepositoryAsync();
        await host.CreatePolicyAsync();
        await host.ElectedAsync("v1.0.0");
        await host.PatchAsync(Kind, """{"spec":{"suspend":true}}""");
        await host.PushAsync("v2.0.0");
        await host.RequestAsync(ImageRepository.ResourceKind, "now");
        await host.PatchAsync(Kind, """{"metadata":{"annotations":{"reconcile.fluxcd.io/requestedAt":"1"}}}""");
        var path = ResourcePath.Of(Kind, new ObjectKey("default", "app"));
        await Eventually.TrueAsync(
            async () => (string?)(await host.Client.GetAsync(path, default))!["status"]?["lastHandledReconcileAt"] == "1",
                "the request is acknowledged");
        Assert.Equal("v1.0.0", (string?)(await host.Client.GetAsync(path, default))!["status"]!["latestRef"]!["tag"]);
        await host.PatchAsync(Kind, """{"spec":{"suspend":false}}""");
        await host.ElectedAsync("v2.0.0");
    }

    [Fact]
    public async Task A_rate_limit_is_waited_out_without_further_requests()
    {
        await using var host = await StartAsync();
        using var busy = WireMock.Server.WireMockServer.Start();
        busy.Given(WireMock.RequestBuilders.Request.Create().WithPath("/*"))
            .RespondWith(WireMock.ResponseBuilders.Response.Create().WithStatusCode(429).WithHeader("Retry-After", "60"));
        var registry = $"127.0.0.1:{busy.Port}";
        await host.CreateRepositoryAsync(name: "a", image: $"{registry}/a-repo");
        var limited = await host.NotReadyAsync(ImageRepository.ResourceKind, "ReadOperationFailed", "a");
        Assert.Contains("429 TooManyRequests", Message(limited), StringComparison.Ordinal);
        await host.CreateRepositoryAsync(name: "b", image: $"{registry}/b-repo");
        var second = await host.NotReadyAsync(ImageRepository.ResourceKind, "ReadOperationFailed", "b");
        Assert.Equal($"scan failed: {registry} asked to be left alone; no request was sent", Message(second));
        Assert.Single(busy.LogEntries);
    }
}

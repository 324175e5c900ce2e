using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using GitOpsToolkit.Api.Image.V1;
using GitOpsToolkit.Kubernetes;
using GitOpsToolkit.TestKit;
using Xunit;
using static GitOpsToolkit.Controllers.ImageReflector.Tests.ReflectorHost;

namespace GitOpsToolkit.Controllers.ImageReflector.Tests;

/// <summary>What the annotations under gitopstoolkit.dev/ change, against an API server and a registry.</summary>
public sealed class ImagePolicyAnnotationTests
{
    private static Api.Schema.ResourceKind Kind => ImagePolicy.ResourceKind;

    [Fact]
    public async Task A_hold_takes_effect_at_once_and_its_end_gives_the_version_back()
    {
        await using var host = await StartAsync();
        await host.PushAsync("v1.3.9", "v1.4.0");
        await host.CreateRepositoryAsync();
        await host.CreatePolicyAsync();
        await host.ElectedAsync("v1.4.0");

        await AnnotateAsync(host, "holds", "[{version: 1.4.0, reason: breaks the login, author: ann}]");
        var held = await host.ElectedAsync("v1.3.9");
        Assert.Equal("""{"considered":2,"eligible":1,"refused":[{"reason":"Held","tags":1}]}""", Election(held));
        await host.PushAsync("v1.4.1");
        await host.RequestAsync(ImageRepository.ResourceKind, "next");
        await host.ElectedAsync("v1.4.1");

        await AnnotateAsync(host, "holds", "[{version: 1.4.1}]");
        await host.ElectedAsync("v1.4.0");

        // However slow the machine is: the hold ends by itself, or has ended when it is seen.
        var soon = DateTimeOffset.UtcNow.AddSeconds(2).ToString("O");
        await AnnotateAsync(host, "holds", $"[{{version: 1.4.1, expires: '{soon}'}}]");
        await host.ElectedAsync("v1.4.1");
    }

    [Fact]
    public async Task A_wrong_annotation_stalls_until_it_is_mended_and_the_election_stands()
    {
        await using var host = await StartAsync();
        await host.PushAsync("v1.0.0");
        await host.CreateRepositoryAsync();
        await host.CreatePolicyAsync();
        await host.ElectedAsync("v1.0.0");

        await AnnotateAsync(host, "onTagDeleted", "Keep");
        var stalled = await host.NotReadyAsync(Kind, "InvalidPolicy");
        Assert.Equal("annotation gitopstoolkit.dev/onTagDeleted: 'Keep' is neither Hold nor Fallback", Message(stalled, "Stalled"));
        Assert.Equal("v1.0.0", (string?)stalled["status"]!["latestRef"]!["tag"]);

        await AnnotateAsync(host, "onTagDeleted", "Hold");
        await host.ReadyAsync(Kind);
    }

    [Fact]
    public async Task A_deleted_tag_stays_elected_until_a_higher_one_comes()
    {
        await using var host = await StartAsync();
        await host.PushAsync("v1.0.0", "v1.1.0", "v0.9.0");
        await host.CreateRepositoryAsync();
        await host.CreatePolicyAsync();
        await host.ElectedAsync("v1.1.0");

        await host.Pusher.DeleteAsync("app", "v1.1.0");
        await host.RequestAsync(ImageRepository.ResourceKind, "deleted");
        var held = await host.WaitAsync(
            Kind, status => (string?)Condition(status, "SelectedTagMissing")?["status"] == "True", "the missing tag is told");
        Assert.Equal("v1.1.0", (string?)held["status"]!["latestRef"]!["tag"]);
        Assert.Equal("True", (string?)Condition(held["status"]!.AsObject(), "Ready")!["status"]);
        Assert.StartsWith($"{host.Image}:v1.1.0 is no longer in the registry and stays elected", Message(held, "SelectedTagMissing"));
        Assert.Equal("""{"considered":2,"eligible":2}""", Election(held));

        await host.PushAsync("v1.0.1");
        await host.RequestAsync(ImageRepository.ResourceKind, "lower");
        await host.WaitAsync(Kind, status => (int?)status["election"]?["considered"] == 3, "the lower tag is seen");
        await host.PushAsync("v1.2.0");
        await host.RequestAsync(ImageRepository.ResourceKind, "higher");
        var higher = await host.ElectedAsync("v1.2.0");
        Assert.Null(Condition(higher["status"]!.AsObject(), "SelectedTagMissing"));
        Assert.Equal("v1.1.0", (string?)higher["status"]!["observedPreviousRef"]!["tag"]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_deleted_tag_falls_back_where_that_is_asked_or_Flux_would(bool compatible)
    {
        await using var host = await StartAsync(options: new ImageReflectorOptions { FluxCompatible = compatible });
        await host.PushAsync("v1.0.0", "v1.1.0", "v0.9.0");
        await host.CreateRepositoryAsync();
        await host.CreatePolicyAsync();
        await host.ElectedAsync("v1.1.0");
        if (!compatible)
        {
            await AnnotateAsync(host, "onTagDeleted", "Fallback");
        }

        await host.Pusher.DeleteAsync("app", "v1.1.0");
        await host.RequestAsync(ImageRepository.ResourceKind, "deleted");
        var fallen = await host.ElectedAsync("v1.0.0");
        Assert.Null(Condition(fallen["status"]!.AsObject(), "SelectedTagMissing"));
    }

    [Fact]
    public async Task A_tag_that_was_excluded_is_not_taken_for_deleted()
    {
        await using var host = await StartAsync();
        await host.PushAsync("v1.0.0", "v1.1.0");
        await host.CreateRepositoryAsync();
        await host.CreatePolicyAsync();
        await host.ElectedAsync("v1.1.0");
        await host.PatchAsync(ImageRepository.ResourceKind, """{"spec":{"exclusionList":["^v1\\.1"]}}""");
        await host.ElectedAsync("v1.0.0");
    }

    [Fact]
    public async Task A_tag_counts_only_when_every_platform_is_in_its_index()
    {
        await using var host = await StartAsync();
        var child = await host.Pusher.PushAsync("app", "v1.0.0");
        await PushIndexAsync(host, "v1.0.0", child, "amd64", "arm64");
        await PushIndexAsync(host, "v1.1.0", child, "amd64");
        await host.PushAsync("v1.2.0");
        await host.CreateRepositoryAsync();
        await host.CreateAsync(
            Kind, "app", "default", "imageRepositoryRef: {name: app}\npolicy: {semver: {range: '*'}}\nsuspend: true");
        await AnnotateAsync(host, "platforms", "linux/amd64,linux/arm64");
        await host.PatchAsync(Kind, """{"spec":{"suspend":false}}""");
        var first = await host.ElectedAsync("v1.0.0");
        Assert.Equal("""{"considered":3,"eligible":1,"refused":[{"reason":"PlatformMissing","tags":2}]}""", Election(first));

        await PushIndexAsync(host, "v1.1.0", child, "amd64", "arm64");
        await host.RequestAsync(Kind, "again");
        await host.ElectedAsync("v1.1.0");
    }

    [Fact]
    public async Task No_tag_for_every_platform_waits_and_says_so()
    {
        await using var host = await StartAsync();
        await host.PushAsync("v1.0.0");
        await host.CreateRepositoryAsync();
        await host.CreateAsync(
            Kind, "app", "default", "imageRepositoryRef: {name: app}\npolicy: {semver: {range: '*'}}\nsuspend: true");
        await AnnotateAsync(host, "platforms", "linux/s390x");
        await host.PatchAsync(Kind, """{"spec":{"suspend":false}}""");
        var waiting = await host.NotReadyAsync(Kind, "Failure");
        Assert.Equal("no tag that the policy admits may be used: 1 PlatformMissing; v1.0.0: has no image for linux/s390x", Message(waiting));
    }

    [Fact]
    public async Task A_tag_that_was_moved_raises_an_event_with_both_digests()
    {
        await using var host = await StartAsync();
        var first = await host.Pusher.PushAsync("app", "v1.0.0", "one");
        await host.CreateRepositoryAsync();
        await host.CreatePolicyAsync(spec: "digestReflectionPolicy: Always\ninterval: 10m");
        await host.ElectedAsync("v1.0.0");
        var second = await host.Pusher.PushAsync("app", "v1.0.0", "two");
        await host.RequestAsync(Kind, "moved");

        var expected = $"{host.Image}:v1.0.0 was moved: its digest was {first} and is {second}";
        await Eventually.TrueAsync(
            async () => (await host.Client.ListAsync(ResourcePath.Core("events", "default"), options: null, CancellationToken.None)).Items
                .Any(item => item.GetProperty("reason").GetString() == "TagMutated" && item.GetProperty("message").GetString() == expected),
            "the event TagMutated is there");
    }

    [Fact]
    public async Task A_second_look_at_the_same_tags_writes_no_counts()
    {
        await using var host = await StartAsync();
        await host.PushAsync("v1.0.0", "latest", "v2.0.0-rc.1");
        await host.CreateRepositoryAsync();
        await host.CreatePolicyAsync();
        var elected = await host.ElectedAsync("v1.0.0");
        Assert.Equal(
            """{"considered":3,"eligible":1,"refused":[{"reason":"NotAVersion","tags":1},{"reason":"Prerelease","tags":1}]}""",
            Election(elected));
        await host.RequestAsync(Kind, "again");
        var mark = host.Server.Requests.LastNumber;
        await AnnotateAsync(host, "newest", "false");
        await host.RequestAsync(Kind, "once more");
        Assert.Single(host.WritesSince(mark));
    }

    private static string? Election(JsonObject policy) => policy["status"]!["election"]?.ToJsonString();

    private static Task AnnotateAsync(ReflectorHost host, string name, string value) => host.PatchAsync(
        Kind,
        new JsonObject
        {
            ["metadata"] = new JsonObject { ["annotations"] = new JsonObject { ["gitopstoolkit.dev/" + name] = value } },
        }.ToJsonString());

    private static async Task PushIndexAsync(ReflectorHost host, string tag, string child, params string[] architectures)
    {
        const string Type = "application/vnd.oci.image.index.v1+json";
        using var http = new HttpClient();
        var bytes = await http.GetByteArrayAsync(new Uri(host.Registry.Url, $"/v2/app/manifests/{child}"));
        var index = new JsonObject
        {
            ["schemaVersion"] = 2,
            ["mediaType"] = Type,
            ["manifests"] = new JsonArray([.. architectures.Select(architecture => new JsonObject
            {
                ["mediaType"] = "application/vnd.oci.image.manifest.v1+json",
                ["digest"] = child,
                ["size"] = bytes.Length,
                ["platform"] = new JsonObject { ["os"] = "linux", ["architecture"] = architecture },
            })]),
        };
        using var content = new ByteArrayContent(Encoding.UTF8.GetBytes(index.ToJsonString()));
        content.Headers.ContentType = new MediaTypeHeaderValue(Type);
        using var answer = await http.PutAsync(new Uri(host.Registry.Url, $"/v2/app/manifests/{tag}"), content);
        answer.EnsureSuccessStatusCode();
    }
}

using System.Text.Json.Nodes;
using GitOpsToolkit.Api.Image.V1;
using GitOpsToolkit.Kubernetes;
using GitOpsToolkit.TestKit;
using Microsoft.Extensions.Time.Testing;
using Xunit;
using static GitOpsToolkit.Controllers.ImageReflector.Tests.ReflectorHost;

namespace GitOpsToolkit.Controllers.ImageReflector.Tests;

/// <summary>Many objects, and restarts with many of them: no storm on the registry, and none on the API server.</summary>
public sealed class StormTests : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    private ReflectorHost host = null!;
    private ListRegistry registry = null!;

    public async ValueTask InitializeAsync()
    {
        registry = await ListRegistry.StartAsync();
        host = await StartAsync(run: false);
    }

    public async ValueTask DisposeAsync()
    {
        await host.DisposeAsync();
        await registry.DisposeAsync();
    }

    [Fact]
    public async Task A_thousand_objects_over_fifty_repositories_make_fifty_list_calls()
    {
        await CreateAsync(objects: 1000, repositories: 50, withPolicies: false);

        // A listing is shared for a minute, which is not enough for a thousand objects on every machine: this clock stands still.
        host.StartController(new ImageReflectorOptions { Loop = new() { Concurrency = 20 } }, time: new FakeTimeProvider(TimeProvider.System.GetUtcNow()));
        await ScannedAsync(1000);
        Assert.Equal(50, registry.Lists);
        Assert.All(Enumerable.Range(0, 50), i => Assert.Equal(1, registry.ListsOf($"team/app-{i}")));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_restart_with_200_policies_warns_of_nothing_and_writes_nothing(bool diskIsLost)
    {
        await CreateAsync(objects: 200, repositories: 20, withPolicies: true);
        host.StartController();
        await Eventually.TrueAsync(
            async () => (await ListAsync("imagepolicies")).All(policy => (string?)policy["status"]?["latestRef"]?["tag"] == "v1.1.0"),
            "all are elected", Patience);
        await ScannedAsync(200);
        await host.StopControllerAsync();
        if (diskIsLost)
        {
            Directory.Delete(Path.Combine(host.StoragePath, "imagerepository"), recursive: true);
        }

        var before = await StatesAsync();
        var mark = host.Server.Requests.LastNumber;
        var lists = registry.Lists;
        host.StartController(spread: TimeSpan.FromSeconds(2));
        if (diskIsLost)
        {
            await Eventually.TrueAsync(
                () => Directory.Exists(Path.Combine(host.StoragePath, "imagerepository", "default"))
                    && Directory.GetFiles(host.StoragePath, "tags", SearchOption.AllDirectories).Length == 200,
                "all are scanned", Patience);
        }

        // The last word of all: what is asked for now is handled after whatever the start brought.
        await host.RequestAsync(ImagePolicy.ResourceKind, "after", "app-199");
        await host.StopControllerAsync();

        // One acknowledgement; no event and no other status.
        Assert.Single(host.WritesSince(mark));
        Assert.Equal(diskIsLost ? lists + 20 : lists, registry.Lists);
        var after = await StatesAsync();
        Assert.Equal(before.Remove("imagepolicies/app-199"), after.Remove("imagepolicies/app-199"));
    }

    [Fact]
    public async Task Scans_are_put_off_at_the_start_unless_a_policy_waits_or_somebody_asks()
    {
        registry.Set("team/app-0", "v1.0.0");
        await host.CreateRepositoryAsync(image: $"{registry.Host}/team/app-0", name: "app-0");
        host.StartController();
        await ScannedAsync(1);
        await host.StopControllerAsync();
        Directory.Delete(Path.Combine(host.StoragePath, "imagerepository"), recursive: true);
        var lists = registry.Lists;

        // Put off for hours: nobody waits.
        registry.Set("team/new", "v1.0.0");
        await host.CreateRepositoryAsync(image: $"{registry.Host}/team/new", name: "new");
        host.StartController(spread: TimeSpan.FromHours(1));
        await ScannedAsync(2);
        Assert.Equal((lists + 1, 1), (registry.Lists, registry.ListsOf("team/app-0")));
        await host.RequestAsync(ImageRepository.ResourceKind, "now", "app-0");
        Assert.Equal(2, registry.ListsOf("team/app-0"));
        await host.StopControllerAsync();

        // A new policy waits.
        Directory.Delete(Path.Combine(host.StoragePath, "imagerepository"), recursive: true);
        await host.CreatePolicyAsync(name: "new", repository: "{name: app-0}");
        host.StartController(spread: TimeSpan.FromHours(1));
        await host.ElectedAsync("v1.0.0", "new");
    }

    [Fact]
    public async Task An_object_that_went_without_its_finalizer_leaves_no_tags()
    {
        registry.Set("team/app-0", "v1.0.0");
        await host.CreateRepositoryAsync(image: $"{registry.Host}/team/app-0", name: "app-0");
        host.StartController();
        await ScannedAsync(1);
        var folder = Path.Combine(host.StoragePath, "imagerepository", "default", "app-0");
        Assert.True(Directory.Exists(folder));
        var path = ResourcePath.Of(ImageRepository.ResourceKind, new ObjectKey("default", "app-0"));
        await host.StopControllerAsync();
        await host.PatchAsync(ImageRepository.ResourceKind, """{"metadata":{"finalizers":null}}""", "app-0");
        await host.Client.DeleteAsync(path, options: null, CancellationToken.None);
        host.StartController();
        await Eventually.TrueAsync(() => !Directory.Exists(folder), "its tags are gone");
    }

    private async Task CreateAsync(int objects, int repositories, bool withPolicies)
    {
        for (var i = 0; i < repositories; i++)
        {
            registry.Set($"team/app-{i}", "v1.0.0", "v1.1.0");
        }

        for (var i = 0; i < objects; i++)
        {
            await host.CreateRepositoryAsync(name: $"app-{i}", image: $"{registry.Host}/team/app-{i % repositories}");
            if (withPolicies)
            {
                await host.CreatePolicyAsync(name: $"app-{i}", repository: $"{{name: app-{i}}}");
            }
        }
    }

    private Task ScannedAsync(int objects) => Eventually.TrueAsync(
        async () => (await ListAsync("imagerepositories")) is { } all && all.Count == objects
            && all.All(one => one["status"]?["lastScanResult"] is not null),
        "all are scanned",
        Patience);

    private async Task<IReadOnlyList<JsonNode>> ListAsync(string plural) =>
        [.. (await host.Client.ListAsync(new ResourcePath("image.toolkit.fluxcd.io", "v1", plural), options: null, CancellationToken.None))
            .Items.Select(item => JsonNode.Parse(item.GetRawText())!)];

    /// <summary>The resourceVersion of each object, and how many events there are.</summary>
    private async Task<ImmutableStates> StatesAsync()
    {
        var states = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var plural in (string[])["imagerepositories", "imagepolicies"])
        {
            foreach (var item in await ListAsync(plural))
            {
                states[$"{plural}/{item["metadata"]!["name"]}"] = (string)item["metadata"]!["resourceVersion"]!;
            }
        }

        return new ImmutableStates(states);
    }

    private sealed class ImmutableStates(SortedDictionary<string, string> states)
    {
        internal IReadOnlyList<KeyValuePair<string, string>> Remove(string key) => [.. states.Where(state => state.Key != key)];
    }
}

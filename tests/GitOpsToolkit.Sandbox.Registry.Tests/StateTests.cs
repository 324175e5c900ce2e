using GitOpsToolkit.TestKit;
using Xunit;
using static GitOpsToolkit.Sandbox.Registry.Tests.RegistryFixture;

namespace GitOpsToolkit.Sandbox.Registry.Tests;

public sealed class StateTests
{
    [Fact]
    public async Task A_registry_started_again_with_its_folder_goes_on()
    {
        using var folder = new TempDirectory();
        var options = new OciRegistryOptions { StateDirectory = folder.Path };
        string kept;
        await using (var first = await StartAsync(options))
        {
            kept = await first.Pusher.PushAsync("team/app", "v1");
            await first.Pusher.PushAsync("team/app", "v2");
            await first.Pusher.PushAsync("team", "v1");
            await first.Pusher.DeleteAsync("team/app", "v2");
            using var started = await first.SendAsync(HttpMethod.Post, "/v2/team/blobs/uploads/");
        }

        await using var second = await StartAsync(options);
        using var tags = await second.SendAsync(HttpMethod.Get, "/v2/team/app/tags/list");
        Assert.Equal("""{"name":"team/app","tags":["v1"]}""", await tags.Content.ReadAsStringAsync());
        using var manifest = await second.SendAsync(HttpMethod.Get, "/v2/team/app/manifests/v1");
        Assert.Equal(kept, Digest(await manifest.Content.ReadAsStringAsync()));
        Assert.Equal(OciManifest, manifest.Content.Headers.ContentType!.MediaType);
        var layer = (await JsonAsync(manifest))["layers"]![0]!["digest"]!.GetValue<string>();
        using var blob = await second.SendAsync(HttpMethod.Get, $"/v2/team/app/blobs/{layer}");
        blob.EnsureSuccessStatusCode();
        using var catalog = await second.SendAsync(HttpMethod.Get, "/v2/_catalog");
        Assert.Equal("""{"repositories":["team","team/app"]}""", await catalog.Content.ReadAsStringAsync());
        Assert.Empty(Directory.EnumerateFiles(folder["uploads"]));
    }

    [Fact]
    public async Task A_fixed_port_is_used_and_requests_are_recorded()
    {
        int port;
        await using (var any = await StartAsync())
        {
            port = any.Registry.Url.Port;
        }

        await using var fixture = await StartAsync(new OciRegistryOptions { Port = port });
        Assert.Equal($"127.0.0.1:{port}", fixture.Registry.Host);
        using var ping = await fixture.SendAsync(HttpMethod.Get, "/v2/");
        Assert.Equal("registry/2.0", Header(ping, "Docker-Distribution-Api-Version"));
        using var tags = await fixture.SendAsync(HttpMethod.Get, "/v2/a/tags/list?n=1");
        Assert.Equal(
            [new RegistryRequest("GET", "/v2/", 200), new RegistryRequest("GET", "/v2/a/tags/list?n=1", 404)], fixture.Registry.Requests);
    }

    [Fact]
    public async Task Pushes_at_the_same_time_do_not_disturb_each_other()
    {
        using var folder = new TempDirectory();
        await using var fixture = await StartAsync(new OciRegistryOptions { StateDirectory = folder.Path });
        await Task.WhenAll(Enumerable.Range(0, 20).Select(i => fixture.Pusher.PushAsync("app", $"v{i}", $"content {i % 3}")));
        using var answer = await fixture.SendAsync(HttpMethod.Get, "/v2/app/tags/list");
        Assert.Equal(20, (await JsonAsync(answer))["tags"]!.AsArray().Count);
    }
}

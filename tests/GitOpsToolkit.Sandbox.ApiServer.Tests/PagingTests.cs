namespace GitOpsToolkit.Sandbox.ApiServer.Tests;

public sealed class PagingTests
{
    private const string Maps = "/api/v1/namespaces/pages/configmaps";

    [Fact]
    public async Task Pages_are_one_consistent_snapshot()
    {
        await using var server = await StartAsync();
        var first = await server.GetAsync($"{Maps}?limit=3");
        Assert.Equal(["c0", "c1", "c2"], NamesOf(first));
        Assert.Equal(8, first.At("metadata.remainingItemCount")!.GetValue<int>());

        await server.DeleteAsync($"{Maps}/c4");
        await server.MustPostAsync(Maps, """{"metadata":{"name":"c99"}}""");
        var second = await server.GetAsync($"{Maps}?limit=3&continue={first.TextAt("metadata.continue")}");
        Assert.Equal(["c3", "c4", "c5"], NamesOf(second));
        Assert.Equal(first.Version, second.Version);

        var rest = await server.GetAsync($"{Maps}?limit=500&continue={second.TextAt("metadata.continue")}");
        Assert.Equal(["c6", "c7", "c8", "c9", "kube-root-ca.crt"], NamesOf(rest));
        Assert.Null(rest.At("metadata.continue"));
    }

    [Fact]
    public async Task An_old_token_gives_410_and_a_way_to_go_on()
    {
        await using var server = await StartAsync();
        var first = await server.GetAsync($"{Maps}?limit=3");
        for (var i = 0; i < 60; i++)
        {
            await server.MergeAsync($"{Maps}/c9", $$$"""{"data":{"x":"{{{i}}}"}}""");
        }

        var expired = await server.GetAsync($"{Maps}?limit=3&continue={first.TextAt("metadata.continue")}");
        Assert.Equal((410, "Expired"), (expired.Number, expired.Reason));
        var inconsistent = await server.GetAsync($"{Maps}?limit=3&continue={expired.TextAt("metadata.continue")}");
        Assert.Equal(["c3", "c4", "c5"], NamesOf(inconsistent));
    }

    [Fact]
    public async Task An_exact_version_shows_the_past()
    {
        await using var server = await StartAsync();
        var version = (await server.GetAsync(Maps)).Version;
        await server.DeleteAsync($"{Maps}/c0");
        Assert.Contains("c0", NamesOf(await server.GetAsync($"{Maps}?resourceVersion={version}&resourceVersionMatch=Exact")));
        Assert.DoesNotContain("c0", NamesOf(await server.GetAsync($"{Maps}?resourceVersion={version}")));
        Assert.DoesNotContain("c0", NamesOf(await server.GetAsync($"{Maps}?resourceVersion=0")));
    }

    private static async Task<TestServer> StartAsync()
    {
        var server = await TestServer.StartAsync(new() { WatchHistory = 50 });
        await server.MustPostAsync("/api/v1/namespaces", """{"metadata":{"name":"pages"}}""");
        await Eventually.TrueAsync(async () => (await server.GetAsync($"{Maps}/kube-root-ca.crt")).Number == 200, "the namespace's own ConfigMap");
        for (var i = 0; i < 10; i++)
        {
            await server.MustPostAsync(Maps, $$$"""{"metadata":{"name":"c{{{i}}}"}}""");
        }

        return server;
    }

    private static List<string> NamesOf(Answer list) =>
        [.. list.Json["items"]!.AsArray().Select(i => i!["metadata"]!["name"]!.GetValue<string>())];
}

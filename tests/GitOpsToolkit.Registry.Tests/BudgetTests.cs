using System.Globalization;
using Microsoft.Extensions.Time.Testing;
using WireMock.RequestBuilders;
using WireMock.ResponseBuilders;
using WireMock.Server;
using Xunit;
using static GitOpsToolkit.Registry.Tests.Harness;

namespace GitOpsToolkit.Registry.Tests;

/// <summary>What all objects together ask of one host.</summary>
public sealed class BudgetTests : IDisposable
{
    private const string Body = """{"tags":["v1"]}""";
    private const string Manifest = """{"layers":[]}""";

    private readonly WireMockServer server = WireMockServer.Start();
    private readonly FakeTimeProvider time = new(new DateTimeOffset(2026, 11, 1, 0, 0, 0, TimeSpan.Zero));

    private string Host => $"127.0.0.1:{server.Port}";

    private int Requests => server.LogEntries.Count;

    public void Dispose() => server.Dispose();

    [Theory]
    [InlineData("Retry-After", "120", 120)]
    [InlineData("Retry-After", "Sun, 01 Nov 2026 00:02:00 GMT", 120)]
    [InlineData("X-Retry-After", "1793491320", 120)]
    [InlineData("Retry-After", "0", 1)]
    [InlineData("Retry-After", "99999999", 3600)]
    [InlineData("Retry-After", "soon", 30)]
    [InlineData("Other", "x", 30)]
    public async Task A_host_that_is_busy_gets_one_request_until_the_time_that_it_names(string header, string value, int seconds)
    {
        server.Given(Request.Create().WithPath("/v2/*")).RespondWith(Response.Create().WithStatusCode(429).WithHeader(header, value));
        using var client = new RegistryClient(Quick, time);
        for (var i = 0; i < 20; i++)
        {
            var fault = await FaultAsync(() => client.ListTagsAsync(Image(Host, $"app-{i}"), new RegistryAccess(), CancellationToken.None));
            Assert.Equal(RegistryFault.RateLimited, fault.Fault);
            Assert.Equal(seconds, fault.RetryAfter!.Value.TotalSeconds);
        }

        Assert.Equal(1, Requests);
        server.Reset();
        server.Given(Request.Create().WithPath("/v2/*")).RespondWith(Response.Create().WithBody(Body));
        time.Advance(TimeSpan.FromSeconds(seconds - 0.5));
        await FaultAsync(() => client.ListTagsAsync(Image(Host), new RegistryAccess(), CancellationToken.None));
        Assert.Equal(0, Requests);
        time.Advance(TimeSpan.FromSeconds(0.5));
        Assert.Equal(["v1"], (await client.ListTagsAsync(Image(Host), new RegistryAccess(), CancellationToken.None)).Tags);
    }

    [Fact]
    public async Task A_listing_under_way_stops_where_another_call_was_told_to_wait()
    {
        server.Given(Request.Create().WithPath("/v2/app/tags/list")).RespondWith(
            Response.Create().WithBody(Body).WithHeader("Link", "</v2/app/tags/list?last=v1>; rel=\"next\"").WithStatusCode(200));
        server.Given(Request.Create().WithPath("/v2/app/tags/list").WithParam("last", "v1")).AtPriority(-1).RespondWith(
            Response.Create().WithStatusCode(503).WithHeader("Retry-After", "60"));
        using var client = new RegistryClient(Quick, time);
        var fault = await FaultAsync(() => client.ListTagsAsync(Image(Host), new RegistryAccess(), CancellationToken.None));
        Assert.Equal(TimeSpan.FromSeconds(60), fault.RetryAfter);
        fault = await FaultAsync(() => client.ResolveDigestAsync(Image(Host), "v1", new RegistryAccess(), CancellationToken.None));
        Assert.Contains("asked to be left alone; no request was sent", fault.Message, StringComparison.Ordinal);
        Assert.Equal(2, Requests);
    }

    [Fact]
    public async Task The_token_realm_has_a_budget_too()
    {
        server.Given(Request.Create().WithPath("/v2/*")).RespondWith(Response.Create().WithStatusCode(401)
            .WithHeader("WWW-Authenticate", $"Bearer realm=\"http://{Host}/token\",service=\"s\""));
        server.Given(Request.Create().WithPath("/token")).RespondWith(Response.Create().WithStatusCode(429).WithHeader("Retry-After", "60"));
        using var client = new RegistryClient(Quick, time);
        foreach (var name in (string[])["one", "two"])
        {
            var fault = await FaultAsync(() => client.ListTagsAsync(Image(Host, name), new RegistryAccess(), CancellationToken.None));
            Assert.Equal((RegistryFault.RateLimited, 60.0), (fault.Fault, fault.RetryAfter!.Value.TotalSeconds));
        }

        Assert.Single(server.LogEntries, entry => entry.RequestMessage!.Path == "/token");
    }

    [Fact]
    public async Task Without_pulls_left_manifests_wait_and_tags_do_not()
    {
        Pulls("0;w=21600");
        server.Given(Request.Create().WithPath("/v2/app/tags/list")).RespondWith(Response.Create().WithBody(Body));
        using var client = new RegistryClient(Quick, time);
        await client.GetManifestAsync(Image(Host), "v1", new RegistryAccess(), CancellationToken.None);
        var before = Requests;

        var fault = await FaultAsync(() => client.GetManifestAsync(Image(Host), "v1", new RegistryAccess(), CancellationToken.None));

        Assert.Equal($"{Host} has no pulls left for now; no request was sent", fault.Message);
        Assert.Equal(TimeSpan.FromHours(1), fault.RetryAfter);
        Assert.Equal(before, Requests);
        await client.ListTagsAsync(Image(Host), new RegistryAccess(), CancellationToken.None);

        // Another account has pulls of its own, and a HEAD says when there are some again.
        await client.GetManifestAsync(Image(Host), "v1", new RegistryAccess(new RegistryCredential("ann", "x")), CancellationToken.None);
        Pulls("5;w=21600");
        await client.ResolveDigestAsync(Image(Host), "v1", new RegistryAccess(), CancellationToken.None);
        await client.GetManifestAsync(Image(Host), "v1", new RegistryAccess(), CancellationToken.None);
    }

    [Fact]
    public async Task Requests_beyond_the_burst_keep_to_the_rate_whoever_asks()
    {
        server.Given(Request.Create().WithPath("/v2/*")).RespondWith(Response.Create().WithBody(Body));
        using var client = new RegistryClient(
            Quick with { RequestsPerSecond = 2, RequestBurst = 3, MaxRequestsPerHost = 100 }, time,
            (_, _) => Task.FromResult(new[] { System.Net.IPAddress.Loopback }));
        var calls = Enumerable.Range(0, 10).Select(i => client.ListTagsAsync(
            Image($"registry.test:{server.Port}", $"app-{i}"), new RegistryAccess(Insecure: true), CancellationToken.None)).ToList();

        // Three at once and the one that is due; then one each half second.
        for (var done = 4; done <= 10; done++)
        {
            await TestKit.Eventually.TrueAsync(() => calls.Count(call => call.IsCompletedSuccessfully) == done, $"{done} calls are through");
            Assert.Equal(done, Requests);
            time.Advance(TimeSpan.FromSeconds(0.5));
        }
    }

    [Fact]
    public async Task No_more_calls_run_at_a_time_than_the_budget_allows()
    {
        var (running, most) = (0, 0);
        var counting = new Lock();
        using var gate = new SemaphoreSlim(0);
        using var raw = new RawServer(async (stream, cancellation) =>
        {
            lock (counting)
            {
                most = Math.Max(most, ++running);
            }

            await gate.WaitAsync(cancellation);
            lock (counting)
            {
                running--;
            }

            await RawServer.WriteAsync(stream, $"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: {Body.Length}\r\n\r\n{Body}", cancellation);
        });
        using var client = new RegistryClient(Quick with { MaxRequestsPerHost = 3 }, TimeProvider.System);
        var calls = Enumerable.Range(0, 9).Select(
            i => client.ListTagsAsync(Image(raw.Host, $"app-{i}"), new RegistryAccess(), CancellationToken.None)).ToList();
        await TestKit.Eventually.TrueAsync(() => Volatile.Read(ref running) == 3, "three calls are under way");
        gate.Release(9);
        await Task.WhenAll(calls);
        Assert.Equal(3, most);
    }

    private void Pulls(string remaining)
    {
        server.Reset();
        server.Given(Request.Create().WithPath("/v2/app/tags/list")).RespondWith(Response.Create().WithBody(Body));
        server.Given(Request.Create().WithPath("/v2/app/manifests/v1")).RespondWith(Response.Create().WithBody(Manifest)
            .WithHeader("ratelimit-limit", "100;w=21600").WithHeader("ratelimit-remaining", remaining)
            .WithHeader("Docker-Content-Digest", $"sha256:{Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(
                System.Text.Encoding.UTF8.GetBytes(Manifest.ToString(CultureInfo.InvariantCulture))))}"));
    }
}

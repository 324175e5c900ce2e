using System.Net;
using Microsoft.Extensions.Time.Testing;
using WireMock.RequestBuilders;
using WireMock.ResponseBuilders;
using WireMock.Server;
using Xunit;
using static GitOpsToolkit.Registry.Tests.Harness;

namespace GitOpsToolkit.Registry.Tests;

/// <summary>Whatever a registry does, a listing is whole or a fault with a class and a message.</summary>
public sealed class MisbehavingRegistryTests : IDisposable
{
    private const string TagsPath = "/v2/app/tags/list";

    private readonly WireMockServer server = WireMockServer.Start();
    private readonly RegistryClient client = new(Quick, TimeProvider.System);

    private string Host => new Uri(server.Url!).Authority.Replace("localhost", "127.0.0.1", StringComparison.Ordinal);

    public void Dispose()
    {
        client.Dispose();
        server.Dispose();
    }

    [Fact]
    public async Task Relative_and_absolute_links_are_followed()
    {
        Page("n=1000", """{"tags":["a"]}""", $"<{TagsPath}?last=a>; rel=\"next\"");
        Page("last=a", """{"tags":["b"]}""", $"<http://{Host}{TagsPath}?last=b>; rel=next");
        Page("last=b", """{"name":"app","tags":["c","a"],"manifest":{"x":{"tag":["not-a-tag"]}}}""");
        Assert.Equal(["a", "b", "c"], (await ListAsync()).Tags);
    }

    [Theory]
    [InlineData("""{"tags":["c"]}""", 200, "a b c")]
    [InlineData("""{"tags":[]}""", 200, "a b")]
    [InlineData("""{"tags":["a","b"]}""", 200, "a b")]
    [InlineData("no such parameter", 400, "a b")]
    public async Task A_full_page_without_a_link_is_asked_for_what_comes_after(string body, int status, string expected)
    {
        using var paging = new RegistryClient(Quick with { PageSize = 2 }, TimeProvider.System);
        server.Given(Request.Create().WithPath(TagsPath).WithParam("last", "b")).RespondWith(Response.Create().WithStatusCode(status).WithBody(body));
        server.Given(Request.Create().WithPath(TagsPath)).AtPriority(10).RespondWith(Response.Create().WithBody("""{"tags":["a","b"]}"""));
        var list = await paging.ListTagsAsync(Image(Host), new RegistryAccess(), CancellationToken.None);
        Assert.Equal(expected, string.Join(' ', list.Tags));
        Assert.Equal(2, server.LogEntries.Count);
    }

    [Fact]
    public async Task A_registry_that_fails_after_a_full_page_has_not_given_its_list()
    {
        using var paging = new RegistryClient(Quick with { PageSize = 2 }, TimeProvider.System);
        server.Given(Request.Create().WithPath(TagsPath).WithParam("last", "b")).RespondWith(Response.Create().WithStatusCode(500));
        server.Given(Request.Create().WithPath(TagsPath)).AtPriority(10).RespondWith(Response.Create().WithBody("""{"tags":["a","b"]}"""));
        var fault = await FaultAsync(() => paging.ListTagsAsync(Image(Host), new RegistryAccess(), CancellationToken.None));
        Assert.Equal(RegistryFault.Unreachable, fault.Fault);
    }

    [Fact]
    public async Task No_tags_at_all_are_an_empty_list()
    {
        Page("n=1000", """{"name":"app","tags":null}""");
        Assert.Empty((await ListAsync()).Tags);
    }

    [Fact]
    public async Task What_is_no_tag_by_the_grammar_is_dropped_and_counted()
    {
        Page("n=1000", """{"tags":["ok","-bad","a/b","","ä"]}""");
        var list = await ListAsync();
        Assert.Equal(["ok"], list.Tags);
        Assert.Equal(4, list.Dropped);
    }

    [Fact]
    public async Task Links_that_lead_round_in_circles_are_refused()
    {
        Page("n=1000", """{"tags":["a"]}""", $"<{TagsPath}?last=a>; rel=\"next\"");
        Page("last=a", """{"tags":["b"]}""", $"<{TagsPath}?last=a>; rel=\"next\"");
        await FaultsAsync(RegistryFault.Protocol, "leads round in circles");
    }

    [Fact]
    public async Task Ever_new_links_without_new_tags_are_refused()
    {
        for (var i = 0; i < 10; i++)
        {
            Page(i == 0 ? "n=1000" : $"last={i}", """{"tags":["a"]}""", $"<{TagsPath}?last={i + 1}>; rel=\"next\"");
        }

        await FaultsAsync(RegistryFault.Protocol, "leads round in circles");
        Assert.InRange(server.LogEntries.Count, 4, 5);
    }

    [Fact]
    public async Task A_link_to_another_host_is_refused()
    {
        Page("n=1000", """{"tags":["a"]}""", $"<http://localhost:1{TagsPath}?last=a>; rel=\"next\"");
        await FaultsAsync(RegistryFault.Protocol, "a Link to another host, http://localhost:1");
    }

    [Fact]
    public async Task A_server_error_on_a_later_page_is_tried_again_and_then_a_fault()
    {
        Page("n=1000", """{"tags":["a"]}""", $"<{TagsPath}?last=a>; rel=\"next\"");
        server.Given(Request.Create().WithPath(TagsPath).WithParam("last")).RespondWith(Response.Create().WithStatusCode(500));
        await FaultsAsync(RegistryFault.Unreachable, "tags/list (page 2): 500 InternalServerError");
        Assert.Equal(4, server.LogEntries.Count);
    }

    [Fact]
    public async Task A_passing_server_error_is_not_noticed()
    {
        server.Given(Request.Create().WithPath(TagsPath)).InScenario("s").WillSetStateTo("up").RespondWith(Response.Create().WithStatusCode(503));
        server.Given(Request.Create().WithPath(TagsPath)).InScenario("s").WhenStateIs("up")
            .RespondWith(Response.Create().WithBody("""{"tags":["a"]}"""));
        Assert.Equal(["a"], (await ListAsync()).Tags);
    }

    [Fact]
    public async Task Retry_After_closes_the_host_for_all_until_its_time()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UnixEpoch);
        using var budgeted = new RegistryClient(Quick, time);
        server.Given(Request.Create().WithPath("/*")).RespondWith(Response.Create().WithStatusCode(429).WithHeader("Retry-After", "120"));
        var first = await FaultAsync(() => budgeted.ListTagsAsync(Image(Host), new RegistryAccess(), CancellationToken.None));
        Assert.Equal((RegistryFault.RateLimited, TimeSpan.FromSeconds(120)), (first.Fault, first.RetryAfter));
        var second = await FaultAsync(() => budgeted.ListTagsAsync(Image(Host, "other"), new RegistryAccess(), CancellationToken.None));
        Assert.Equal((RegistryFault.RateLimited, TimeSpan.FromSeconds(120)), (second.Fault, second.RetryAfter));
        Assert.Single(server.LogEntries);
        time.Advance(TimeSpan.FromSeconds(121));
        await FaultAsync(() => budgeted.ListTagsAsync(Image(Host), new RegistryAccess(), CancellationToken.None));
        Assert.Equal(2, server.LogEntries.Count);
    }

    [Theory]
    [InlineData("text/html", "<html>sign in</html>", RegistryFault.Protocol, "the answer (text/html) is no tag list")]
    [InlineData("application/json", """{"tags":["a","b""", RegistryFault.Truncated, "cut off")]
    [InlineData("application/json", """{"tags":["a"]""", RegistryFault.Truncated, "cut off")]
    [InlineData("application/json", "", RegistryFault.Truncated, "cut off")]
    [InlineData("application/json", "{}", RegistryFault.Protocol, "is no tag list")]
    [InlineData("application/json", """{"tags":["\ud800"]}""", RegistryFault.Truncated, "no valid JSON")]
    [InlineData("application/json", "[[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]", RegistryFault.Truncated, "no valid JSON")]
    public async Task An_answer_that_is_no_tag_list_is_a_fault(string type, string body, RegistryFault fault, string message)
    {
        server.Given(Request.Create().WithPath(TagsPath)).RespondWith(Response.Create().WithHeader("Content-Type", type).WithBody(body));
        await FaultsAsync(fault, message);
    }

    [Fact]
    public async Task A_body_shorter_than_announced_is_truncated()
    {
        using var raw = new RawServer((stream, cancellation) => RawServer.WriteAsync(
            stream, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{\"tags\":[\"a\"]}", cancellation));
        var fault = await FaultAsync(() => client.ListTagsAsync(Image(raw.Host), new RegistryAccess(), CancellationToken.None));
        Assert.Equal(RegistryFault.Truncated, fault.Fault);
    }

    [Fact]
    public async Task An_endless_body_is_cut_at_the_limit()
    {
        using var raw = new RawServer(async (stream, cancellation) =>
        {
            await RawServer.WriteAsync(stream, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n{\"tags\":[", cancellation);
            while (!cancellation.IsCancellationRequested)
            {
                await RawServer.WriteAsync(stream, "\"a\",", cancellation);
            }
        });
        using var limited = new RegistryClient(Quick with { MaxListBytes = 100_000 }, TimeProvider.System);
        var fault = await FaultAsync(() => limited.ListTagsAsync(Image(raw.Host), new RegistryAccess(), CancellationToken.None));
        Assert.Equal(RegistryFault.TooLarge, fault.Fault);
        Assert.Contains("larger than 100000 bytes", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_dripping_body_ends_at_the_deadline()
    {
        using var raw = new RawServer(async (stream, cancellation) =>
        {
            await RawServer.WriteAsync(stream, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n{\"tags\":[", cancellation);
            while (!cancellation.IsCancellationRequested)
            {
                await RawServer.WriteAsync(stream, " ", cancellation);
                await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, cancellation);
            }
        });
        using var deadline = new CancellationTokenSource(TimeSpan.FromMilliseconds(200));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => client.ListTagsAsync(Image(raw.Host), new RegistryAccess(), deadline.Token));
    }

    [Fact]
    public async Task A_registry_that_never_answers_is_unreachable_after_the_attempts()
    {
        using var raw = new RawServer((_, cancellation) => Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellation));
        using var impatient = new RegistryClient(
            Quick with { AttemptTimeout = TimeSpan.FromMilliseconds(150), Retries = 1 }, TimeProvider.System);
        var fault = await FaultAsync(() => impatient.ListTagsAsync(Image(raw.Host), new RegistryAccess(), CancellationToken.None));
        Assert.Equal(RegistryFault.Unreachable, fault.Fault);
        Assert.Contains("no answer in time", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_redirect_elsewhere_is_followed_without_the_credential()
    {
        using var other = WireMockServer.Start();
        other.Given(Request.Create().WithPath("/moved")).RespondWith(Response.Create().WithBody("""{"tags":["a"]}"""));
        server.Given(Request.Create().WithPath(TagsPath).WithHeader("Authorization", "Basic*"))
            .RespondWith(Response.Create().WithStatusCode(307).WithHeader("Location", $"{other.Url}/moved"));
        server.Given(Request.Create().WithPath(TagsPath)).AtPriority(10)
            .RespondWith(Response.Create().WithStatusCode(401).WithHeader("WWW-Authenticate", "Basic realm=\"x\""));
        var access = new RegistryAccess(new RegistryCredential("ann", "secret"));
        Assert.Equal(["a"], (await client.ListTagsAsync(Image(Host), access, CancellationToken.None)).Tags);
        Assert.DoesNotContain("Authorization", Assert.Single(other.LogEntries).RequestMessage!.Headers!.Keys);
    }

    [Fact]
    public async Task Endless_redirects_are_refused()
    {
        server.Given(Request.Create().WithPath("/*")).RespondWith(Response.Create().WithStatusCode(302).WithHeader("Location", TagsPath));
        await FaultsAsync(RegistryFault.Protocol, "more than 5 redirects");
    }

    [Theory]
    [InlineData("ftp://example.com/token")]
    [InlineData("http://user:pw@example.com/token")]
    public async Task A_realm_that_is_not_https_is_refused(string realm)
    {
        server.Given(Request.Create().WithPath("/*"))
            .RespondWith(Response.Create().WithStatusCode(401).WithHeader("WWW-Authenticate", $"Bearer realm=\"{realm}\",service=\"s\""));
        await FaultsAsync(RegistryFault.Protocol, "refused to send credentials there");
    }

    [Fact]
    public async Task A_registry_outside_cannot_send_us_inside_even_by_changing_names()
    {
        using var inside = WireMockServer.Start();
        server.Given(Request.Create().WithPath("/*")).RespondWith(Response.Create()
            .WithStatusCode(401).WithHeader(
                "WWW-Authenticate", $"Bearer realm=\"http://metadata.test:{inside.Port}/token\",service=\"s\""));

        // The registry's name leads here when it is connected to, and counts as outside when it is judged.
        var asked = 0;
        using var fooled = new RegistryClient(Quick, TimeProvider.System, (host, _) => Task.FromResult(
            host == "registry.test" && ++asked > 1 ? new[] { IPAddress.Parse("203.0.113.7") } : [IPAddress.Loopback]));
        var access = new RegistryAccess(new RegistryCredential("ann", "secret"), Insecure: true);
        var fault = await FaultAsync(() => fooled.ListTagsAsync(Image($"registry.test:{server.Port}"), access, CancellationToken.None));
        Assert.Equal(RegistryFault.Protocol, fault.Fault);
        Assert.Contains("leads to metadata.test, which is an address inside; refused", fault.Message, StringComparison.Ordinal);
        Assert.Empty(inside.LogEntries);
    }

    [Fact]
    public async Task An_echoed_password_is_not_repeated()
    {
        server.Given(Request.Create().WithPath(TagsPath).WithHeader("Authorization", "Basic*")).RespondWith(Response.Create()
            .WithStatusCode(403).WithBody("""{"errors":[{"code":"DENIED","message":"no hunter2\n for you"}]}"""));
        server.Given(Request.Create().WithPath(TagsPath)).AtPriority(10)
            .RespondWith(Response.Create().WithStatusCode(401).WithHeader("WWW-Authenticate", "Basic realm=\"x\""));
        var access = new RegistryAccess(new RegistryCredential("ann", "hunter2"));
        var fault = await FaultAsync(() => client.ListTagsAsync(Image(Host), access, CancellationToken.None));
        Assert.Equal(RegistryFault.Authentication, fault.Fault);
        Assert.Contains("403 Forbidden: DENIED no ***  for you; check the credentials", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_echoed_token_is_not_repeated()
    {
        server.Given(Request.Create().WithPath("/token")).RespondWith(Response.Create().WithBody("""{"token":"t0ken-value"}"""));
        server.Given(Request.Create().WithPath(TagsPath).WithHeader("Authorization", "Bearer*")).RespondWith(Response.Create()
            .WithStatusCode(403).WithBody("""{"errors":[{"code":"DENIED","message":"not with t0ken-value"}]}"""));
        server.Given(Request.Create().WithPath(TagsPath)).AtPriority(10).RespondWith(Response.Create()
            .WithStatusCode(401).WithHeader("WWW-Authenticate", $"Bearer realm=\"http://{Host}/token\",service=\"s\""));

        var fault = await FaultAsync(() => client.ListTagsAsync(Image(Host), new RegistryAccess(), CancellationToken.None));

        Assert.Contains("403 Forbidden: DENIED not with ***", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_missing_digest_header_is_made_up_for_by_the_manifest()
    {
        server.Given(Request.Create().WithPath("/v2/app/manifests/v1")).RespondWith(Response.Create().WithBody("""{"layers":[]}"""));
        Assert.Equal(
            "sha256:c824a9aa7d2e3471306648c6d4baa1abbcb97ff0276181ab4722ca27127cdba0",
            await client.ResolveDigestAsync(Image(Host), "v1", new RegistryAccess(), CancellationToken.None));
    }

    private Task<TagList> ListAsync() => client.ListTagsAsync(Image(Host), new RegistryAccess(), CancellationToken.None);

    private async Task FaultsAsync(RegistryFault expected, string message)
    {
        var fault = await FaultAsync(ListAsync);
        Assert.Equal(expected, fault.Fault);
        Assert.Contains(message, fault.Message, StringComparison.Ordinal);
    }

    private void Page(string parameter, string body, string? link = null)
    {
        var pair = parameter.Split('=');
        var response = Response.Create().WithHeader("Content-Type", "application/json").WithBody(body);
        server.Given(Request.Create().WithPath(TagsPath).WithParam(pair[0], pair[1]))
            .RespondWith(link is null ? response : response.WithHeader("Link", link));
    }
}

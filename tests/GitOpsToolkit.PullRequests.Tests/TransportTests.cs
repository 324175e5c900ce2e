using System.Net;
using System.Net.Sockets;
using System.Text;
using WireMock.RequestBuilders;
using WireMock.ResponseBuilders;
using WireMock.Server;
using Xunit;

namespace GitOpsToolkit.PullRequests.Tests;

/// <summary>What is the same at every host: credentials stay at their origin, answers are bounded, waits are short.</summary>
public sealed class TransportTests : HostFixture
{
    private const string Pull3 = "/api/v1/repos/acme/fleet/pulls/3";

    private const string Body =
        """{"number":3,"html_url":"https://x/3","state":"open","title":"t","head":{"ref":"a","label":"a","repo_id":1},"base":{"ref":"main","repo_id":1}}""";

    private IPullRequestHost Host => Open("gitea", "/acme/fleet");

    [Fact]
    public async Task A_redirect_to_another_host_is_refused_and_nothing_is_sent_there()
    {
        using var other = WireMockServer.Start();
        other.Given(Request.Create()).RespondWith(Response.Create().WithHeader("Content-Type", "application/json").WithBody(Body));
        foreach (var status in new[] { 301, 302, 303, 307, 308 })
        {
            Server.Reset();
            Server.Given(Request.Create().WithPath(Pull3)).RespondWith(Response.Create().WithStatusCode(status).WithHeader("Location", other.Url + Pull3));
            var error = await FaultAsync(PullRequestFault.Protocol, () => Host.FindAsync(3, TestContext.Current.CancellationToken));
            Assert.Contains("credentials do not follow there", error.Message, StringComparison.Ordinal);
        }

        Assert.Empty(other.LogEntries);
    }

    [Fact]
    public async Task A_redirect_within_the_host_is_followed_with_credentials()
    {
        Server.Given(Request.Create().WithPath(Pull3)).RespondWith(Response.Create().WithStatusCode(301).WithHeader("Location", "/api/v1/repositories/17/pulls/3"));
        Get("/api/v1/repositories/17/pulls/3", Body);
        Assert.Equal(3, (await Host.FindAsync(3, TestContext.Current.CancellationToken))!.Number);
        Assert.Equal(2, Asked.Count);
        Assert.Single(Authorizations);
    }

    [Fact]
    public async Task A_change_follows_only_a_redirect_that_keeps_its_body()
    {
        Server.Given(Request.Create().WithPath(Pull3).UsingPatch()).RespondWith(Response.Create().WithStatusCode(308).WithHeader("Location", "/moved"));
        Change("PATCH", "/moved", """{"title":"t","body":"b"}""", Body);
        await Host.UpdateAsync(3, "t", "b", TestContext.Current.CancellationToken);
        Server.Reset();
        Server.Given(Request.Create().WithPath(Pull3).UsingPatch()).RespondWith(Response.Create().WithStatusCode(301).WithHeader("Location", "/moved"));
        var error = await FaultAsync(PullRequestFault.Protocol, () => Host.UpdateAsync(3, "t", "b", TestContext.Current.CancellationToken));
        Assert.Contains("is the repository's URL its present one?", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Redirects_without_end_are_ended()
    {
        Server.Given(Request.Create().WithPath(Pull3)).RespondWith(Response.Create().WithStatusCode(302).WithHeader("Location", Pull3));
        await FaultAsync(PullRequestFault.Protocol, () => Host.FindAsync(3, TestContext.Current.CancellationToken));
        Assert.Equal(6, Asked.Count);
    }

    [Fact]
    public async Task A_huge_answer_is_not_read_to_its_end()
    {
        Get(Pull3, "{\"title\":\"" + new string('x', 2 << 20) + "\"}");
        var error = await FaultAsync(PullRequestFault.TooLarge, () => Host.FindAsync(3, TestContext.Current.CancellationToken));
        Assert.Contains("larger than 1048576 bytes", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"number":3}""")]
    [InlineData("""{"number":"3","html_url":"x"}""")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("{")]
    public async Task An_answer_of_another_shape_is_a_fault(string body)
    {
        Get(Pull3, body);
        var error = await FaultAsync(PullRequestFault.Protocol, () => Host.FindAsync(3, TestContext.Current.CancellationToken));
        Assert.Contains($"GET {Web}{Pull3}", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_answer_of_absurd_depth_is_a_fault()
    {
        Get(Pull3, """{"number":3,"html_url":"x","state":"open","title":"t","head":{"ref":"a","x":""" + new string('[', 5000) + new string(']', 5000) + "}}");
        await FaultAsync(PullRequestFault.Protocol, () => Host.FindAsync(3, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Reading_is_tried_again_and_a_change_is_not()
    {
        Server.Given(Request.Create().WithPath(Pull3).UsingGet()).InScenario("s").WillSetStateTo("up").RespondWith(Response.Create().WithStatusCode(502));
        Server.Given(Request.Create().WithPath(Pull3).UsingGet()).InScenario("s").WhenStateIs("up")
            .RespondWith(Response.Create().WithHeader("Content-Type", "application/json").WithBody(Body));
        Assert.NotNull(await Host.FindAsync(3, TestContext.Current.CancellationToken));
        Assert.Equal(2, Asked.Count);
        Server.ResetLogEntries();
        Refuse("PATCH", Pull3, 502, "");
        await FaultAsync(PullRequestFault.Unreachable, () => Host.UpdateAsync(3, "t", "b", TestContext.Current.CancellationToken));
        Assert.Single(Asked);
    }

    [Fact]
    public async Task A_short_wait_that_the_host_asks_for_is_waited_even_for_a_change()
    {
        Server.Given(Request.Create().WithPath(Pull3)).InScenario("s").WillSetStateTo("up")
            .RespondWith(Response.Create().WithStatusCode(429).WithHeader("Retry-After", "1"));
        Server.Given(Request.Create().WithPath(Pull3)).InScenario("s").WhenStateIs("up")
            .RespondWith(Response.Create().WithHeader("Content-Type", "application/json").WithBody(Body));
        await Host.UpdateAsync(3, "t", "b", TestContext.Current.CancellationToken);
        Assert.Equal(2, Asked.Count);
    }

    [Theory]
    [InlineData(429, "120", 120)]
    [InlineData(429, null, 60)]
    [InlineData(429, "999999", 3600)]
    public async Task A_long_wait_ends_the_call_and_says_how_long(int status, string? header, int seconds)
    {
        var response = Response.Create().WithStatusCode(status).WithBody("""{"message":"slow down"}""");
        Server.Given(Request.Create().WithPath(Pull3)).RespondWith(header is null ? response : response.WithHeader("Retry-After", header));
        var error = await FaultAsync(PullRequestFault.RateLimited, () => Host.FindAsync(3, TestContext.Current.CancellationToken));
        Assert.Equal(TimeSpan.FromSeconds(seconds), error.RetryAfter);
        Assert.Single(Asked);
    }

    [Fact]
    public async Task A_host_that_says_the_token_back_does_not_get_it_into_the_message()
    {
        var basic = Convert.ToBase64String(Encoding.UTF8.GetBytes($"git:{Token}"));
        Refuse("GET", Pull3, 400, $$"""{"message":"{{new string('x', 295)}}{{Token}} and {{basic}} are bad, {{Token}}"}""");
        var error = await FaultAsync(PullRequestFault.Refused, () => Host.FindAsync(3, TestContext.Current.CancellationToken));
        Assert.DoesNotContain(Token[..6], error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(basic, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Words_of_a_host_are_one_line()
    {
        Refuse("GET", Pull3, 400, """{"message":"one\ntwo\u001b[31m"}""");
        var error = await FaultAsync(PullRequestFault.Refused, () => Host.FindAsync(3, TestContext.Current.CancellationToken));
        Assert.DoesNotContain(error.Message, c => char.IsControl(c));
    }

    [Fact]
    public async Task Without_credentials_the_message_says_so()
    {
        Refuse("GET", Pull3, 401, """{"message":"token is required"}""");
        var error = await FaultAsync(
            PullRequestFault.Authentication, () => Open("gitea", "/acme/fleet", new HostCredential()).FindAsync(3, TestContext.Current.CancellationToken));
        Assert.Contains("write:repository", error.Message, StringComparison.Ordinal);
        Assert.Equal(["none"], Authorizations);
    }

    [Fact]
    public async Task Nobody_there_is_told_with_the_host()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        listener.Stop();
        var error = await FaultAsync(PullRequestFault.Unreachable, () => AtAsync($"http://127.0.0.1:{port}/acme/fleet"));
        Assert.Contains($"Gitea (127.0.0.1:{port}): no answer: ", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://169.254.169.254/acme/fleet")]
    [InlineData("http://[fe80::1]/acme/fleet")]
    public async Task An_address_of_the_link_is_never_connected_to(string url)
    {
        var error = await FaultAsync(PullRequestFault.Protocol, () => AtAsync(url));
        Assert.Contains("refused", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_gives_up_is_told_so()
    {
        Server.Given(Request.Create().WithPath(Pull3)).RespondWith(Response.Create().WithDelay(TimeSpan.FromMinutes(5)));
        using var gaveUp = new CancellationTokenSource();
        var call = Host.FindAsync(3, gaveUp.Token);
        await gaveUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
    }

    [Fact]
    public void A_credential_shows_nothing()
    {
        var credential = new HostCredential { Username = "u", Password = Token, BearerToken = Token };
        Assert.DoesNotContain(Token, $"{credential} {new HostAccess { Credential = credential }}", StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("password", "two\nlines")]
    [InlineData("token", "two words")]
    [InlineData("username", "only")]
    public void A_secret_that_holds_no_token_says_so_without_its_values(string key, string value)
    {
        Assert.False(HostCredential.TryRead(new Dictionary<string, string> { [key] = value }, out _, out var error));
        Assert.DoesNotContain(value, error, StringComparison.Ordinal);
    }

    private static async Task AtAsync(string url)
    {
        Assert.True(HostedRepository.TryRecognise(new Uri(url), GitHost.Gitea, api: null, out var repository, out _));
        using var hosts = new PullRequestHosts(new PullRequestOptions { Retries = 1, RetryDelay = TimeSpan.FromMilliseconds(1) }, TimeProvider.System);
        await hosts.Open(repository, new HostAccess()).FindAsync(3, TestContext.Current.CancellationToken);
    }
}

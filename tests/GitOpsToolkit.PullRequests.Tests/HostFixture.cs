using System.Text.Json.Nodes;
using WireMock.Matchers;
using WireMock.RequestBuilders;
using WireMock.ResponseBuilders;
using WireMock.Server;
using Xunit;

namespace GitOpsToolkit.PullRequests.Tests;

/// <summary>A host of one kind that answers what it is told.</summary>
public abstract class HostFixture : IDisposable
{
    /// <summary>A seeded secret: it must be in no message.</summary>
    protected const string Token = "canary-7f3a9c";

    private static readonly PullRequestOptions s_options = new()
    {
        AttemptTimeout = TimeSpan.FromMinutes(1),
        RetryDelay = TimeSpan.FromMilliseconds(1),
        MaxWait = TimeSpan.FromSeconds(2),
        MaxAnswer = 1 << 20,
    };

    private readonly PullRequestHosts hosts = new(s_options, TimeProvider.System);

    protected HostFixture()
    {
        Server = WireMockServer.Start();
        Server.Given(Request.Create()).AtPriority(100).RespondWith(Response.Create().WithStatusCode(418).WithBody("not stubbed"));
    }

    protected WireMockServer Server { get; }

    /// <summary>The mock's address.</summary>
    protected string Web => Server.Url!.Replace("localhost", "127.0.0.1", StringComparison.Ordinal);

    public void Dispose()
    {
        hosts.Dispose();
        Server.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>The pull requests of a repository of the mock.</summary>
    /// <param name="kind">The host's name.</param>
    /// <param name="path">The repository's path.</param>
    /// <param name="credential">The credential; none: a user and a token.</param>
    protected IPullRequestHost Open(string kind, string path, HostCredential? credential = null)
    {
        Assert.True(GitHosts.TryParse(kind, out var host));
        Assert.True(HostedRepository.TryRecognise(new Uri(Web + path), host, api: null, out var repository, out var error), error);
        return hosts.Open(repository, new HostAccess { Credential = credential ?? new HostCredential { Username = "git", Password = Token } });
    }

    protected void Get(string path, string json, string? link = null, int status = 200, params (string Name, string Value)[] query)
    {
        var request = Request.Create().WithPath(path).UsingGet();
        foreach (var (name, value) in query)
        {
            request = request.WithParam(name, value);
        }

        var response = Response.Create().WithStatusCode(status).WithHeader("Content-Type", "application/json; charset=utf-8").WithBody(json);
        Server.Given(request).RespondWith(link is null ? response : response.WithHeader("Link", link));
    }

    /// <summary>Answers a change, and checks the body that comes with it to the letter.</summary>
    protected void Change(string method, string path, string body, string json, int status = 200) =>
        Server.Given(Request.Create().WithPath(path).UsingMethod(method).WithBody(new JsonMatcher(body)))
            .RespondWith(Response.Create().WithStatusCode(status).WithHeader("Content-Type", "application/json").WithBody(json));

    /// <summary>Answers a change, whatever its body.</summary>
    protected void Refuse(string method, string path, int status, string json) =>
        Server.Given(Request.Create().WithPath(path).UsingMethod(method))
            .RespondWith(Response.Create().WithStatusCode(status).WithHeader("Content-Type", "application/json").WithBody(json));

    protected static async Task<PullRequestException> FaultAsync(PullRequestFault fault, Func<Task> call)
    {
        var error = await Assert.ThrowsAsync<PullRequestException>(call);
        Assert.True(fault == error.Fault, $"{error.Fault}: {error.Message}");
        Assert.DoesNotContain(Token, error.ToString(), StringComparison.Ordinal);
        return error;
    }

    /// <summary>What was asked, as <c>GET /path?query</c>, in order.</summary>
    protected IReadOnlyList<string> Asked => [.. Server.LogEntries.Select(entry =>
        $"{entry.RequestMessage!.Method} {new Uri(entry.RequestMessage.Url).PathAndQuery}")];

    /// <summary>The Authorization headers that came.</summary>
    protected IReadOnlySet<string> Authorizations => Server.LogEntries
        .Select(entry => entry.RequestMessage!.Headers!.TryGetValue("Authorization", out var values) ? values.ToString() : "none").ToHashSet();

    protected static string Json(string text) => JsonNode.Parse(text)!.ToJsonString();
}

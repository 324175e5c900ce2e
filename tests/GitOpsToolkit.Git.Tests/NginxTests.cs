using System.Security.Cryptography;
using GitOpsToolkit.TestKit;
using Xunit;

namespace GitOpsToolkit.Git.Tests;

/// <summary>git http-backend behind nginx, as hosts have it: TLS by a CA of their own, and one of three ways to say who one is.</summary>
public sealed class NginxTests : GitFixture
{
    private const string Token = "t0ken-of-nginx";
    private static readonly GitSignature Robot = new("Robot", "robot@example.com", DateTimeOffset.UnixEpoch);
    private readonly TestAuthority _authority = new();

    public static TheoryData<string> Ways => ["basic", "bearer", "certificate"];

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task List_fetch_and_push(string way)
    {
        var (rule, right, wrong) = Way(way);
        await using var nginx = await StartAsync(rule);
        using var copy = await NewRepositoryAsync("app");
        var tip = await copy.PushCommitAsync("first", ("a", new string('x', 3_000_000)));
        var url = GitUrl.Parse($"https://127.0.0.1:{nginx.Port}/app.git");
        var mirror = Store.Get(url, right with { CaCertificates = _authority.Pem });

        for (var i = 0; i < 2; i++)
        {
            Assert.Equal(tip, (await mirror.ListRefsAsync(TimeSpan.Zero, Timeout, default)).Find("refs/heads/main")!.Id);
        }

        Assert.Equal(tip, await mirror.FetchAsync("refs/heads/main", null, Timeout, default));
        var id = mirror.NewCommit(tip).Write("b", RandomNumberGenerator.GetBytes(2_000_000)).Build(Robot, Robot, "mine")!;
        Assert.Equal(PushResult.Pushed, (await mirror.PushAsync("main", id, tip, Timeout, default)).Result);

        foreach (var other in new[] { null, wrong })
        {
            var stranger = Store.Get(url, (other ?? new GitCredentials()) with { CaCertificates = _authority.Pem });
            foreach (var call in new Func<Task>[] { () => stranger.ListRefsAsync(TimeSpan.Zero, Timeout, default), () => stranger.FetchAsync("refs/heads/main", null, Timeout, default) })
            {
                var error = await Assert.ThrowsAsync<GitException>(call);
                Assert.Equal(GitFailure.Authentication, error.Failure);
                Assert.DoesNotContain("CANARY", error.ToString(), StringComparison.Ordinal);
            }
        }

        var distrusting = Store.Get(url, right);
        Assert.Equal(GitFailure.Tls, (await Assert.ThrowsAsync<GitException>(() => distrusting.ListRefsAsync(TimeSpan.Zero, Timeout, default))).Failure);
        Assert.Equal(GitFailure.Tls, (await Assert.ThrowsAsync<GitException>(() => distrusting.FetchAsync("refs/heads/main", null, Timeout, default))).Failure);
    }

    protected override void DisposeMore() => _authority.Dispose();

    private (string Rule, GitCredentials Right, GitCredentials Wrong) Way(string way)
    {
        using var stranger = new TestAuthority("Stranger");
        var (known, unknown) = (_authority.ForClient("robot"), stranger.ForClient("robot"));
        return way switch
        {
            "basic" => ("auth_basic git; auth_basic_user_file $FOLDER/users;", new GitCredentials { Username = "robot", Password = "pass wörd" }, new GitCredentials { Username = "robot", Password = "CANARY" }),
            "bearer" => ($"if ($http_authorization != \"Bearer {Token}\") {{ return 401; }}", new GitCredentials { BearerToken = Token }, new GitCredentials { BearerToken = "CANARY" }),
            _ => (
                "ssl_client_certificate $FOLDER/ca.pem; ssl_verify_client optional; if ($ssl_client_verify != SUCCESS) { return 403; }",
                new GitCredentials { ClientCertificate = known.Certificate, ClientKey = known.Key },
                new GitCredentials { Username = "robot", Password = "CANARY" }),
        };
    }

    private async Task<NginxProgram> StartAsync(string rule)
    {
        Assert.SkipUnless(NginxProgram.IsInstalled, NginxProgram.Missing);
        var identity = _authority.ForServer();
        var files = new Dictionary<string, string>
        {
            ["ca.pem"] = _authority.Pem,
            ["server.pem"] = identity.Certificate,
            ["server.key"] = identity.Key,
            ["users"] = "robot:{PLAIN}pass wörd\n",
        };
        return await NginxProgram.StartAsync(
            $$"""
            listen 127.0.0.1:$PORT ssl;
            ssl_certificate $FOLDER/server.pem;
            ssl_certificate_key $FOLDER/server.key;
            client_max_body_size 0;
            {{rule}}
            location / { proxy_pass {{Server.Url}}; proxy_http_version 1.1; proxy_request_buffering off; }
            """,
            files);
    }
}

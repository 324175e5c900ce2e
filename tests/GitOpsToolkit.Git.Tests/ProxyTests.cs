using GitOpsToolkit.Connections;
using GitOpsToolkit.Sandbox.Git;
using GitOpsToolkit.TestKit;
using Xunit;

namespace GitOpsToolkit.Git.Tests;

/// <summary>Proxies: the name that only the proxy knows is the proof that all went over it, by our own client and by the git program.</summary>
public sealed class ProxyTests : GitFixture
{
    private static readonly GitSignature Robot = new("Robot", "robot@example.com", DateTimeOffset.UnixEpoch);

    [Theory]
    [InlineData("http", false)]
    [InlineData("http", true)]
    [InlineData("socks5", false)]
    [InlineData("socks5", true)]
    public async Task Lists_fetches_and_pushes_go_over_the_proxy(string scheme, bool login)
    {
        using var copy = await NewRepositoryAsync("app");
        var tip = await copy.PushCommitAsync("first");
        using var proxy = new TestProxy(login ? ("ann", "p@ss: wörd/") : null);
        var mirror = Store.Get(Url("http", Server), null, Read(scheme, proxy, login ? "ann" : null, login ? "p@ss: wörd/" : null));

        Assert.Equal(tip, (await mirror.ListRefsAsync(TimeSpan.Zero, Timeout, default)).Find("refs/heads/main")!.Id);
        Assert.Equal(tip, await mirror.FetchAsync("refs/heads/main", null, Timeout, default));
        var id = mirror.NewCommit(tip).Write("b", "2"u8).Build(Robot, Robot, "mine")!;
        Assert.Equal(PushResult.Pushed, (await mirror.PushAsync("main", id, tip, Timeout, default)).Result);
        Assert.True(proxy.Targets.Count >= 3);
        Assert.All(proxy.Targets, target => Assert.EndsWith($" git.invalid:{Server.Url.Port}", target, StringComparison.Ordinal));
    }

    [Fact]
    public async Task TLS_goes_through_the_proxy_to_the_server()
    {
        using var authority = new TestAuthority();
        await using var server = await GitServer.StartAsync(new GitServerOptions
        {
            RootDirectory = Folder["secure"],
            Certificate = authority.ForServer("git.invalid").ToCertificate(),
        });
        await server.CreateRepositoryAsync("app", access: GitAccess.Basic("git", "x123"));
        using var proxy = new TestProxy(("ann", "right"));
        var credentials = new GitCredentials { Username = "git", Password = "x123", CaCertificates = authority.Pem };
        var mirror = Store.Get(Url("https", server), credentials, Read("http", proxy, "ann", "right"));

        Assert.True((await mirror.ListRefsAsync(TimeSpan.Zero, Timeout, default)).IsEmpty);
        var id = mirror.NewCommit(null).Write("b", "2"u8).Build(Robot, Robot, "mine")!;
        Assert.Equal(PushResult.Pushed, (await mirror.PushAsync("main", id, null, Timeout, default)).Result);
        Assert.All(proxy.Targets, target => Assert.Equal($"CONNECT git.invalid:{server.Url.Port}", target));
    }

    [Theory]
    [InlineData("http", "http")]
    [InlineData("http", "https")]
    [InlineData("socks5", "http")]
    public async Task A_refused_login_at_the_proxy_is_told_and_shows_no_password(string scheme, string target)
    {
        using var copy = await NewRepositoryAsync("app");
        await copy.PushCommitAsync("first");
        using var proxy = new TestProxy(("ann", "right"));
        var mirror = Store.Get(Url(target, Server), null, Read(scheme, proxy, "ann", "CANARY"));

        foreach (var call in new Func<Task>[] { () => mirror.ListRefsAsync(TimeSpan.Zero, Timeout, default), () => mirror.FetchAsync("refs/heads/main", null, Timeout, default) })
        {
            var error = await Assert.ThrowsAsync<GitException>(call);
            Assert.Equal(GitFailure.Unreachable, error.Failure);
            Assert.DoesNotContain("CANARY", error.ToString(), StringComparison.Ordinal);
        }

        Assert.Empty(proxy.Targets);
    }

    [Fact]
    public void Who_goes_another_way_has_a_mirror_of_its_own()
    {
        using var proxy = new TestProxy();
        var url = Url("http", Server);
        var one = Store.Get(url, null, Read("http", proxy, null, null));
        Assert.Same(one, Store.Get(url, null, Read("http", proxy, null, null)));
        Assert.NotSame(one, Store.Get(url, null));
        Assert.NotSame(one, Store.Get(url, null, Read("socks5", proxy, null, null)));
    }

    private static GitUrl Url(string scheme, GitServer server) => GitUrl.Parse($"{scheme}://git.invalid:{server.Url.Port}/app.git");

    private static ProxySettings Read(string scheme, TestProxy proxy, string? user, string? password)
    {
        var data = new Dictionary<string, string> { ["address"] = $"{scheme}://127.0.0.1:{proxy.Port}" };
        if (user is not null)
        {
            (data["username"], data["password"]) = (user, password!);
        }

        Assert.True(ProxySettings.TryRead(data, out var read, out var error), error);
        return read!;
    }
}

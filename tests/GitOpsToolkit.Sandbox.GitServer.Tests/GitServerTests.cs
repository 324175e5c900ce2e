using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using GitOpsToolkit.TestKit;
using Xunit;

namespace GitOpsToolkit.Sandbox.Git.Tests;

public sealed class GitServerTests : IAsyncLifetime
{
    private readonly TempDirectory _folder = new();
    private GitServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await StartAsync();

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task What_is_pushed_can_be_cloned()
    {
        using var copy = await GitWorkingCopy.InitAsync(await _server.CreateRepositoryAsync("org/app"));
        var id = await copy.PushCommitAsync("first", ("a/b.yaml", "x: 1\n"));

        using var clone = await GitWorkingCopy.CloneAsync(_server.CloneUrl("org/app"));

        Assert.Equal(id, await clone.HeadAsync());
        Assert.Equal("x: 1\n", await File.ReadAllTextAsync(Path.Combine(clone.Path, "a/b.yaml")));
        Assert.Equal(id, (await _server.ListRefsAsync("org/app"))["refs/heads/main"]);
    }

    [Fact]
    public async Task Big_and_zipped_bodies_go_both_ways()
    {
        using var copy = await GitWorkingCopy.InitAsync(await _server.CreateRepositoryAsync("big"));
        await File.WriteAllBytesAsync(Path.Combine(copy.Path, "random"), RandomNumberGenerator.GetBytes(5 << 20));
        await copy.CommitAsync("big");
        for (var i = 0; i < 60; i++)
        {
            await copy.GitAsync("branch", $"feature-{i}");
        }

        // Above http.postBuffer git sends chunked; a fetch with many haves is sent compressed.
        await copy.GitAsync("push", "--quiet", "--all", "origin");
        using var clone = await GitWorkingCopy.CloneAsync(_server.CloneUrl("big"));
        for (var i = 0; i < 40; i++)
        {
            await clone.GitAsync("commit", "--quiet", "--allow-empty", "-m", $"local {i}");
        }

        await copy.PushCommitAsync("more", ("file", "text"));
        await clone.GitAsync("fetch", "--quiet", "origin");

        Assert.Equal(await copy.HeadAsync(), (await clone.GitAsync("rev-parse", "origin/main")).Trim());
        await clone.GitAsync("fsck", "--strict");
    }

    [Fact]
    public async Task Handlers_hear_of_the_updates_that_took_effect()
    {
        var pushes = new ConcurrentQueue<GitPush>();
        _server.OnPush += (_, _) => throw new InvalidOperationException("a broken handler stops nobody");
        _server.OnPush += (_, args) => pushes.Enqueue(args.Push);
        using var copy = await GitWorkingCopy.InitAsync(await _server.CreateRepositoryAsync("app"));
        var first = await copy.PushCommitAsync("first");
        await copy.GitAsync("tag", "-a", "v1", "-m", "one");
        await copy.GitAsync("push", "--quiet", "-o", "ci.skip", "-o", "x=y", "origin", "v1", "HEAD:refs/heads/other");
        await copy.GitAsync("push", "--quiet", "origin", ":other");

        await Eventually.TrueAsync(() => pushes.Count == 3, "three pushes");

        var seen = pushes.ToArray();
        Assert.Equal(new GitRefUpdate("refs/heads/main", new string('0', 40), first), Assert.Single(seen[0].Updates));
        Assert.Equal(["refs/heads/other", "refs/tags/v1"], seen[1].Updates.Select(update => update.Name).Order(StringComparer.Ordinal));
        Assert.Equal(["ci.skip", "x=y"], seen[1].Options);
        Assert.True(Assert.Single(seen[2].Updates).IsDeletion);
    }

    [Fact]
    public async Task A_lost_race_is_refused_and_not_announced()
    {
        var pushes = 0;
        using var first = await GitWorkingCopy.InitAsync(await _server.CreateRepositoryAsync("app"));
        await first.PushCommitAsync("base");
        using var second = await GitWorkingCopy.CloneAsync(_server.CloneUrl("app"));
        await first.PushCommitAsync("winner");
        await second.CommitAsync("loser");
        _server.OnPush += (_, _) => Interlocked.Increment(ref pushes);

        var (code, _, error) = await second.TryGitAsync("push", "origin", "HEAD");

        Assert.NotEqual(0, code);
        Assert.Contains("fetch first", error, StringComparison.Ordinal);
        Assert.Equal(0, pushes);
    }

    [Fact]
    public async Task A_refused_push_shows_the_message_and_changes_nothing()
    {
        await using var server = await StartAsync(options => options with
        {
            RootDirectory = _folder["strict"],
            PreReceive = (push, _) => ValueTask.FromResult(
                push.Updates.Any(update => update.Name == "refs/heads/main") ? "main is frozen:\nask the release team" : null),
        });
        using var copy = await GitWorkingCopy.InitAsync(await server.CreateRepositoryAsync("app"));
        await copy.CommitAsync("first", ("big", new string('x', 2 << 20)));

        var (code, _, error) = await copy.TryGitAsync("push", "origin", "HEAD");
        await copy.GitAsync("push", "--quiet", "origin", "HEAD:refs/heads/feature");

        Assert.NotEqual(0, code);
        Assert.Contains("remote: main is frozen:", error, StringComparison.Ordinal);
        Assert.Contains("remote: ask the release team", error, StringComparison.Ordinal);
        Assert.Contains("pre-receive hook declined", error, StringComparison.Ordinal);
        Assert.Equal(["refs/heads/feature"], (await server.ListRefsAsync("app")).Keys);
    }

    [Fact]
    public async Task Access_is_asked_for_by_the_server_and_by_the_repository()
    {
        await using var server = await StartAsync(options => options with
        {
            RootDirectory = _folder["closed"],
            Access = GitAccess.Basic("git", "s3cret"),
        });
        await server.CreateRepositoryAsync("plain");
        await server.CreateRepositoryAsync("token", access: GitAccess.Bearer("t0ken"));
        var basic = "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes("git:s3cret"));

        Assert.Equal(HttpStatusCode.Unauthorized, await AdvertiseAsync(server, "plain", null));
        Assert.Equal(HttpStatusCode.Unauthorized, await AdvertiseAsync(server, "plain", "Basic Z2l0Ondyb25n"));
        Assert.Equal(HttpStatusCode.OK, await AdvertiseAsync(server, "plain", basic));
        Assert.Equal(HttpStatusCode.Unauthorized, await AdvertiseAsync(server, "absent", null));
        Assert.Equal(HttpStatusCode.NotFound, await AdvertiseAsync(server, "absent", basic));
        Assert.Equal(HttpStatusCode.Unauthorized, await AdvertiseAsync(server, "token", basic));
        Assert.Equal(HttpStatusCode.OK, await AdvertiseAsync(server, "token", "Bearer t0ken"));

        server.SetAccess("token", null);
        Assert.Equal(HttpStatusCode.OK, await AdvertiseAsync(server, "token", basic));
    }

    [Fact]
    public async Task Paths_outside_the_repositories_are_not_found()
    {
        using var http = new HttpClient { BaseAddress = _server.Url };
        string[] paths =
        [
            "", "info/refs", "../etc/info/refs", "app.git/HEAD", "app.git/objects/info/packs", "%2e%2e/app.git/info/refs",
            "a/..%2f..%2fetc/info/refs", "-x.git/info/refs", "absent.git/info/refs?service=git-upload-pack",
        ];
        await _server.CreateRepositoryAsync("app");
        foreach (var path in paths)
        {
            using var response = await http.GetAsync(new Uri(path, UriKind.Relative));
            Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("..")]
    [InlineData("a/../b")]
    [InlineData("/a")]
    [InlineData("a.git")]
    [InlineData("-a")]
    [InlineData("a b")]
    public async Task Bad_names_are_refused(string name) =>
        await Assert.ThrowsAsync<ArgumentException>(() => _server.CreateRepositoryAsync(name));

    [Fact]
    public async Task Garbage_in_a_push_is_a_bad_request()
    {
        await _server.CreateRepositoryAsync("app");
        using var http = new HttpClient();
        foreach (var body in new[] { "zzzz", "00ff", "0008ab" })
        {
            using var content = new StringContent(body, Encoding.UTF8, "application/x-git-receive-pack-request");
            using var response = await http.PostAsync(new Uri(_server.CloneUrl("app") + "/git-receive-pack"), content);
            Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        }

        Assert.Empty(await _server.ListRefsAsync("app"));
    }

    [Fact]
    public async Task A_restart_with_the_same_folder_serves_what_was_pushed()
    {
        using var copy = await GitWorkingCopy.InitAsync(await _server.CreateRepositoryAsync("app"));
        var id = await copy.PushCommitAsync("first");
        await _server.DisposeAsync();

        _server = await StartAsync();
        await _server.CreateRepositoryAsync("app");

        using var clone = await GitWorkingCopy.CloneAsync(_server.CloneUrl("app"));
        Assert.Equal(id, await clone.HeadAsync());
    }

    [Fact]
    public async Task Requests_are_recorded()
    {
        await _server.CreateRepositoryAsync("app");
        Assert.Equal(HttpStatusCode.OK, await AdvertiseAsync(_server, "app", null));

        Assert.Contains(new GitRequest("GET", "/app.git/info/refs", "?service=git-upload-pack", 200), _server.Requests);
    }

    private async Task<GitServer> StartAsync(Func<GitServerOptions, GitServerOptions>? change = null)
    {
        var options = new GitServerOptions { RootDirectory = _folder["repositories"] };
        return await GitServer.StartAsync(change is null ? options : change(options));
    }

    private static async Task<HttpStatusCode> AdvertiseAsync(GitServer server, string repository, string? authorization)
    {
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, server.CloneUrl(repository) + "/info/refs?service=git-upload-pack");
        request.Headers.TryAddWithoutValidation("Authorization", authorization);
        using var response = await http.SendAsync(request);
        return response.StatusCode;
    }
}

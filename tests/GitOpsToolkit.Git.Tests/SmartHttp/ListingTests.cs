using GitOpsToolkit.TestKit;
using Xunit;

namespace GitOpsToolkit.Git.Tests.SmartHttp;

/// <summary>Lists over HTTP against git's own http-backend. There is no git program here: whoever starts one fails.</summary>
public sealed class ListingTests : GitFixture
{
    private readonly GitRemote _remote;

    public ListingTests() => _remote = new GitRemote(Folder["scratch"], new GitCliOptions { Program = "no-git-is-to-be-started" }, TimeProvider.System);

    [Fact]
    public async Task An_unchanged_poll_is_one_request_and_no_process()
    {
        using var copy = await NewRepositoryAsync("app");
        var id = await copy.PushCommitAsync("first");
        var first = await ListAsync("app");
        // The server notes a request once it is through with it, which may be after the client is.
        await Eventually.TrueAsync(() => Uploads() == ("GET POST", 2), "both requests of the first list");

        var second = await ListAsync("app");

        await Eventually.TrueAsync(() => Uploads() == ("GET POST POST", 3), "one request more");
        Assert.Equal(first, second);
        Assert.Equal([new GitRef("HEAD", id) { SymrefTarget = "refs/heads/main" }, new GitRef("refs/heads/main", id)], second);
    }

    [Fact]
    public async Task It_is_what_the_git_program_lists()
    {
        using var copy = await NewRepositoryAsync("app");
        await copy.PushCommitAsync("first");
        await copy.GitAsync("tag", "-a", "-m", "one", "v1");
        await copy.GitAsync("tag", "light");
        await copy.GitAsync("push", "--quiet", "origin", "v1", "light", "HEAD:refs/heads/größe", "HEAD:refs/changes/7");
        var program = new GitCliRemote(Folder["scratch"], new GitCliOptions(), TimeProvider.System);

        foreach (var scope in new[] { RefScope.All, RefScope.Heads, RefScope.Tags, RefScope.Heads | RefScope.Tags })
        {
            var theirs = await program.ListRefsAsync(Endpoint("app"), scope, default);
            var ours = await _remote.ListRefsAsync(Endpoint("app"), scope, default);
            Assert.Equal(theirs, ours.Select(reference => reference with { SymrefTarget = null }));
        }
    }

    [Fact]
    public async Task Twenty_thousand_references_are_listed()
    {
        using var copy = await NewRepositoryAsync("app");
        var id = await copy.PushCommitAsync("first");
        await File.WriteAllLinesAsync(
            Path.Combine(Server.RepositoryPath("app"), "packed-refs"),
            ["# pack-refs with: peeled fully-peeled sorted ", .. Enumerable.Range(0, 20_000).Select(i => $"{id} refs/tags/v1.0.{i:d5}")]);

        var refs = await ListAsync("app");

        Assert.Equal(20_002, refs.Count);
        Assert.All(refs, reference => Assert.Equal(id, reference.TargetId));
        Assert.Contains(refs, reference => reference.Name == "refs/tags/v1.0.19999");
    }

    [Fact]
    public async Task An_empty_repository_and_one_that_is_deleted_and_made_anew()
    {
        await Server.CreateRepositoryAsync("app");
        Assert.Empty(await ListAsync("app"));
        Directory.Move(Server.RepositoryPath("app"), Folder["away"]);
        Assert.Equal(GitFailure.RepositoryNotFound, (await Assert.ThrowsAsync<GitException>(() => ListAsync("app"))).Failure);
        Directory.Move(Folder["away"], Server.RepositoryPath("app"));
        Assert.Empty(await ListAsync("app"));
    }

    protected override void DisposeMore() => _remote.Dispose();

    private (string Methods, int Count) Uploads()
    {
        var methods = Server.Requests.Where(request => $"{request.Path}{request.Query}".Contains("git-upload-pack", StringComparison.Ordinal))
            .Select(request => request.Method).Order(StringComparer.Ordinal).ToList();
        return (string.Join(' ', methods), methods.Count);
    }

    private GitEndpoint Endpoint(string name) => new(GitUrl.Parse(Server.CloneUrl(name).AbsoluteUri), null, Timeout);

    private Task<IReadOnlyList<GitRef>> ListAsync(string name) => _remote.ListRefsAsync(Endpoint(name), RefScope.All, default);
}

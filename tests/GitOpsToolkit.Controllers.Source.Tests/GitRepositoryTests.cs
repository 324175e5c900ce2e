using System.Net;
using System.Text.Json.Nodes;
using GitOpsToolkit.Archives;
using GitOpsToolkit.TestKit;
using Xunit;

namespace GitOpsToolkit.Controllers.Source.Tests;

public sealed class GitRepositoryTests : SourceFixture
{
    [Fact]
    public async Task A_branch_becomes_an_artifact_that_its_consumer_can_trust()
    {
        using var copy = await NewRepositoryAsync("app");
        var id = await copy.PushCommitAsync("first", ("deploy/app.yaml", "kind: App\n"), ("logo.png", "p"), (".gitignore", "x"));
        await CreateAsync("app", Spec("app"));

        var found = await WaitReadyAsync("app", $"main@sha1:{id}");

        var artifact = found["status"]!["artifact"]!;
        Assert.Equal($"gitrepository/default/app/{id}.tar.gz", (string)artifact["path"]!);
        Assert.Equal($"http://127.0.0.1:{Module.StorageUrl!.Port}/gitrepository/default/app/{id}.tar.gz", (string)artifact["url"]!);
        var bytes = await Http.GetByteArrayAsync((string)artifact["url"]!);
        Assert.Equal(Digest.Sha256(bytes).ToString(), (string)artifact["digest"]!);
        Assert.Equal(bytes.Length, (long)artifact["size"]!);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(StoragePath, (string)artifact["path"]!)));
        using var archive = new MemoryStream(bytes);
        await ArchiveUnpacker.UnpackAsync(archive, Folder["unpacked"]);
        Assert.Equal(["deploy/app.yaml"], Files("unpacked"));

        Assert.Equal("Succeeded", (string)Condition(found, "Ready")!["reason"]!);
        Assert.Equal($"stored artifact for revision 'main@sha1:{id}'", (string)Condition(found, "Ready")!["message"]!);
        Assert.Equal("True", (string)Condition(found, "ArtifactInStorage")!["status"]!);
        Assert.Equal(["finalizers.fluxcd.io"], found["metadata"]!["finalizers"]!.AsArray().Select(name => (string)name!));
        ConditionInvariants.Verify(found);
        var news = await Eventually.GetAsync(async () => (await EventsAsync("app")).FirstOrDefault(e => (string?)e["reason"] == "NewArtifact"), "the event");
        Assert.Equal("stored artifact for commit 'first'", (string)news["message"]!);
        Assert.Equal($"main@sha1:{id}", (string)news["metadata"]!["annotations"]!["source.toolkit.fluxcd.io/revision"]!);
        Assert.Equal((string)artifact["digest"]!, (string)news["metadata"]!["annotations"]!["source.toolkit.fluxcd.io/digest"]!);
    }

    [Fact]
    public async Task Every_kind_of_reference_is_found_and_named()
    {
        using var copy = await NewRepositoryAsync("app", "master");
        var one = await copy.PushCommitAsync("one", ("a", "1"));
        await copy.GitAsync("tag", "v1.0.0");
        await copy.GitAsync("tag", "-a", "v1.2.0", "-m", "annotated");
        var two = await copy.PushCommitAsync("two", ("a", "2"));
        await copy.GitAsync("tag", "v2.0.0-rc.1");
        await copy.GitAsync("tag", "not-a-version");
        await copy.GitAsync("push", "--quiet", "--tags", "origin", "HEAD:refs/heads/feature/x", "HEAD:refs/pull/42/head");
        (string Name, string? Ref, string Revision)[] cases =
        [
            ("default-branch", null, $"master@sha1:{two}"),
            ("branch", """{"branch":"feature/x"}""", $"feature/x@sha1:{two}"),
            ("tag", """{"tag":"v1.0.0"}""", $"v1.0.0@sha1:{one}"),
            ("annotated", """{"tag":"v1.2.0","branch":"master"}""", $"v1.2.0@sha1:{one}"),
            ("semver", """{"semver":">=1.0.0"}""", $"v1.2.0@sha1:{one}"),
            ("tag-beats-semver", """{"semver":">=1.0.0","tag":"v1.0.0"}""", $"v1.0.0@sha1:{one}"),
            ("semver-rc", """{"semver":">=2.0.0-0"}""", $"v2.0.0-rc.1@sha1:{two}"),
            ("name", """{"name":"refs/pull/42/head","tag":"v1.0.0"}""", $"refs/pull/42/head@sha1:{two}"),
            ("name-branch", """{"name":"refs/heads/master"}""", $"refs/heads/master@sha1:{two}"),
            ("commit", $$"""{"commit":"{{one}}","name":"refs/heads/master"}""", $"sha1:{one}"),
            ("commit-branch", $$"""{"commit":"{{one}}","branch":"master"}""", $"master@sha1:{one}"),
        ];
        foreach (var (name, reference, _) in cases)
        {
            await CreateAsync(name, Spec("app", reference));
        }

        foreach (var (name, _, revision) in cases)
        {
            ConditionInvariants.Verify(await WaitReadyAsync(name, revision));
        }
    }

    [Fact]
    public async Task Equal_versions_are_told_apart_by_the_time_of_their_commits()
    {
        using var copy = await NewRepositoryAsync("app");
        await copy.PushCommitAsync("older");
        await copy.GitAsync("tag", "v1.0.0+b");
        await copy.GitAsync("-c", "user.name=x", "commit", "--quiet", "--allow-empty", "-m", "newer", "--date=2000-01-01T00:00:00Z");
        await Eventually.TrueAsync(
            async () => (await copy.GitAsync("commit", "--quiet", "--amend", "--allow-empty", "--no-edit")) is not null
                && await copy.GitAsync("log", "-1", "--format=%ct", "v1.0.0+b") != await copy.GitAsync("log", "-1", "--format=%ct"),
            "a later second");
        await copy.GitAsync("tag", "v1.0.0+a");
        await copy.GitAsync("push", "--quiet", "--tags", "origin", "HEAD");
        await CreateAsync("app", Spec("app", """{"semver":"1.x"}"""));

        await WaitReadyAsync("app", $"v1.0.0+a@sha1:{await copy.HeadAsync()}");
    }

    [Fact]
    public async Task A_moved_branch_is_followed_when_asked_and_by_its_interval()
    {
        using var copy = await NewRepositoryAsync("app");
        await copy.PushCommitAsync("first", ("a", "1"));
        await CreateAsync("asked", Spec("app"));
        await CreateAsync("polled", Spec("app", interval: "200ms"));
        await WaitReadyAsync("asked", $"main@sha1:{await copy.HeadAsync()}");

        var second = await copy.PushCommitAsync("second", ("a", "2"));
        await WaitReadyAsync("polled", $"main@sha1:{second}");
        await RequestAsync("asked", "token-1");

        var found = await WaitReadyAsync("asked", $"main@sha1:{second}");
        Assert.Equal("token-1", (string)found["status"]!["lastHandledReconcileAt"]!);
        Assert.Null(Condition(found, "ArtifactOutdated"));
    }

    [Fact]
    public async Task The_same_tree_in_a_new_commit_keeps_its_digest_and_makes_no_news()
    {
        using var copy = await NewRepositoryAsync("app");
        var first = await copy.PushCommitAsync("first", ("a", "1"));
        await CreateAsync("app", Spec("app"));
        var before = await WaitReadyAsync("app", $"main@sha1:{first}");

        var second = await copy.PushCommitAsync("an empty commit");
        await RequestAsync("app", "t");

        var after = await WaitReadyAsync("app", $"main@sha1:{second}");
        Assert.Equal((string)before["status"]!["artifact"]!["digest"]!, (string)after["status"]!["artifact"]!["digest"]!);
        Assert.EndsWith($"{second}.tar.gz", (string)after["status"]!["artifact"]!["path"]!, StringComparison.Ordinal);
        await Eventually.TrueAsync(async () => (await EventsAsync("app")).Any(e => (string?)e["reason"] == "NewArtifact"), "the event of the first");
        Assert.Single(await EventsAsync("app"), e => (string?)e["reason"] == "NewArtifact");
    }

    [Fact]
    public async Task Two_reconciles_of_the_same_write_nothing_and_fetch_nothing()
    {
        using var copy = await NewRepositoryAsync("app");
        var id = await copy.PushCommitAsync("first", ("a", "1"));
        await CreateAsync("app", Spec("app", interval: "100ms"));
        await WaitReadyAsync("app", $"main@sha1:{id}");
        await Eventually.TrueAsync(async () => (await EventsAsync("app")).Count > 0, "the first event");
        var (number, lists, uploads) = (Plane.Requests.LastNumber, GitRequests("/info/refs"), GitRequests("/git-upload-pack"));

        await Eventually.TrueAsync(() => GitRequests("/git-upload-pack") >= uploads + 4, "four more polls");

        Assert.Empty(Plane.Requests.Since(number).Where(request => request.IsWrite));
        // A poll of a known server is one upload-pack request; a fetch would ask for the capabilities first.
        Assert.Equal(lists, GitRequests("/info/refs"));
    }

    [Fact]
    public async Task Exclusions_in_the_spec_are_applied_and_a_change_of_them_rebuilds()
    {
        using var copy = await NewRepositoryAsync("app");
        var id = await copy.PushCommitAsync("first", ("a.yaml", "a"), ("b.md", "b"), ("c/logo.png", "p"));
        var spec = Spec("app");
        spec["ignore"] = "*.md\n";
        await CreateAsync("app", spec);
        var before = await WaitReadyAsync("app", $"main@sha1:{id}");
        Assert.Equal(["a.yaml", "c/logo.png"], await UnpackAsync(before, "first"));

        await PatchAsync("app", """{"spec":{"ignore":"/*\n!/b.md\n"}}""");
        var after = await WaitAsync("app", "rebuilt", obj => IsReady(obj) && (string?)obj["status"]!["observedIgnore"] == "/*\n!/b.md\n");

        Assert.Equal(["b.md"], await UnpackAsync(after, "second"));
        Assert.NotEqual((string)before["status"]!["artifact"]!["digest"]!, (string)after["status"]!["artifact"]!["digest"]!);
    }

    [Fact]
    public async Task Suspended_objects_are_left_alone_and_go_on_being_served()
    {
        using var copy = await NewRepositoryAsync("app");
        var first = await copy.PushCommitAsync("first", ("a", "1"));
        await CreateAsync("app", Spec("app", interval: "100ms"));
        await WaitReadyAsync("app", $"main@sha1:{first}");
        await PatchAsync("app", """{"spec":{"suspend":true}}""");
        await RequestAsync("app", "while-suspended");
        var suspended = await WaitAsync("app", "the request is noted", obj => (string?)obj["status"]!["lastHandledReconcileAt"] == "while-suspended");
        var second = await copy.PushCommitAsync("second", ("a", "2"));

        Assert.Equal($"main@sha1:{first}", Revision((await GetAsync("app"))!));
        Assert.Equal(HttpStatusCode.OK, (await Http.GetAsync((string)suspended["status"]!["artifact"]!["url"]!)).StatusCode);

        await PatchAsync("app", """{"spec":{"suspend":false}}""");
        await WaitReadyAsync("app", $"main@sha1:{second}");
    }

    [Fact]
    public async Task Deletion_takes_the_artifacts_along()
    {
        using var copy = await NewRepositoryAsync("app");
        var id = await copy.PushCommitAsync("first", ("a", "1"));
        await CreateAsync("app", Spec("app"));
        var found = await WaitReadyAsync("app", $"main@sha1:{id}");

        await DeleteAsync("app");

        await Eventually.TrueAsync(async () => await GetAsync("app") is null, "the object is gone");
        Assert.False(Directory.Exists(Path.Combine(StoragePath, "gitrepository/default/app")));
        Assert.Equal(HttpStatusCode.NotFound, (await Http.GetAsync((string)found["status"]!["artifact"]!["url"]!)).StatusCode);
    }

    [Fact]
    public async Task A_restart_serves_what_was_stored_and_writes_nothing()
    {
        using var copy = await NewRepositoryAsync("app");
        var id = await copy.PushCommitAsync("first", ("a", "1"));
        await CreateAsync("app", Spec("app"));
        await WaitReadyAsync("app", $"main@sha1:{id}");
        var port = Module.StorageUrl!.Port;
        await Eventually.TrueAsync(async () => (await EventsAsync("app")).Count > 0, "the event");
        await StopControllerAsync();
        var (number, lists) = (Plane.Requests.LastNumber, GitRequests("/info/refs"));

        await StartControllerAsync(options => options with { StorageAddress = $"127.0.0.1:{port}" });

        await Eventually.TrueAsync(() => GitRequests("/info/refs") > lists, "the object is reconciled");
        await RequestAsync("app", "after-restart");
        var found = await WaitAsync("app", "the request is handled", obj => (string?)obj["status"]!["lastHandledReconcileAt"] == "after-restart");
        Assert.Equal(HttpStatusCode.OK, (await Http.GetAsync((string)found["status"]!["artifact"]!["url"]!)).StatusCode);
        var writes = Plane.Requests.Since(number).Where(request => request.IsWrite).Select(request => request.Path).ToArray();
        Assert.Equal(["gitrepositories/app", "gitrepositories/app/status"], writes.Select(path => path[path.IndexOf("gitrepositories", StringComparison.Ordinal)..]));
    }

    [Fact]
    public async Task A_damaged_or_lost_artifact_is_built_again()
    {
        using var copy = await NewRepositoryAsync("app");
        var id = await copy.PushCommitAsync("first", ("a", "1"));
        await CreateAsync("app", Spec("app"));
        var found = await WaitReadyAsync("app", $"main@sha1:{id}");
        var digest = (string)found["status"]!["artifact"]!["digest"]!;
        var file = Path.Combine(StoragePath, (string)found["status"]!["artifact"]!["path"]!);

        await File.AppendAllTextAsync(file, "x");
        await RequestAsync("app", "damaged");
        await WaitAsync("app", "handled", obj => IsReady(obj) && (string?)obj["status"]!["lastHandledReconcileAt"] == "damaged");
        Assert.Equal(digest, Digest.Sha256(await File.ReadAllBytesAsync(file)).ToString());
        await Eventually.TrueAsync(async () => (await EventsAsync("app")).Any(e => (string?)e["reason"] == "ArtifactVerificationFailed"), "the warning");

        File.Delete(file);
        await RequestAsync("app", "lost");
        await WaitAsync("app", "handled", obj => IsReady(obj) && (string?)obj["status"]!["lastHandledReconcileAt"] == "lost");
        Assert.Equal(digest, Digest.Sha256(await File.ReadAllBytesAsync(file)).ToString());
    }

    [Fact]
    public async Task A_new_URL_is_fetched_at_once()
    {
        using var one = await NewRepositoryAsync("one");
        using var two = await NewRepositoryAsync("two");
        await CreateAsync("app", Spec("one"));
        await one.PushCommitAsync("one", ("a", "1"));
        var id = await two.PushCommitAsync("two", ("a", "2"));
        await WaitReadyAsync("app", $"main@sha1:{await one.HeadAsync()}");

        await PatchAsync("app", $$$"""{"spec":{"url":"{{{Git.CloneUrl("two")}}}"} }""");

        await WaitReadyAsync("app", $"main@sha1:{id}");
    }

    private int GitRequests(string path) => Git.Requests.Count(request => request.Path.EndsWith(path, StringComparison.Ordinal));

    private async Task<string[]> UnpackAsync(JsonObject repository, string name)
    {
        await using var stream = await Http.GetStreamAsync((string)repository["status"]!["artifact"]!["url"]!);
        await ArchiveUnpacker.UnpackAsync(stream, Folder[name]);
        return Files(name);
    }

    private string[] Files(string name) =>
        [.. Directory.EnumerateFiles(Folder[name], "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(Folder[name], file)).Order(StringComparer.Ordinal)];
}

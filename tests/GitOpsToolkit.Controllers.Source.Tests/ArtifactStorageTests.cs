using System.Text;
using GitOpsToolkit.Api.Meta;
using GitOpsToolkit.Archives;
using GitOpsToolkit.Controllers.Source.Storage;
using GitOpsToolkit.Kubernetes;
using GitOpsToolkit.TestKit;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace GitOpsToolkit.Controllers.Source.Tests;

public sealed class ArtifactStorageTests : IDisposable
{
    private static readonly ObjectKey s_key = new("apps", "web");
    private readonly TempDirectory _folder = new();
    private readonly FakeTimeProvider _time = new(DateTimeOffset.UnixEpoch.AddDays(20000).AddMilliseconds(123));
    private readonly ArtifactStorage _storage;

    public ArtifactStorageTests() => _storage = new ArtifactStorage(new SourceControllerOptions { StoragePath = _folder["s"] }, _time);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_stored_artifact_is_whole_private_and_verified()
    {
        _storage.AdvertisedAddress = "source-controller.flux-system.svc.cluster.local.";
        var artifact = await StoreAsync("one.tar.gz", "content");

        Assert.Equal("gitrepository/apps/web/one.tar.gz", artifact.Path);
        Assert.Equal("http://source-controller.flux-system.svc.cluster.local./gitrepository/apps/web/one.tar.gz", artifact.Url);
        Assert.Equal(0, artifact.LastUpdateTime.Millisecond);
        Assert.True(_storage.Exists(artifact));
        Assert.True(await _storage.IsSoundAsync(artifact, default));
        await File.AppendAllTextAsync(_folder["s/" + artifact.Path], "x");
        Assert.False(await _storage.IsSoundAsync(artifact, default));
        Assert.False(await _storage.IsSoundAsync(artifact with { Digest = "garbage" }, default));
        _storage.Remove(artifact);
        Assert.False(_storage.Exists(artifact));
    }

    [Theory]
    [InlineData("host:9090", "http://host:9090/p")]
    [InlineData("https://host/", "https://host/p")]
    public void The_scheme_of_the_advertised_address_is_kept(string address, string url)
    {
        _storage.AdvertisedAddress = address;
        Assert.Equal(url, _storage.UrlOf("p"));
    }

    [Fact]
    public async Task A_failed_write_leaves_what_was_there()
    {
        var artifact = await StoreAsync("one.tar.gz", "old");

        await Assert.ThrowsAsync<ArchiveException>(() => _storage.StoreAsync(artifact.Path, "r", (_, _, _) => throw new ArchiveException("no"), default));

        Assert.True(await _storage.IsSoundAsync(artifact, default));
        Assert.DoesNotContain(Directory.EnumerateFiles(_folder["s/gitrepository/apps/web"]), file => file.EndsWith(".tmp", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Two_writers_of_one_file_do_not_mix()
    {
        using var inside = new SemaphoreSlim(0);
        using var release = new SemaphoreSlim(0);
        var path = ArtifactStorage.PathOf("GitRepository", s_key, "one.tar.gz");
        var first = _storage.StoreAsync(
            path,
            "r",
            (output, _, _) =>
            {
                inside.Release();
                release.Wait();
                return Write(output, "first");
            },
            default);
        await inside.WaitAsync();

        await Assert.ThrowsAsync<IOException>(() => _storage.StoreAsync(path, "r", (output, _, _) => Write(output, "second"), default));
        release.Release();

        Assert.True(await _storage.IsSoundAsync(await first, default));
    }

    [Fact]
    public async Task Old_files_go_by_age_and_by_number_and_the_current_one_stays()
    {
        var names = new[] { "a", "b", "c", "d" };
        var artifacts = new List<Artifact>();
        for (var i = 0; i < names.Length; i++)
        {
            artifacts.Add(await StoreAsync(names[i], names[i]));
            File.SetLastWriteTimeUtc(_folder["s/" + artifacts[i].Path], _time.GetUtcNow().UtcDateTime.AddSeconds(i - 40));
        }

        Assert.Equal(2, _storage.CollectGarbage(artifacts[0]));
        Assert.Equal([true, false, false, true], artifacts.Select(_storage.Exists));
        Assert.False(File.Exists(_folder["s/" + artifacts[1].Path + ".lock"]));

        _time.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal(1, _storage.CollectGarbage(artifacts[0]));
        Assert.Equal([true, false, false, false], artifacts.Select(_storage.Exists));
        Assert.Equal(0, _storage.CollectGarbage(artifacts[0] with { Path = "gitrepository/apps/other/x" }));
    }

    [Fact]
    public async Task An_object_takes_all_its_files_along_and_no_other_s()
    {
        var mine = await StoreAsync("a", "a");
        var other = await _storage.StoreAsync(
            ArtifactStorage.PathOf("GitRepository", new ObjectKey("apps", "web-2"), "a"), "r", (output, _, _) => Write(output, "a"), default);

        Assert.True(_storage.RemoveAll("GitRepository", s_key));
        Assert.False(_storage.RemoveAll("GitRepository", s_key));

        Assert.False(_storage.Exists(mine));
        Assert.True(_storage.Exists(other));
    }

    [Theory]
    [InlineData("gitrepository/apps/web/x.tar.gz", true)]
    [InlineData("gitrepository/apps/other/x.tar.gz", false)]
    [InlineData("gitrepository/apps/web/../other/x.tar.gz", false)]
    [InlineData("gitrepository/apps/web/.hidden", false)]
    [InlineData(".mirrors/.key", false)]
    [InlineData("/etc/passwd", false)]
    [InlineData("", false)]
    public void A_path_in_a_status_is_believed_only_within_the_object_s_folder(string path, bool believed) =>
        Assert.Equal(believed, ArtifactStorage.IsOf("GitRepository", s_key, new Artifact { Path = path }));

    [Fact]
    public void Unknown_digest_algorithms_are_refused_at_the_start() =>
        Assert.Throws<ArgumentException>(() => new ArtifactStorage(new SourceControllerOptions { StoragePath = _folder["s"], ArtifactDigestAlgorithm = "md5" }, _time));

    private Task<Artifact> StoreAsync(string file, string content) =>
        _storage.StoreAsync(ArtifactStorage.PathOf("GitRepository", s_key, file), "r", (output, _, _) => Write(output, content), default);

    private static ArchiveSummary Write(Stream output, string content)
    {
        var bytes = Encoding.UTF8.GetBytes(content);
        output.Write(bytes);
        return new ArchiveSummary(Digest.Sha256(bytes), bytes.Length, 1, bytes.Length);
    }
}

using GitOpsToolkit.Api.Meta;
using GitOpsToolkit.Archives;
using GitOpsToolkit.Kubernetes;

namespace GitOpsToolkit.Controllers.Source.Storage;

/// <summary>The folder of the artifacts: <c>kind/namespace/name/file</c>. A file appears whole under its name or not at all.</summary>
internal sealed class ArtifactStorage
{
    private const string LockEnding = ".lock";
    private const string TemporaryEnding = ".tmp";
    private const int MaxFilesLookedAt = 1000;
    private static readonly TimeSpan s_abandonedAfter = TimeSpan.FromHours(1);
    private readonly SourceControllerOptions _options;
    private readonly TimeProvider _time;
    private readonly string _root;

    public ArtifactStorage(SourceControllerOptions options, TimeProvider time)
    {
        if (options.ArtifactDigestAlgorithm is not ("sha256" or "sha384" or "sha512"))
        {
            throw new ArgumentException($"--artifact-digest-algo={options.ArtifactDigestAlgorithm} is not supported: use sha256, sha384 or sha512.", nameof(options));
        }

        (_options, _time, _root) = (options, time, Path.GetFullPath(options.StoragePath));
        Directory.CreateDirectory(_root);
    }

    /// <summary>Host and port under which consumers reach the artifacts.</summary>
    public string AdvertisedAddress { get; set; } = "localhost";

    /// <summary>The path of a file below the storage, as <c>status.artifact.path</c> has it.</summary>
    public static string PathOf(string kind, ObjectKey key, string file) => $"{kind.ToLowerInvariant()}/{key.Namespace}/{key.Name}/{file}";

    /// <summary>Whether a path from a status, which others may write, lies where the object's artifacts do.</summary>
    public static bool IsOf(string kind, ObjectKey key, Artifact artifact) =>
        Path.GetFileName(artifact.Path) is { Length: > 0 } file && file[0] != '.' && artifact.Path == PathOf(kind, key, file);

    /// <summary>The address of a file for consumers.</summary>
    public string UrlOf(string path)
    {
        var address = AdvertisedAddress.TrimEnd('/');
        var scheme = address.StartsWith("http://", StringComparison.Ordinal) || address.StartsWith("https://", StringComparison.Ordinal) ? "" : "http://";
        return $"{scheme}{address}/{path}";
    }

    /// <summary>Whether the artifact's file is there.</summary>
    public bool Exists(Artifact artifact) => File.Exists(LocalPath(artifact.Path));

    /// <summary>Whether the artifact's file still has the digest that was recorded.</summary>
    public async Task<bool> IsSoundAsync(Artifact artifact, CancellationToken cancellation)
    {
        if (!Digest.TryParse(artifact.Digest, out var digest))
        {
            return false;
        }

        await using var file = File.OpenRead(LocalPath(artifact.Path));
        return await digest.MatchesAsync(file, cancellation);
    }

    /// <summary>Deletes the artifact's file.</summary>
    public void Remove(Artifact artifact) => File.Delete(LocalPath(artifact.Path));

    /// <summary>Writes an artifact: beside its place first, then moved there in one step.</summary>
    /// <param name="path">Where it goes, from <see cref="PathOf"/>.</param>
    /// <param name="revision">What it was made from.</param>
    /// <param name="write">Writes the bytes; gets the digest's algorithm and the caps.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="IOException">The file is locked by another writer, or the disk does not take it.</exception>
    public async Task<Artifact> StoreAsync(
        string path, string revision, Func<Stream, string, ArchiveLimits, ArchiveSummary> write, CancellationToken cancellation)
    {
        var target = LocalPath(path);
        var folder = Path.GetDirectoryName(target)!;
        Directory.CreateDirectory(folder);
        await using var held = new FileStream(target + LockEnding, Private(FileMode.OpenOrCreate, FileShare.None));
        var temporary = Path.Combine(folder, $".{Path.GetFileName(target)}.{Guid.NewGuid():N}{TemporaryEnding}");
        try
        {
            ArchiveSummary summary;
            await using (var output = new FileStream(temporary, Private(FileMode.CreateNew, FileShare.None)))
            {
                // Packing is work for the processor; it runs beside the reconciles of other objects.
                summary = await Task.Run(() => write(output, _options.ArtifactDigestAlgorithm, _options.ArtifactLimits), cancellation);
                output.Flush(flushToDisk: true);
            }

            File.Move(temporary, target, overwrite: true);
            return new Artifact
            {
                Path = path,
                Url = UrlOf(path),
                Revision = revision,
                Digest = summary.Digest.ToString(),
                LastUpdateTime = Seconds(_time.GetUtcNow()),
                Size = summary.Size,
            };
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    /// <summary>Deletes old files of the current artifact's folder: those past their time, then the oldest beyond the number that is kept.
    /// The current file stays.</summary>
    /// <returns>How many artifacts were deleted.</returns>
    public int CollectGarbage(Artifact current)
    {
        var keep = LocalPath(current.Path);
        var folder = new DirectoryInfo(Path.GetDirectoryName(keep)!);
        if (!folder.Exists)
        {
            return 0;
        }

        var now = _time.GetUtcNow().UtcDateTime;
        var files = folder.EnumerateFiles().Take(MaxFilesLookedAt).Where(file => file.Extension != LockEnding).OrderBy(file => file.LastWriteTimeUtc).ToList();
        foreach (var abandoned in files.Where(file => file.Extension == TemporaryEnding && now - file.LastWriteTimeUtc > s_abandonedAfter))
        {
            abandoned.Delete();
        }

        files.RemoveAll(file => file.Extension == TemporaryEnding);
        var garbage = files.Where(file => file.FullName != keep && now - file.LastWriteTimeUtc > _options.ArtifactRetentionTtl).ToList();
        var others = files.Except(garbage).Where(file => file.FullName != keep).ToList();
        var surplus = files.Count - garbage.Count - Math.Max(1, _options.ArtifactRetentionRecords);
        garbage.AddRange(others.Take(Math.Max(0, surplus)));
        foreach (var file in garbage)
        {
            file.Delete();
            File.Delete(file.FullName + LockEnding);
        }

        return garbage.Count;
    }

    /// <summary>Deletes all artifacts of an object; false where there were none.</summary>
    public bool RemoveAll(string kind, ObjectKey key)
    {
        var folder = Path.GetDirectoryName(LocalPath(PathOf(kind, key, "x")))!;
        if (!Directory.Exists(folder))
        {
            return false;
        }

        Directory.Delete(folder, recursive: true);
        return true;
    }

    private string LocalPath(string path) => SafePath.Combine(_root, path);

    private static DateTimeOffset Seconds(DateTimeOffset time) => time.AddTicks(-(time.Ticks % TimeSpan.TicksPerSecond));

    private static FileStreamOptions Private(FileMode mode, FileShare share)
    {
        var options = new FileStreamOptions { Mode = mode, Access = FileAccess.ReadWrite, Share = share };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        return options;
    }
}

using System.Collections.Concurrent;

namespace GitOpsToolkit.Sandbox.Registry;

/// <summary>Content by digest, shared by all repositories; which repository may see what is the catalog's affair.</summary>
internal abstract class BlobStore
{
    /// <summary>A scratch stream for content that is still arriving.</summary>
    internal abstract Stream CreateScratch();

    /// <summary>Keeps the whole scratch stream under its digest, which the caller has checked, and disposes of it.</summary>
    internal abstract Task KeepAsync(Stream scratch, string digest, CancellationToken cancellation);

    /// <summary>The content, or null.</summary>
    internal abstract Stream? Open(string digest);

    internal async Task KeepAsync(byte[] content, string digest, CancellationToken cancellation)
    {
        var scratch = CreateScratch();
        await scratch.WriteAsync(content, cancellation);
        await KeepAsync(scratch, digest, cancellation);
    }
}

internal sealed class MemoryBlobStore : BlobStore
{
    private readonly ConcurrentDictionary<string, byte[]> blobs = new(StringComparer.Ordinal);

    internal override Stream CreateScratch() => new MemoryStream();

    internal override Task KeepAsync(Stream scratch, string digest, CancellationToken cancellation)
    {
        blobs[digest] = ((MemoryStream)scratch).ToArray();
        scratch.Dispose();
        return Task.CompletedTask;
    }

    internal override Stream? Open(string digest) =>
        blobs.TryGetValue(digest, out var content) ? new MemoryStream(content, writable: false) : null;
}

/// <summary>Keeps content in files; a blob appears under its name only once it is whole.</summary>
internal sealed class DirectoryBlobStore : BlobStore
{
    private readonly string blobs;
    private readonly string scratch;

    internal DirectoryBlobStore(string root)
    {
        blobs = Path.Combine(root, "blobs");
        scratch = Path.Combine(root, "uploads");
        if (Directory.Exists(scratch))
        {
            // Uploads do not outlive the process that took them.
            Directory.Delete(scratch, recursive: true);
        }

        Directory.CreateDirectory(blobs);
        Directory.CreateDirectory(scratch);
    }

    internal override Stream CreateScratch() => new FileStream(
        Path.Combine(scratch, Guid.NewGuid().ToString("N")),
        new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.ReadWrite, Share = FileShare.Read | FileShare.Delete });

    internal override async Task KeepAsync(Stream scratch, string digest, CancellationToken cancellation)
    {
        var file = (FileStream)scratch;
        await file.FlushAsync(cancellation);
        var name = file.Name;
        await file.DisposeAsync();
        Directory.CreateDirectory(Path.GetDirectoryName(PathOf(digest))!);
        File.Move(name, PathOf(digest), overwrite: true);
    }

    internal override Stream? Open(string digest) => File.Exists(PathOf(digest)) ? File.OpenRead(PathOf(digest)) : null;

    private string PathOf(string digest) => Path.Combine(blobs, digest.Replace(':', Path.DirectorySeparatorChar));
}

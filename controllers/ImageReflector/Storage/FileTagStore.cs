using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Text;
using GitOpsToolkit.Kubernetes;

namespace GitOpsToolkit.Controllers.ImageReflector.Storage;

/// <summary>
/// One file a repository, <c>imagerepository/NAMESPACE/NAME/tags.txt</c>: the image's name on the first line, then a tag a line. The
/// file's time is that of the scan. A new set is written beside it and renamed over it, so that a crash leaves the old set or the new
/// one.
/// </summary>
internal sealed class FileTagStore : ITagStore
{
    private const string FileName = "tags.txt";
    private const long MaxFileBytes = 512L << 20;

    private readonly string root;
    private readonly ConcurrentDictionary<ObjectKey, TagSet> known = new();
    private ImmutableList<Action<ObjectKey>> handlers = [];

    internal FileTagStore(string storagePath) => root = Path.Combine(storagePath, "imagerepository");

    /// <inheritdoc/>
    public void OnChange(Action<ObjectKey> handler) => ImmutableInterlocked.Update(ref handlers, list => list.Add(handler));

    /// <inheritdoc/>
    public TagSet? Find(ObjectKey repository)
    {
        if (known.TryGetValue(repository, out var set))
        {
            return set;
        }

        return Read(PathOf(repository)) is { } read ? known.GetOrAdd(repository, read) : null;
    }

    /// <inheritdoc/>
    public async Task ReplaceAsync(ObjectKey repository, TagSet tags, CancellationToken cancellation)
    {
        var path = PathOf(repository);
        var present = Find(repository);
        if (present?.Revision == tags.Revision && present.Image == tags.Image && File.Exists(path))
        {
            File.SetLastWriteTimeUtc(path, tags.ScannedAt.UtcDateTime);
            known[repository] = present with { ScannedAt = tags.ScannedAt };
            return;
        }

        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var temporary = path + ".new";
        await using (var file = new FileStream(temporary, FileMode.Create, FileAccess.Write, FileShare.None))
        {
            await using var writer = new StreamWriter(file, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
            await writer.WriteLineAsync(tags.Image.AsMemory(), cancellation);
            foreach (var tag in tags.Tags)
            {
                await writer.WriteLineAsync(tag.AsMemory(), cancellation);
            }

            await writer.FlushAsync(cancellation);
            file.Flush(flushToDisk: true);
        }

        File.SetLastWriteTimeUtc(temporary, tags.ScannedAt.UtcDateTime);
        File.Move(temporary, path, overwrite: true);
        known[repository] = tags;
        foreach (var handler in handlers)
        {
            handler(repository);
        }
    }

    /// <inheritdoc/>
    public void Remove(ObjectKey repository)
    {
        known.TryRemove(repository, out _);
        var folder = Path.GetDirectoryName(PathOf(repository))!;
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <inheritdoc/>
    public IReadOnlyList<ObjectKey> Keys()
    {
        if (!Directory.Exists(root))
        {
            return [];
        }

        return
        [
            .. Directory.EnumerateFiles(root, FileName, SearchOption.AllDirectories)
                .Select(file => Path.GetRelativePath(root, file).Split(Path.DirectorySeparatorChar))
                .Where(parts => parts.Length == 3)
                .Select(parts => new ObjectKey(parts[0], parts[1])),
        ];
    }

    /// <summary>A file that cannot be read is a lost one: the next scan writes it anew.</summary>
    private static TagSet? Read(string path)
    {
        try
        {
            var file = new FileInfo(path);
            if (!file.Exists || file.Length > MaxFileBytes)
            {
                return null;
            }

            var lines = File.ReadAllLines(path);
            return lines.Length == 0
                ? null
                : TagSets.Create(lines[0], lines.Skip(1), new DateTimeOffset(file.LastWriteTimeUtc));
        }
        catch (IOException)
        {
            return null;
        }
    }

    private string PathOf(ObjectKey repository) => Path.Combine(root, Part(repository.Namespace), Part(repository.Name), FileName);

    /// <summary>The API server has checked the names; a path is built from them nonetheless only where they cannot climb.</summary>
    private static string Part(string name) =>
        name.Length > 0 && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.') && name.Trim('.').Length > 0
        ? name
        : throw new ArgumentException($"'{name}' is no name of a Kubernetes object", nameof(name));
}

using System.Collections.Concurrent;
using System.Collections.Immutable;
using GitOpsToolkit.Kubernetes;
using Microsoft.Extensions.Logging;

namespace GitOpsToolkit.Controllers.ImageReflector.Storage;

/// <summary>
/// One file an ImageRepository, <c>imagerepository/NAMESPACE/NAME/tags</c>, in the form of <see cref="TagFile"/>; its time is that of the
/// last scan. Another set is written beside it, brought to the disk and renamed over it, so that a crash at any moment leaves the set
/// before or the one after. A file that is damaged all the same is set aside, reported once, and counts as none. In memory there is only
/// each set's summary.
/// </summary>
internal sealed class SegmentTagStore : ITagStore
{
    private const string FileName = "tags";
    private const string NewSuffix = ".new";
    private const string DamagedSuffix = ".damaged";
    private const long MaxFileBytes = 512L << 20;

    private readonly string root;
    private readonly ILogger logger;
    private readonly ConcurrentDictionary<ObjectKey, TagSetSummary> summaries = new();

    // One of them guards the files of an object; enough that two objects seldom share one.
    private readonly Lock[] locks = [.. Enumerable.Range(0, 64).Select(_ => new Lock())];
    private ImmutableList<Action<ObjectKey>> onChange = [];
    private ImmutableList<Action<ObjectKey>> onLoss = [];

    internal SegmentTagStore(string storagePath, ILogger logger)
    {
        root = Path.Combine(storagePath, "imagerepository");
        this.logger = logger;
    }

    /// <inheritdoc/>
    public void OnChange(Action<ObjectKey> handler) => ImmutableInterlocked.Update(ref onChange, list => list.Add(handler));

    /// <inheritdoc/>
    public void OnLoss(Action<ObjectKey> handler) => ImmutableInterlocked.Update(ref onLoss, list => list.Add(handler));

    /// <inheritdoc/>
    public TagSetSummary? Describe(ObjectKey repository) =>
        summaries.TryGetValue(repository, out var summary) ? summary : Find(repository)?.Summary;

    /// <inheritdoc/>
    public TagSet? Find(ObjectKey repository)
    {
        Loaded loaded;
        try
        {
            lock (LockOf(repository))
            {
                loaded = Load(repository);
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            logger.LogWarning("the tags of ImageRepository {Repository} cannot be read: {Error}", repository, error.Message);
            return null;
        }

        if (loaded.Damage is not null)
        {
            Report(repository, loaded.Damage);
            Tell(onLoss, repository);
        }

        return loaded.Set;
    }

    /// <inheritdoc/>
    public TagSet Replace(ObjectKey repository, ScannedTags scanned)
    {
        TagSet set;
        Loaded before;
        bool isNew;
        lock (LockOf(repository))
        {
            before = Load(repository);
            set = TagSets.Follow(before.Set, scanned);
            isNew = before.Set is null || before.Set.Image != set.Image || before.Set.Revision != set.Revision;
            if (isNew)
            {
                Write(PathOf(repository), set);
            }
            else
            {
                File.SetLastWriteTimeUtc(PathOf(repository), scanned.At.UtcDateTime);
            }

            summaries[repository] = set.Summary;
        }

        if (before.Damage is not null)
        {
            Report(repository, before.Damage);
        }

        if (isNew)
        {
            Tell(onChange, repository);
        }

        return set;
    }

    /// <inheritdoc/>
    public DigestSighting? NoteDigest(ObjectKey repository, string tag, DigestSighting seen)
    {
        // Found damaged, it is reported here; under the lock it is read again, since a scan may come between.
        if (Find(repository) is null)
        {
            return null;
        }

        lock (LockOf(repository))
        {
            if (Load(repository).Set is not { } set || set.FirstSeen(tag) is null)
            {
                return null;
            }

            var last = set.DigestsOf(tag) is [.., var newest] ? newest : null;
            if (last?.Digest == seen.Digest)
            {
                return null;
            }

            Write(PathOf(repository), TagSets.WithDigest(set, tag, seen));
            return last;
        }
    }

    /// <inheritdoc/>
    public void Remove(ObjectKey repository)
    {
        var folder = Path.GetDirectoryName(PathOf(repository))!;
        lock (LockOf(repository))
        {
            summaries.TryRemove(repository, out _);
            if (Directory.Exists(folder))
            {
                Directory.Delete(folder, recursive: true);
            }
        }
    }

    /// <inheritdoc/>
    public IReadOnlyList<ObjectKey> Keys() => !Directory.Exists(root)
        ? []
        : [
            .. from space in Directory.EnumerateDirectories(root)
               from folder in Directory.EnumerateDirectories(space)
               select new ObjectKey(Path.GetFileName(space), Path.GetFileName(folder)),
        ];

    private static void Tell(ImmutableList<Action<ObjectKey>> handlers, ObjectKey repository)
    {
        foreach (var handler in handlers)
        {
            handler(repository);
        }
    }

    private static void Write(string path, TagSet set)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var temporary = path + NewSuffix;
        using (var file = File.OpenHandle(temporary, FileMode.Create, FileAccess.Write))
        {
            RandomAccess.Write(file, TagFile.Write(set).Span, 0);
            RandomAccess.FlushToDisk(file);
        }

        File.SetLastWriteTimeUtc(temporary, set.ScannedAt.UtcDateTime);
        File.Move(temporary, path, overwrite: true);
    }

    /// <summary>Reads the file of an object, under its lock. A damaged one is set aside.</summary>
    private Loaded Load(ObjectKey repository)
    {
        var path = PathOf(repository);
        var file = new FileInfo(path);
        try
        {
            if (!file.Exists)
            {
                summaries.TryRemove(repository, out _);
                return default;
            }

            var set = file.Length > MaxFileBytes
                ? throw new InvalidDataException($"it is larger than {MaxFileBytes} bytes")
                : TagFile.Read(File.ReadAllBytes(path), new DateTimeOffset(file.LastWriteTimeUtc));
            summaries[repository] = set.Summary;
            return new Loaded(set, Damage: null);
        }
        catch (InvalidDataException damage)
        {
            summaries.TryRemove(repository, out _);
            File.Move(path, path + DamagedSuffix, overwrite: true);
            return new Loaded(Set: null, damage.Message);
        }
    }

    private void Report(ObjectKey repository, string damage)
    {
        ReflectorMetrics.LostSet();
        logger.LogWarning(
            "the tags of ImageRepository {Repository} are lost: {Path}: {Damage}; they are listed anew and count as first seen then",
            repository, PathOf(repository), damage);
    }

    private Lock LockOf(ObjectKey repository) => locks[(uint)repository.GetHashCode() % locks.Length];

    private string PathOf(ObjectKey repository) => Path.Combine(root, Part(repository.Namespace), Part(repository.Name), FileName);

    /// <summary>The API server has checked the names; a path is built from them nonetheless only where they cannot climb.</summary>
    private static string Part(string name) =>
        name.Length > 0 && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.') && name.Trim('.').Length > 0
        ? name
        : throw new ArgumentException($"'{name}' is no name of a Kubernetes object", nameof(name));

    /// <summary>What the file of an object gave: a set, nothing, or nothing with what is wrong.</summary>
    private readonly record struct Loaded(TagSet? Set, string? Damage);
}

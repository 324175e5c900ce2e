namespace GitOpsToolkit.Sandbox.Registry;

/// <summary>A manifest that a repository holds.</summary>
internal sealed record ManifestEntry(string Digest, string MediaType);

/// <summary>
/// Which repositories there are and what each holds. Kept in memory; with a folder every fact is also a small file, so that a restart
/// finds it again: <c>repositories/NAME/_tags/TAG</c>, <c>_manifests/DIGEST</c> (the media type) and <c>_blobs/DIGEST</c>.
/// </summary>
internal sealed class Catalog
{
    private const string Tags = "_tags";
    private const string Manifests = "_manifests";
    private const string Blobs = "_blobs";

    private readonly Lock gate = new();
    private readonly SortedDictionary<string, Repository> repositories = new(StringComparer.Ordinal);
    private readonly string? root;

    internal Catalog(string? stateDirectory)
    {
        root = stateDirectory is null ? null : Path.Combine(stateDirectory, "repositories");
        if (root is not null)
        {
            Directory.CreateDirectory(root);
            Load(root);
        }
    }

    internal IReadOnlyList<string> Repositories()
    {
        lock (gate)
        {
            return [.. repositories.Keys];
        }
    }

    /// <summary>The repository's tags in ascending byte order; null for an unknown repository.</summary>
    internal IReadOnlyList<string>? TagsOf(string repository)
    {
        lock (gate)
        {
            return repositories.TryGetValue(repository, out var found) ? [.. found.Tags.Keys] : null;
        }
    }

    internal ManifestEntry? Manifest(string repository, string reference)
    {
        lock (gate)
        {
            if (!repositories.TryGetValue(repository, out var found))
            {
                throw RegistryException.NameUnknown(repository);
            }

            var digest = RegistryName.IsDigest(reference) ? reference : found.Tags.GetValueOrDefault(reference);
            return digest is not null && found.Manifests.TryGetValue(digest, out var mediaType)
                ? new ManifestEntry(digest, mediaType)
                : null;
        }
    }

    internal IReadOnlyList<ManifestEntry> ManifestsOf(string repository)
    {
        lock (gate)
        {
            return repositories.TryGetValue(repository, out var found)
                ? [.. found.Manifests.Select(pair => new ManifestEntry(pair.Key, pair.Value))]
                : [];
        }
    }

    internal bool HasBlob(string repository, string digest)
    {
        lock (gate)
        {
            return repositories.TryGetValue(repository, out var found) && found.Blobs.Contains(digest);
        }
    }

    internal void AddBlob(string repository, string digest)
    {
        lock (gate)
        {
            Get(repository).Blobs.Add(digest);
            Write(repository, Blobs, FileName(digest), "");
        }
    }

    internal void AddManifest(string repository, ManifestEntry manifest, string? tag)
    {
        lock (gate)
        {
            var found = Get(repository);
            found.Manifests[manifest.Digest] = manifest.MediaType;
            Write(repository, Manifests, FileName(manifest.Digest), manifest.MediaType);
            if (tag is not null)
            {
                found.Tags[tag] = manifest.Digest;
                Write(repository, Tags, tag, manifest.Digest);
            }
        }
    }

    internal bool RemoveBlob(string repository, string digest)
    {
        lock (gate)
        {
            Erase(repository, Blobs, FileName(digest));
            return repositories.TryGetValue(repository, out var found) && found.Blobs.Remove(digest);
        }
    }

    /// <summary>Removes a tag, or a manifest and every tag that points to it.</summary>
    internal bool RemoveManifest(string repository, string reference)
    {
        lock (gate)
        {
            if (!repositories.TryGetValue(repository, out var found))
            {
                return false;
            }

            var isDigest = RegistryName.IsDigest(reference);
            string[] tags = isDigest ? [.. found.Tags.Where(pair => pair.Value == reference).Select(pair => pair.Key)] : [reference];
            var removed = false;
            foreach (var tag in tags)
            {
                removed |= found.Tags.Remove(tag);
                Erase(repository, Tags, tag);
            }

            if (isDigest)
            {
                removed |= found.Manifests.Remove(reference);
                Erase(repository, Manifests, FileName(reference));
            }

            return removed;
        }
    }

    private static string FileName(string digest) => digest.Replace(':', '-');

    private static string DigestOf(string fileName) => fileName.Replace('-', ':');

    private Repository Get(string repository)
    {
        if (!repositories.TryGetValue(repository, out var found))
        {
            repositories[repository] = found = new Repository();
        }

        return found;
    }

    private void Write(string repository, string kind, string name, string content)
    {
        if (root is null)
        {
            return;
        }

        var folder = Path.Combine(root, repository, kind);
        Directory.CreateDirectory(folder);
        var temporary = Path.Combine(folder, $".{name}.tmp");
        File.WriteAllText(temporary, content);
        File.Move(temporary, Path.Combine(folder, name), overwrite: true);
    }

    private void Erase(string repository, string kind, string name)
    {
        if (root is not null && Directory.Exists(Path.Combine(root, repository, kind)))
        {
            File.Delete(Path.Combine(root, repository, kind, name));
        }
    }

    private void Load(string folder)
    {
        var name = Path.GetRelativePath(root!, folder).Replace(Path.DirectorySeparatorChar, '/');
        foreach (var child in Directory.EnumerateDirectories(folder).Order(StringComparer.Ordinal))
        {
            var kind = Path.GetFileName(child);
            if (!kind.StartsWith('_'))
            {
                Load(child);
                continue;
            }

            foreach (var file in Directory.EnumerateFiles(child).Where(file => !Path.GetFileName(file).StartsWith('.')))
            {
                LoadFact(Get(name), kind, Path.GetFileName(file), file);
            }
        }
    }

    private static void LoadFact(Repository repository, string kind, string fact, string file)
    {
        switch (kind)
        {
            case Tags:
                repository.Tags[fact] = File.ReadAllText(file);
                break;
            case Manifests:
                repository.Manifests[DigestOf(fact)] = File.ReadAllText(file);
                break;
            case Blobs:
                repository.Blobs.Add(DigestOf(fact));
                break;
        }
    }

    private sealed class Repository
    {
        internal SortedDictionary<string, string> Tags { get; } = new(StringComparer.Ordinal);

        internal Dictionary<string, string> Manifests { get; } = new(StringComparer.Ordinal);

        internal HashSet<string> Blobs { get; } = new(StringComparer.Ordinal);
    }
}

namespace GitOpsToolkit.Kustomize.Loader;

/// <summary>A directory on disk as a jail: no link is ever followed, so nothing outside <paramref name="root"/> can be read.</summary>
/// <param name="root">The directory; it may itself be reached through links.</param>
public sealed class DirectoryFileSource(string root) : IFileSource
{
    private readonly string _root = Path.GetFullPath(root);

    /// <inheritdoc/>
    public bool FileExists(string path) => Find(path) is { } attributes && !attributes.HasFlag(FileAttributes.Directory);

    /// <inheritdoc/>
    public bool DirectoryExists(string path) => Find(path) is { } attributes && attributes.HasFlag(FileAttributes.Directory);

    /// <inheritdoc/>
    public byte[] Read(string path, int maxBytes)
    {
        if (!FileExists(path))
        {
            throw BuildException.At("no such file, or it lies behind a link, which is never followed", path);
        }

        using var stream = new FileStream(Absolute(path), FileMode.Open, FileAccess.Read, FileShare.Read, 1);
        if (stream.Length > maxBytes)
        {
            throw BuildException.At($"the file has {stream.Length} bytes, more than the limit of {maxBytes}", path);
        }

        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }

    /// <inheritdoc/>
    public IReadOnlyList<FileEntry> List(string path)
    {
        if (!DirectoryExists(path))
        {
            return [];
        }

        return [.. new DirectoryInfo(Absolute(path)).EnumerateFileSystemInfos()
            .Where(info => info.LinkTarget is null)
            .Select(info => new FileEntry(info.Name, info.Attributes.HasFlag(FileAttributes.Directory)))
            .OrderBy(entry => entry.Name, StringComparer.Ordinal)];
    }

    private string Absolute(string path) => path.Length == 0 ? _root : Path.Combine(_root, path);

    /// <summary>Looks at each step of the path by itself: a link anywhere on the way makes the path unreachable.</summary>
    private FileAttributes? Find(string path)
    {
        if (path.Length == 0)
        {
            return Directory.Exists(_root) ? FileAttributes.Directory : null;
        }

        if (!SourcePath.IsNormal(path))
        {
            return null;
        }

        var current = _root;
        var attributes = FileAttributes.Directory;
        foreach (var step in path.Split('/'))
        {
            current = Path.Combine(current, step);
            var info = new FileInfo(current);
            attributes = info.Attributes;
            // A path that does not exist reads as -1, in which every flag is set.
            if ((int)attributes == -1 || info.LinkTarget is not null || attributes.HasFlag(FileAttributes.Device))
            {
                return null;
            }
        }

        return attributes;
    }
}

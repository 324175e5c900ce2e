using System.Text;

namespace GitOpsToolkit.Kustomize.Loader;

/// <summary>Files held in memory, such as the tree of a Git commit or a test case.</summary>
public sealed class MemoryFileSource : IFileSource
{
    private readonly Dictionary<string, byte[]> _files = new(StringComparer.Ordinal);
    private readonly Dictionary<string, SortedDictionary<string, bool>> _directories = new(StringComparer.Ordinal) { [""] = NewDirectory() };

    /// <summary>Takes files by their path; a path that is not normal (see <see cref="SourcePath"/>) is an error.</summary>
    /// <exception cref="ArgumentException">A path is absolute, or holds <c>.</c>, <c>..</c>, a backslash or an empty step.</exception>
    public MemoryFileSource(IEnumerable<KeyValuePair<string, byte[]>> files)
    {
        foreach (var (path, content) in files)
        {
            Add(path, content);
        }
    }

    /// <summary>Takes texts as UTF-8.</summary>
    /// <exception cref="ArgumentException">As for the other constructor.</exception>
    public MemoryFileSource(IEnumerable<KeyValuePair<string, string>> files)
        : this(files.Select(file => KeyValuePair.Create(file.Key, Encoding.UTF8.GetBytes(file.Value))))
    {
    }

    /// <inheritdoc/>
    public bool FileExists(string path) => _files.ContainsKey(path);

    /// <inheritdoc/>
    public bool DirectoryExists(string path) => _directories.ContainsKey(path);

    /// <inheritdoc/>
    public byte[] Read(string path, int maxBytes)
    {
        if (!_files.TryGetValue(path, out var content))
        {
            throw BuildException.At("no such file", path);
        }

        return content.Length <= maxBytes
            ? content
            : throw BuildException.At($"the file has {content.Length} bytes, more than the limit of {maxBytes}", path);
    }

    /// <inheritdoc/>
    public IReadOnlyList<FileEntry> List(string path) =>
        _directories.TryGetValue(path, out var entries) ? [.. entries.Select(entry => new FileEntry(entry.Key, entry.Value))] : [];

    private static SortedDictionary<string, bool> NewDirectory() => new(StringComparer.Ordinal);

    private void Add(string path, byte[] content)
    {
        if (!SourcePath.IsNormal(path))
        {
            throw new ArgumentException($"'{path}' is not a normal relative path.", nameof(path));
        }

        _files[path] = content;
        var directory = "";
        var steps = path.Split('/');
        for (var i = 0; i < steps.Length; i++)
        {
            var isDirectory = i < steps.Length - 1;
            _directories[directory][steps[i]] = isDirectory;
            directory = directory.Length == 0 ? steps[i] : $"{directory}/{steps[i]}";
            if (isDirectory)
            {
                _directories.TryAdd(directory, NewDirectory());
            }
        }
    }
}

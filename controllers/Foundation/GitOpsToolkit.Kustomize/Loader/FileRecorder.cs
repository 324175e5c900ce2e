using System.Security.Cryptography;

namespace GitOpsToolkit.Kustomize.Loader;

/// <summary>Passes on what one build asks its source, asks everything but contents once only, and keeps the answers. Not thread-safe.</summary>
internal sealed class FileRecorder(IFileSource source) : IFileSource
{
    private readonly Dictionary<string, byte[]> _hashes = new(StringComparer.Ordinal);
    private readonly Dictionary<string, bool> _isFile = new(StringComparer.Ordinal);
    private readonly Dictionary<string, bool> _isDirectory = new(StringComparer.Ordinal);
    private readonly Dictionary<string, FileEntry[]> _lists = new(StringComparer.Ordinal);

    /// <summary>What a build may see of a directory: its directories, and files that can be manifests. Any other file may come and go unseen.</summary>
    internal static FileEntry[] Relevant(IReadOnlyList<FileEntry> entries) => [.. entries.Where(entry => entry.IsDirectory
        || entry.Name.EndsWith(".yaml", StringComparison.Ordinal) || entry.Name.EndsWith(".yml", StringComparison.Ordinal))];

    internal BuildInputs Inputs() => new(
        _hashes.Select(file => (file.Key, file.Value)), _isFile.Select(question => (question.Key, question.Value)),
        _isDirectory.Select(question => (question.Key, question.Value)), _lists.Select(list => (list.Key, list.Value)));

    public bool FileExists(string path)
    {
        if (!_isFile.TryGetValue(path, out var known))
        {
            _isFile[path] = known = source.FileExists(path);
        }

        return known;
    }

    public bool DirectoryExists(string path)
    {
        if (!_isDirectory.TryGetValue(path, out var known))
        {
            _isDirectory[path] = known = source.DirectoryExists(path);
        }

        return known;
    }

    public byte[] Read(string path, int maxBytes)
    {
        var content = source.Read(path, maxBytes);
        _hashes[path] = SHA256.HashData(content);
        return content;
    }

    public IReadOnlyList<FileEntry> List(string path)
    {
        if (!_lists.TryGetValue(path, out var known))
        {
            _lists[path] = known = Relevant(source.List(path));
        }

        return known;
    }
}

namespace GitOpsToolkit.Kustomize.Loader;

/// <summary>An entry of a directory.</summary>
/// <param name="Name">The name without its path.</param>
/// <param name="IsDirectory">Whether it is a directory; links and special files are never listed.</param>
public readonly record struct FileEntry(string Name, bool IsDirectory);

/// <summary>
/// A tree of files that a build may read, and nothing beyond it. Paths are relative to the root, use <c>/</c>, hold no
/// <c>.</c> or <c>..</c>, and the root itself is the empty string (<see cref="SourcePath"/> makes them so).
/// </summary>
public interface IFileSource
{
    /// <summary>Whether <paramref name="path"/> is a regular file reached without following a link.</summary>
    bool FileExists(string path);

    /// <summary>Whether <paramref name="path"/> is a directory reached without following a link.</summary>
    bool DirectoryExists(string path);

    /// <summary>Reads a whole file.</summary>
    /// <exception cref="BuildException">The file does not exist, lies behind a link, or is larger than
    /// <paramref name="maxBytes"/>.</exception>
    byte[] Read(string path, int maxBytes);

    /// <summary>Lists a directory in ordinal order of names; links and special files are left out.</summary>
    IReadOnlyList<FileEntry> List(string path);
}

namespace GitOpsToolkit.Archives;

/// <summary>A tree of files that can be packed without being checked out: a folder on disk, a Git tree.</summary>
public interface IFileTree
{
    /// <summary>The items directly in <paramref name="folder"/> (slash-separated, empty for the root), in any order.</summary>
    /// <exception cref="ArchiveException">There is no such folder.</exception>
    IReadOnlyList<FileTreeItem> List(string folder);

    /// <summary>Opens the file at <paramref name="path"/> (slash-separated) for reading, from its start to its end once.</summary>
    /// <exception cref="ArchiveException">There is no such file.</exception>
    Stream OpenRead(string path);
}

/// <summary>What an item of a tree is.</summary>
public enum FileTreeItemKind
{
    /// <summary>A regular file.</summary>
    File,

    /// <summary>A regular file with an executable bit.</summary>
    Executable,

    /// <summary>A folder.</summary>
    Folder,

    /// <summary>Anything else (symbolic links, submodules, devices): never packed.</summary>
    Other,
}

/// <summary>One item of a folder.</summary>
/// <param name="Name">Its name, without slashes.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Size">Bytes of a file; 0 for anything else.</param>
public readonly record struct FileTreeItem(string Name, FileTreeItemKind Kind, long Size)
{
    /// <summary>Whether this is a regular file, executable or not.</summary>
    public bool IsFile => Kind is FileTreeItemKind.File or FileTreeItemKind.Executable;
}

namespace GitOpsToolkit.Archives;

/// <summary>A folder on disk as a tree of files. Symbolic links are never followed.</summary>
/// <param name="root">The folder's path.</param>
public sealed class FolderTree(string root) : IFileTree
{
    private const UnixFileMode AnyExecute = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
    private readonly string _root = Path.GetFullPath(root);

    /// <inheritdoc/>
    public IReadOnlyList<FileTreeItem> List(string folder)
    {
        var info = new DirectoryInfo(Path.Combine(_root, folder));
        if (!info.Exists)
        {
            throw new ArchiveException($"No folder '{folder}' in the tree.");
        }

        return [.. info.EnumerateFileSystemInfos().Select(Describe)];
    }

    /// <inheritdoc/>
    public Stream OpenRead(string path)
    {
        try
        {
            return File.OpenRead(Path.Combine(_root, path));
        }
        catch (IOException error)
        {
            throw new ArchiveException($"Cannot read '{path}' in the tree: {error.Message}", error);
        }
    }

    private static FileTreeItem Describe(FileSystemInfo item)
    {
        if (item.LinkTarget is not null)
        {
            return new FileTreeItem(item.Name, FileTreeItemKind.Other, 0);
        }

        return item switch
        {
            DirectoryInfo => new FileTreeItem(item.Name, FileTreeItemKind.Folder, 0),
            FileInfo { Attributes: var attributes } when attributes.HasFlag(FileAttributes.Device) =>
                new FileTreeItem(item.Name, FileTreeItemKind.Other, 0),
            FileInfo file => new FileTreeItem(item.Name, IsExecutable(file) ? FileTreeItemKind.Executable : FileTreeItemKind.File, file.Length),
            _ => new FileTreeItem(item.Name, FileTreeItemKind.Other, 0),
        };
    }

    private static bool IsExecutable(FileInfo file) => !OperatingSystem.IsWindows() && (file.UnixFileMode & AnyExecute) != UnixFileMode.None;
}

using System.Text;

namespace GitOpsToolkit.Archives;

/// <summary>The rules for names in archives: relative, without steps up, backslashes or control characters.</summary>
public static class SafePath
{
    /// <summary>Normalises an entry's name (a leading <c>./</c> and a trailing slash go) and checks it; empty stands for the root.</summary>
    /// <exception cref="ArchiveException">The name is empty, absolute, leaves the folder, or holds a backslash or a control character.</exception>
    public static string Normalise(string name, ArchiveLimits limits)
    {
        if (name.Length == 0)
        {
            throw new ArchiveException("An archive entry has no name.");
        }

        if (name[0] == '/' || name.Contains('\\') || name.Any(char.IsControl))
        {
            throw new ArchiveException($"Archive entry {Quote(name)} is refused: names are relative, without backslashes and control characters.");
        }

        var parts = name.Split('/').Where(part => part is not ("" or ".")).ToArray();
        if (parts.Contains(".."))
        {
            throw new ArchiveException($"Archive entry {Quote(name)} is refused: it leaves the folder.");
        }

        var path = string.Join('/', parts);
        if (Encoding.UTF8.GetByteCount(path) > limits.MaxPathBytes)
        {
            throw new ArchiveException($"Path {Quote(path)} has more than {limits.MaxPathBytes} bytes.");
        }

        return parts.Length - 1 > limits.MaxDepth
            ? throw new ArchiveException($"Archive entry {Quote(name)} is nested more than {limits.MaxDepth} levels deep.")
            : path;
    }

    /// <summary>The absolute path of <paramref name="relative"/> below <paramref name="root"/>.</summary>
    /// <exception cref="ArchiveException">The path would not be below the root.</exception>
    public static string Combine(string root, string relative)
    {
        var basePath = Path.GetFullPath(root);
        var full = Path.GetFullPath(Path.Combine(basePath, relative));

        // The separator matters: /data/app must not take /data/app-other for its own.
        return full.StartsWith(basePath + Path.DirectorySeparatorChar, StringComparison.Ordinal) || full == basePath
            ? full
            : throw new ArchiveException($"Path {Quote(relative)} leaves its folder.");
    }

    private static string Quote(string name)
    {
        var shown = name.Length > 120 ? name[..120] + "…" : name;
        return $"'{string.Concat(shown.Select(c => char.IsControl(c) ? $"\\u{(int)c:x4}" : c.ToString()))}'";
    }
}

using System.Text;

namespace GitOpsToolkit.Git;

/// <summary>Names that no tree may hold, because a checkout of them would write outside the tree or into a repository's own files.</summary>
internal static class GitTreeNames
{
    /// <summary>Why the name is refused; null for a good one.</summary>
    public static string? Fault(string name)
    {
        if (name.Length == 0 || name is "." or "..")
        {
            return "it is no name";
        }

        if (name.Any(c => c is '/' or '\0'))
        {
            return "it holds a slash or a zero byte";
        }

        return IsGitFolder(name) ? "some file systems take it for .git" : null;
    }

    private static bool IsGitFolder(string name)
    {
        // HFS+ ignores these code points, NTFS trailing dots and spaces, streams after a colon, and case.
        var plain = string.Concat(name.EnumerateRunes().Where(rune => !IsIgnored(rune)).Select(rune => rune.ToString()));
        var colon = plain.IndexOf(':');
        plain = (colon < 0 ? plain : plain[..colon]).TrimEnd('.', ' ');
        return plain.Equals(".git", StringComparison.OrdinalIgnoreCase) || plain.Equals("git~1", StringComparison.OrdinalIgnoreCase);
    }

    private static bool IsIgnored(Rune rune) => rune.Value is
        (>= 0x200c and <= 0x200f) or (>= 0x202a and <= 0x202e) or (>= 0x206a and <= 0x206f) or 0xfeff;
}

namespace GitOpsToolkit.Git;

/// <summary>The grammar of reference names and object ids (git-check-ref-format).</summary>
public static class RefNames
{
    /// <summary>What branches begin with.</summary>
    public const string Heads = "refs/heads/";

    /// <summary>What tags begin with.</summary>
    public const string Tags = "refs/tags/";

    private const int MaxLength = 1024;

    /// <summary>Whether <paramref name="name"/> is a full reference name, e.g. <c>refs/pull/420/head</c>.</summary>
    public static bool IsFullName(string name) => name.StartsWith("refs/", StringComparison.Ordinal) && IsWellFormed(name);

    /// <summary>Whether the text is an object id of 40 lower- or upper-case hexadecimal digits.</summary>
    public static bool IsObjectId(string text) => text.Length == 40 && text.All(char.IsAsciiHexDigit);

    /// <summary>The full name of a branch.</summary>
    /// <exception cref="GitException"><see cref="GitFailure.InvalidInput"/>: no branch can be called so.</exception>
    public static string Branch(string name) => Full(Heads, name, "branch");

    /// <summary>The full name of a tag.</summary>
    /// <exception cref="GitException"><see cref="GitFailure.InvalidInput"/>: no tag can be called so.</exception>
    public static string Tag(string name) => Full(Tags, name, "tag");

    /// <summary>The name checked.</summary>
    /// <exception cref="GitException"><see cref="GitFailure.InvalidInput"/>: it is no full reference name.</exception>
    public static string Checked(string name) =>
        IsFullName(name) ? name : throw new GitException(GitFailure.InvalidInput, $"'{Shown(name)}' is no full reference name such as refs/heads/main.");

    private static string Full(string prefix, string name, string kind) =>
        name.Length > 0 && name[0] != '-' && IsWellFormed(prefix + name)
            ? prefix + name
            : throw new GitException(GitFailure.InvalidInput, $"'{Shown(name)}' is no {kind} name.");

    private static bool IsWellFormed(string name) =>
        name.Length is > 0 and <= MaxLength
        && !name.EndsWith('.')
        && !name.Contains("..", StringComparison.Ordinal)
        && !name.Contains("@{", StringComparison.Ordinal)
        && !name.Any(c => c <= ' ' || c == 0x7f || "~^:?*[\\".Contains(c))
        && name.Split('/').All(part => part.Length > 0 && part[0] != '.' && !part.EndsWith(".lock", StringComparison.Ordinal));

    private static string Shown(string name) => string.Concat(name.Take(120).Select(c => char.IsControl(c) ? '?' : c));
}

using System.Text;

namespace GitOpsToolkit.Archives;

/// <summary>The exclusions of a source: version control files always, then the default list or the <c>.sourceignore</c> files and
/// <c>spec.ignore</c>. The last pattern that says something about a path decides.</summary>
/// <param name="patterns">The patterns, weakest first.</param>
public sealed class IgnoreRules(IReadOnlyList<IgnorePattern> patterns)
{
    /// <summary>The name of the files that hold patterns.</summary>
    public const string FileName = ".sourceignore";

    private const int MaxIgnoreFileBytes = 1 << 20;
    private const int MaxPatterns = 50_000;

    private static readonly string[] s_versionControl = [".git/", ".gitignore", ".gitmodules", ".gitattributes"];

    private static readonly string[] s_defaults =
    [
        "*.jpg", "*.jpeg", "*.gif", "*.png", "*.wmv", "*.flv", "*.tar.gz", "*.zip",
        ".github/", ".circleci/", ".travis.yml", ".gitlab-ci.yml", "appveyor.yml", ".drone.yml", "cloudbuild.yaml",
        "codeship-services.yml", "codeship-steps.yml",
        "**/.goreleaser.yml", "**/.sops.yaml", "**/.flux.yaml",
    ];

    /// <summary>The rules for a whole tree: reads every <c>.sourceignore</c> in it (except below <c>.git</c>) and appends
    /// <paramref name="specIgnore"/>, which therefore wins. Any pattern from either drops the default list; a comment does not.</summary>
    /// <exception cref="ArchiveException">An ignore file is over 1 MiB, is no UTF-8 text, or there are more than 50 000 patterns.</exception>
    public static IgnoreRules Load(IFileTree tree, string? specIgnore, int maxDepth = 100)
    {
        var own = new List<IgnorePattern>();
        Collect(tree, [], own, maxDepth);
        own.AddRange(ReadPatterns(specIgnore ?? "", []));
        return new IgnoreRules([.. VersionControlPatterns([]), .. own.Count == 0 ? DefaultPatterns([]) : own]);
    }

    /// <summary>Reads the text of an ignore file: a pattern a line; blank lines and lines that start with <c>#</c> are left out.</summary>
    public static IEnumerable<IgnorePattern> ReadPatterns(string text, IReadOnlyList<string> scope) => text
        .Split('\n')
        .Select(line => line.EndsWith('\r') ? line[..^1] : line)
        .Where(line => !line.StartsWith('#') && !string.IsNullOrWhiteSpace(line))
        .Select(line => IgnorePattern.Parse(line, scope));

    /// <summary>The patterns for git's own files, which are always left out.</summary>
    public static IEnumerable<IgnorePattern> VersionControlPatterns(IReadOnlyList<string> scope) =>
        s_versionControl.Select(line => IgnorePattern.Parse(line, scope));

    /// <summary>The patterns that hold where a source has none of its own: pictures, archives, CI configuration.</summary>
    public static IEnumerable<IgnorePattern> DefaultPatterns(IReadOnlyList<string> scope) =>
        s_defaults.Select(line => IgnorePattern.Parse(line, scope));

    /// <summary>Whether the path with these components is left out.</summary>
    public bool Ignores(ReadOnlySpan<string> path, bool isFolder)
    {
        for (var i = patterns.Count - 1; i >= 0; i--)
        {
            var verdict = patterns[i].Match(path, isFolder);
            if (verdict != IgnoreVerdict.None)
            {
                return verdict == IgnoreVerdict.Exclude;
            }
        }

        return false;
    }

    /// <summary>Whether the slash-separated path is left out.</summary>
    public bool Ignores(string path, bool isFolder) => Ignores(path.Split('/'), isFolder);

    private static void Collect(IFileTree tree, string[] scope, List<IgnorePattern> patterns, int maxDepth)
    {
        var folder = string.Join('/', scope);
        if (scope.Length > maxDepth)
        {
            throw new ArchiveException($"Folder '{folder}' is nested more than {maxDepth} levels deep.");
        }

        var items = tree.List(folder);
        foreach (var file in items.Where(item => item.Name == FileName && item.IsFile))
        {
            patterns.AddRange(ReadPatterns(ReadText(tree, string.Join('/', [.. scope, file.Name]), file.Size), scope));
        }

        if (patterns.Count > MaxPatterns)
        {
            throw new ArchiveException($"More than {MaxPatterns} ignore patterns, the last of them in '{folder}/{FileName}'.");
        }

        foreach (var child in items.Where(item => item.Kind == FileTreeItemKind.Folder && item.Name != ".git").OrderBy(item => item.Name, StringComparer.Ordinal))
        {
            Collect(tree, [.. scope, child.Name], patterns, maxDepth);
        }
    }

    private static string ReadText(IFileTree tree, string path, long size)
    {
        if (size > MaxIgnoreFileBytes)
        {
            throw new ArchiveException($"'{path}' has {size} bytes; an ignore file may have {MaxIgnoreFileBytes}.");
        }

        using var reader = new StreamReader(tree.OpenRead(path), Encoding.UTF8, detectEncodingFromByteOrderMarks: false);
        return reader.ReadToEnd();
    }
}

using static GitOpsToolkit.Templating.Functions.Signature;

namespace GitOpsToolkit.Templating.Functions;

/// <summary>sprig's functions on paths; those of the operating system are Linux's.</summary>
internal static class PathFunctions
{
    internal static IReadOnlyList<GoFunction> All { get; } =
    [
        Texts("base", Base),
        Texts("osBase", Base),
        Texts("dir", Directory),
        Texts("osDir", Directory),
        Texts("clean", Clean),
        Texts("osClean", Clean),
        Texts("ext", Extension),
        Texts("osExt", Extension),
        Of("isAbs", [Text], a => GoValue.Of(a[0].Bytes.StartsWith('/'))),
        Of("osIsAbs", [Text], a => GoValue.Of(a[0].Bytes.StartsWith('/'))),
    ];

    private static string Base(string path)
    {
        var trimmed = path.TrimEnd('/');
        return path.Length == 0 ? "." : trimmed.Length == 0 ? "/" : trimmed[(trimmed.LastIndexOf('/') + 1)..];
    }

    private static string Directory(string path) => Clean(path[..(path.LastIndexOf('/') + 1)]);

    private static string Extension(string path)
    {
        var dot = path.LastIndexOf('.');
        return dot > path.LastIndexOf('/') ? path[dot..] : "";
    }

    /// <summary>The shortest path of the same meaning, found without a look at any file.</summary>
    private static string Clean(string path)
    {
        var isRooted = path.StartsWith('/');
        var parts = new List<string>();
        foreach (var part in path.Split('/'))
        {
            if (part == ".." && parts is [.., not ".."])
            {
                parts.RemoveAt(parts.Count - 1);
            }
            else if (part is not ("" or ".") && !(part == ".." && isRooted))
            {
                parts.Add(part);
            }
        }

        var clean = string.Join('/', parts);
        return isRooted ? "/" + clean : clean.Length == 0 ? "." : clean;
    }
}

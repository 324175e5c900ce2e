using System.Diagnostics.CodeAnalysis;

namespace GitOpsToolkit.Kustomize.Loader;

/// <summary>Paths inside a source: relative, with <c>/</c>, without <c>.</c> and <c>..</c>; the root is the empty string.</summary>
public static class SourcePath
{
    /// <summary>Whether <paramref name="path"/> is in normal form and not the root.</summary>
    public static bool IsNormal(string path)
    {
        if (path.Length == 0 || path.Contains('\\') || path.Contains('\0'))
        {
            return false;
        }

        foreach (var range in path.AsSpan().Split('/'))
        {
            if (path.AsSpan()[range] is "" or "." or "..")
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Resolves <paramref name="reference"/>, as written in a file of <paramref name="directory"/>, to a path below the
    /// root.</summary>
    /// <param name="directory">The normal path of the directory that the reference is relative to.</param>
    /// <param name="reference">What the user wrote, such as <c>../base</c>.</param>
    /// <param name="path">The normal path, or null when refused.</param>
    /// <param name="refusal">Why it was refused, or null.</param>
    public static bool TryResolve(
        string directory, string reference, [NotNullWhen(true)] out string? path, [NotNullWhen(false)] out string? refusal)
    {
        path = null;
        refusal = Refuse(reference);
        if (refusal is not null)
        {
            return false;
        }

        List<string> steps = directory.Length == 0 ? [] : [.. directory.Split('/')];
        foreach (var step in reference.Split('/'))
        {
            if (step is "" or ".")
            {
                continue;
            }

            if (step != "..")
            {
                steps.Add(step);
                continue;
            }

            if (steps.Count == 0)
            {
                refusal = $"'{reference}' leads outside the root of the source, where nothing may be read";
                return false;
            }

            steps.RemoveAt(steps.Count - 1);
        }

        path = string.Join('/', steps);
        return true;
    }

    /// <summary>The directory of a file, or of a directory's parent.</summary>
    internal static string Parent(string path) => path.LastIndexOf('/') is var slash and >= 0 ? path[..slash] : "";

    internal static string Join(string directory, string name) => directory.Length == 0 ? name : $"{directory}/{name}";

    private static string? Refuse(string reference)
    {
        if (reference.Length == 0)
        {
            return "the path is empty";
        }

        if (reference.Contains('\0') || reference.Contains('\\') || reference.Contains('\n'))
        {
            return "the path holds a character that no path may hold (backslash, NUL or line break)";
        }

        if (IsRemote(reference))
        {
            return $"'{reference}' is remote; only files and directories of the source itself may be used";
        }

        return reference[0] == '/' ? $"'{reference}' is absolute; write it relative to the kustomization" : null;
    }

    private static bool IsRemote(string reference) =>
        reference.Contains("://", StringComparison.Ordinal)
        || reference.Contains("::", StringComparison.Ordinal)
        || reference.StartsWith("git@", StringComparison.Ordinal)
        || reference.StartsWith("github.com/", StringComparison.OrdinalIgnoreCase)
        || reference.StartsWith("github.com:", StringComparison.OrdinalIgnoreCase)
        || reference.Contains("?ref=", StringComparison.Ordinal);
}

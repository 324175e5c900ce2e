using System.Collections.Concurrent;
using System.Text.RegularExpressions;

namespace GitOpsToolkit.Kustomize;

/// <summary>Regular expressions that match in linear time. Making one costs more than a small build, so the latest are kept.</summary>
internal static class LinearPattern
{
    private const int Kept = 256;
    private static readonly ConcurrentDictionary<string, Regex> Known = new(StringComparer.Ordinal);

    /// <exception cref="ArgumentException">The text is no regular expression.</exception>
    /// <exception cref="NotSupportedException">It cannot be matched in linear time.</exception>
    internal static Regex Of(string pattern)
    {
        if (Known.TryGetValue(pattern, out var known))
        {
            return known;
        }

        var made = new Regex(pattern, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
        if (Known.Count >= Kept)
        {
            Known.Clear();
        }

        return Known[pattern] = made;
    }
}

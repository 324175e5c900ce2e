using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using GitOpsToolkit.Kustomize.Resources;

namespace GitOpsToolkit.Kustomize.Replacements;

/// <summary>
/// Paths as replacements and variables write them: steps with dots between, <c>\.</c> for a dot in a step, <c>[name=web]</c> for an
/// element of a list, <c>[a.b]</c> for a key with dots, a number for an index.
/// </summary>
internal static partial class FieldPath
{
    /// <summary>Splits a path; with <paramref name="indexesInSteps"/>, <c>ports[0]</c> is two steps.</summary>
    internal static string[] Split(string path, bool indexesInSteps = false)
    {
        List<string> steps = [];
        var parts = SplitAtDots(path);
        for (var i = 0; i < parts.Count; i++)
        {
            if (!parts[i].StartsWith('[') || parts[i].EndsWith(']'))
            {
                steps.Add(parts[i]);
                continue;
            }

            var bracketed = parts[i];
            while (i < parts.Count - 1)
            {
                bracketed += $".{parts[++i]}";
                if (parts[i].EndsWith(']'))
                {
                    break;
                }
            }

            steps.Add(bracketed.Contains('=') ? bracketed : bracketed.Trim('[', ']'));
        }

        return indexesInSteps ? [.. steps.SelectMany(Indexes)] : [.. steps];
    }

    /// <summary>Follows a path that names one place; false when there is none.</summary>
    internal static bool TryGet(JsonNode root, IReadOnlyList<string> steps, out JsonNode? value)
    {
        value = root;
        foreach (var step in steps.Select(step => step.Trim()).Where(step => step.Length > 0))
        {
            switch (value)
            {
                case JsonArray list when Element(list, step) is { } index:
                    value = list[index];
                    break;
                case JsonObject map when map.ContainsKey(step) && !IsIndex(step):
                    value = map[step];
                    break;
                default:
                    return false;
            }
        }

        return true;
    }

    internal static bool IsIndex(string step) => int.TryParse(step, NumberStyles.None, CultureInfo.InvariantCulture, out _);

    internal static bool IsElement(string step) => step.StartsWith('[') && step.EndsWith(']');

    /// <summary>Splits <c>[name=web]</c>; false without an equals sign.</summary>
    internal static bool TrySplitElement(string step, out string field, out string value)
    {
        var inner = step[1..^1];
        var at = inner.IndexOf('=', StringComparison.Ordinal);
        (field, value) = at < 0 ? ("", "") : (inner[..at], inner[(at + 1)..]);
        return at >= 0;
    }

    private static int? Element(JsonArray list, string step)
    {
        var found = -1;
        if (step == "-")
        {
            found = list.Count - 1;
        }
        else if (IsIndex(step))
        {
            found = int.Parse(step, CultureInfo.InvariantCulture);
        }
        else if (IsElement(step) && TrySplitElement(step, out var field, out var wanted))
        {
            for (var i = 0; i < list.Count && found < 0; i++)
            {
                var text = field.Length == 0 ? JsonNodes.ScalarText(list[i]) : (list[i] as JsonObject)?.Text(field);
                found = text == wanted ? i : -1;
            }
        }

        return found >= 0 && found < list.Count ? found : null;
    }

    private static List<string> SplitAtDots(string path)
    {
        var parts = path.Split('.').AsSpan();
        parts = parts.Length > 1 && parts[0].Length == 0 ? parts[1..] : parts;
        List<string> steps = [parts[0]];
        foreach (var part in parts[1..])
        {
            if (steps[^1].EndsWith('\\'))
            {
                steps[^1] = $"{steps[^1][..^1]}.{part}";
                continue;
            }

            steps.Add(part);
        }

        return steps;
    }

    private static IEnumerable<string> Indexes(string step)
    {
        var match = IndexAtEnd().Match(step);
        if (!match.Success)
        {
            return [step];
        }

        return match.Groups[1].Length > 0 ? [match.Groups[1].Value, match.Groups[2].Value] : [match.Groups[2].Value];
    }

    [GeneratedRegex(@"^(.*)\[([0-9]+)\]$", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex IndexAtEnd();
}

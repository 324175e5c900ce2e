using System.Text.Json;

namespace GitOpsToolkit.Api.Json;

/// <summary>Finds the fields of a spec that are used although a controller does not honour them yet.</summary>
public static class UnsupportedFields
{
    /// <summary>
    /// Looks for fields by their paths below <c>spec</c>: <c>verify</c>, <c>ref.semver</c>, <c>include[].toPath</c> (in every item), <c>include[]</c>
    /// (every item). A path may list the values that are honoured: <c>provider=generic|aws</c>.
    /// </summary>
    /// <param name="spec">The spec as the user wrote it.</param>
    /// <param name="paths">The fields that are not honoured.</param>
    /// <returns>The used ones, in the order of <paramref name="paths"/>, such as <c>spec.verify</c>, <c>spec.include[0].toPath</c> and
    /// <c>spec.provider=aws (only generic)</c>.
    /// A field that is absent, null, false, zero, or empty (also all the way down) is not used.</returns>
    public static IReadOnlyList<string> Find(JsonElement spec, IEnumerable<string> paths)
    {
        var found = new List<string>();
        foreach (var path in paths)
        {
            var parts = path.Split('=', 2);
            var honoured = parts.Length == 2 ? parts[1].Split('|') : [];
            Walk(spec, "spec", parts[0].Split('.'), honoured, found);
        }

        return found;
    }

    /// <summary>The message for the Stalled condition of an object that uses such fields.</summary>
    /// <param name="used">What <see cref="Find"/> returned; at least one.</param>
    /// <returns>A sentence that names the fields and says what to do.</returns>
    public static string Message(IReadOnlyList<string> used) =>
        $"{string.Join(", ", used)}: not supported by this version; remove or change {(used.Count == 1 ? "the field" : "the fields")} to continue";

    private static void Walk(JsonElement element, string at, ReadOnlySpan<string> steps, string[] honoured, List<string> found)
    {
        if (steps.IsEmpty)
        {
            if (IsUsed(element) && !(element.ValueKind == JsonValueKind.String && honoured.Contains(element.GetString())))
            {
                found.Add(honoured.Length == 0 ? at : $"{at}={element} (only {string.Join(", ", honoured)})");
            }

            return;
        }

        var each = steps[0].EndsWith("[]", StringComparison.Ordinal);
        var name = each ? steps[0][..^2] : steps[0];
        if (element.ValueKind != JsonValueKind.Object || !element.TryGetProperty(name, out var child))
        {
            return;
        }

        if (!each)
        {
            Walk(child, $"{at}.{name}", steps[1..], honoured, found);
            return;
        }

        if (child.ValueKind == JsonValueKind.Array)
        {
            for (var i = 0; i < child.GetArrayLength(); i++)
            {
                Walk(child[i], $"{at}.{name}[{i}]", steps[1..], honoured, found);
            }
        }
    }

    private static bool IsUsed(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Undefined or JsonValueKind.Null or JsonValueKind.False => false,
        JsonValueKind.String => element.GetString() is not "",
        JsonValueKind.Number => !element.TryGetDouble(out var number) || number != 0,
        JsonValueKind.Array => element.EnumerateArray().Any(IsUsed),
        JsonValueKind.Object => element.EnumerateObject().Any(p => IsUsed(p.Value)),
        _ => true,
    };
}

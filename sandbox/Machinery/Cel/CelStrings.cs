using GitOpsToolkit.Versioning;

namespace GitOpsToolkit.Sandbox.Machinery.Cel;

/// <summary>Functions of texts beyond the standard ones.</summary>
internal static class CelStrings
{
    public static object? Call(string name, string text, object?[] v) => (name, v) switch
    {
        ("lowerAscii", []) => text.ToLowerInvariant(),
        ("upperAscii", []) => text.ToUpperInvariant(),
        ("trim", []) => text.Trim(),
        ("charAt", [long at]) => at == text.Length ? "" : Slice(text, at, at + 1),
        ("substring", [long start]) => Slice(text, start, text.Length),
        ("substring", [long start, long end]) => Slice(text, start, end),
        ("indexOf", [string part]) => (long)text.IndexOf(part, StringComparison.Ordinal),
        ("indexOf", [string part, long start]) => (long)text.IndexOf(part, (int)Math.Clamp(start, 0, text.Length), StringComparison.Ordinal),
        ("lastIndexOf", [string part]) => (long)text.LastIndexOf(part, StringComparison.Ordinal),
        ("replace", [string old, string now]) => old.Length == 0 ? text : text.Replace(old, now, StringComparison.Ordinal),
        ("replace", [string old, string now, long count]) => Replace(text, old, now, count),
        ("split", [string separator]) => Split(text, separator, -1),
        ("split", [string separator, long count]) => Split(text, separator, count),
        ("find", [string pattern]) => FindAll(text, pattern).FirstOrDefault() ?? "",
        ("findAll", [string pattern]) => FindAll(text, pattern).Cast<object?>().ToList(),
        _ => throw CelEvaluator.NoOverload(),
    };

    private static string Slice(string text, long start, long end) => start >= 0 && end >= start && end <= text.Length
        ? text[(int)start..(int)end] : throw new CelException($"index out of range: {(start < 0 || start > text.Length ? start : end)}");

    private static string Replace(string text, string old, string now, long count)
    {
        var from = 0;
        while (count-- != 0 && old.Length > 0 && text.IndexOf(old, from, StringComparison.Ordinal) is var at and >= 0)
        {
            text = string.Concat(text.AsSpan(0, at), now, text.AsSpan(at + old.Length));
            from = at + now.Length;
        }

        return text;
    }

    private static List<object?> Split(string text, string separator, long count) => count switch
    {
        0 => [],
        _ when separator.Length == 0 => [.. text.Select(c => (object?)c.ToString())],
        < 0 => [.. text.Split(separator)],
        _ => [.. text.Split(separator, (int)Math.Min(count, int.MaxValue))],
    };

    // Shortest way to the leftmost-longest match: try every start with an anchored pattern.
    private static IEnumerable<string> FindAll(string text, string pattern)
    {
        if (!GoRegex.TryCompile($"^(?:{pattern})$", out var whole, out var fault))
        {
            throw new CelException($"error parsing regexp: {fault}");
        }

        if (text.Length > 512)
        {
            throw new CelException("find: text is longer than 512 characters");
        }

        for (var start = 0; start < text.Length; start++)
        {
            for (var end = text.Length; end > start; end--)
            {
                if (whole.IsMatch(text.AsSpan(start, end - start)))
                {
                    yield return text[start..end];
                    start = end - 1;
                    break;
                }
            }
        }
    }
}

/// <summary>Functions of lists.</summary>
internal static class CelLists
{
    public static object? Call(string name, List<object?> list, object?[] v) => (name, v) switch
    {
        ("join", []) => string.Concat(list.Select(CelValues.Text)),
        ("join", [string separator]) => string.Join(separator, list.Select(CelValues.Text)),
        ("isSorted", []) => list.Zip(list.Skip(1)).All(pair => CelValues.Compare(pair.First, pair.Second) <= 0),
        ("sum", []) => list.TrueForAll(i => i is long) ? (object)list.Sum(i => (long)i!) : list.Sum(i => (double)i!),
        ("min", []) => list.Count > 0 ? list.Aggregate((a, b) => CelValues.Compare(a, b) <= 0 ? a : b) : throw new CelException("min called on empty list"),
        ("max", []) => list.Count > 0 ? list.Aggregate((a, b) => CelValues.Compare(a, b) >= 0 ? a : b) : throw new CelException("max called on empty list"),
        ("indexOf", [var item]) => (long)list.FindIndex(entry => CelValues.Same(entry, item)),
        ("lastIndexOf", [var item]) => (long)list.FindLastIndex(entry => CelValues.Same(entry, item)),
        ("distinct", []) => Distinct(list),
        _ => throw CelEvaluator.NoOverload(),
    };

    private static List<object?> Distinct(List<object?> list)
    {
        var result = new List<object?>();
        foreach (var item in list.Where(item => !result.Exists(seen => CelValues.Same(seen, item))))
        {
            result.Add(item);
        }

        return result;
    }
}

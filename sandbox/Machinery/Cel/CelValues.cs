using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using GitOpsToolkit.Sandbox.Machinery.Structural;

namespace GitOpsToolkit.Sandbox.Machinery.Cel;

/// <summary>An optional value.</summary>
internal sealed record CelOptional(bool HasValue, object? Value)
{
    public static CelOptional None { get; } = new(false, null);
}

/// <summary>
/// Values of CEL as plain objects: null, bool, long, double, string, byte[], <see cref="List{T}"/>, <see cref="Dictionary{TKey,TValue}"/>,
/// <see cref="DateTimeOffset"/>, <see cref="TimeSpan"/>, <see cref="CelOptional"/>.
/// </summary>
internal static class CelValues
{
    private static readonly SearchValues<char> NumberCharacters = SearchValues.Create("0123456789.");

    /// <summary>A JSON value; the schema tells times, durations and numbers from texts and whole numbers.</summary>
    public static object? FromJson(JsonNode? node, StructuralSchema? schema)
    {
        switch (node)
        {
            case JsonObject map:
                var members = new Dictionary<object, object?>();
                foreach (var (name, child) in map)
                {
                    // Null where null is no value is as good as absent.
                    if (child is not null || schema?.Member(name)?.Nullable != false)
                    {
                        members[name] = FromJson(child, schema?.Member(name));
                    }
                }

                return members;
            case JsonArray list:
                return list.Select(item => FromJson(item, schema?.Items)).ToList();
            default:
                return Scalar(node, schema);
        }
    }

    public static bool Same(object? left, object? right) => (left, right) switch
    {
        (null, null) => true,
        (null, _) or (_, null) => false,
        (long a, double b) => a == b,
        (double a, long b) => a == b,
        (List<object?> a, List<object?> b) => a.Count == b.Count && a.Zip(b).All(pair => Same(pair.First, pair.Second)),
        (Dictionary<object, object?> a, Dictionary<object, object?> b) =>
            a.Count == b.Count && a.All(entry => b.TryGetValue(entry.Key, out var other) && Same(entry.Value, other)),
        (byte[] a, byte[] b) => a.AsSpan().SequenceEqual(b),
        (CelOptional a, CelOptional b) => a.HasValue == b.HasValue && Same(a.Value, b.Value),
        _ => left.Equals(right),
    };

    public static int Compare(object? left, object? right) => (left, right) switch
    {
        (long a, long b) => a.CompareTo(b),
        (long or double, long or double) =>
            Convert.ToDouble(left, CultureInfo.InvariantCulture).CompareTo(Convert.ToDouble(right, CultureInfo.InvariantCulture)),
        (string a, string b) => string.CompareOrdinal(a, b),
        (bool a, bool b) => a.CompareTo(b),
        (DateTimeOffset a, DateTimeOffset b) => a.CompareTo(b),
        (TimeSpan a, TimeSpan b) => a.CompareTo(b),
        _ => throw new CelException("no such overload"),
    };

    public static string TypeName(object? value) => value switch
    {
        null => "null_type",
        bool => "bool",
        long => "int",
        double => "double",
        string => "string",
        byte[] => "bytes",
        List<object?> => "list",
        Dictionary<object, object?> => "map",
        DateTimeOffset => "google.protobuf.Timestamp",
        TimeSpan => "google.protobuf.Duration",
        CelOptional => "optional_type",
        _ => "type",
    };

    public static string Text(object? value) => value switch
    {
        null => "null",
        bool flag => flag ? "true" : "false",
        string text => text,
        double number => number.ToString("R", CultureInfo.InvariantCulture),
        byte[] bytes => Encoding.UTF8.GetString(bytes),
        DateTimeOffset time => Rfc3339.Format(time),
        TimeSpan span => $"{span.TotalSeconds.ToString(CultureInfo.InvariantCulture)}s",
        IFormattable other => other.ToString(null, CultureInfo.InvariantCulture),
        _ => throw new CelException("no such overload"),
    };

    /// <summary>Reads a Go duration such as <c>1h30m</c> or <c>1.5s</c>; null if it is none.</summary>
    public static TimeSpan? Duration(string text)
    {
        var rest = text.AsSpan();
        var sign = 1;
        if (rest.Length > 0 && rest[0] is '-' or '+')
        {
            sign = rest[0] == '-' ? -1 : 1;
            rest = rest[1..];
        }

        if (rest.Length == 0)
        {
            return null;
        }

        var total = 0d;
        while (rest.Length > 0 && !rest.SequenceEqual("0"))
        {
            var end = rest.IndexOfAnyExcept(NumberCharacters);
            if (end <= 0 || !double.TryParse(rest[..end], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number))
            {
                return null;
            }

            rest = rest[end..];
            var (unit, length) = Unit(rest);
            if (length == 0)
            {
                return null;
            }

            total += number * unit;
            rest = rest[length..];
        }

        return total > TimeSpan.MaxValue.TotalSeconds ? null : TimeSpan.FromSeconds(sign * total);
    }

    private static (double Seconds, int Length) Unit(ReadOnlySpan<char> text) => text switch
    {
        ['m', 's', ..] => (1e-3, 2),
        ['n', 's', ..] => (1e-9, 2),
        ['u' or 'µ' or 'μ', 's', ..] => (1e-6, 2),
        ['h', ..] => (3600, 1),
        ['m', ..] => (60, 1),
        ['s', ..] => (1, 1),
        _ => (0, 0),
    };

    private static object? Scalar(JsonNode? node, StructuralSchema? schema)
    {
        switch (node?.GetValueKind())
        {
            case JsonValueKind.String:
                var text = node.GetValue<string>();
                return schema?.Format switch
                {
                    "date-time" when Rfc3339.TryParse(text, out var time) => time,
                    "duration" when Duration(text) is { } span => span,
                    _ => text,
                };
            case JsonValueKind.Number when schema?.Type != "number" && Json.Integer(node) is { } integer:
                return integer;
            case JsonValueKind.Number:
                return Json.Number(node);
            case JsonValueKind.True:
                return true;
            case JsonValueKind.False:
                return false;
            default:
                return null;
        }
    }
}

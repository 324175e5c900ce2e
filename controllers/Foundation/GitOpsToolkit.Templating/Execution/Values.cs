using System.Collections;

namespace GitOpsToolkit.Templating.Execution;

/// <summary>What Go does with values: truth, length, fields, elements, comparison.</summary>
internal static class Values
{
    internal static bool IsTrue(object? value) => value switch
    {
        null or Missing => false,
        bool truth => truth,
        string text => text.Length > 0,
        long number => number != 0,
        double number => number != 0,
        TemplateRecord => true,
        _ => Length(value) > 0,
    };

    internal static int Length(object? value) => value switch
    {
        string text => System.Text.Encoding.UTF8.GetByteCount(text),
        TemplateMap map => map.Entries.Count,
        IReadOnlyDictionary<string, object?> map => map.Count,
        ICollection list => list.Count,
        IReadOnlyList<object?> list => list.Count,
        _ => throw new ValueException($"len of type {TypeName(value)}"),
    };

    internal static object? Field(object? value, string name)
    {
        switch (value)
        {
            case IReadOnlyDictionary<string, object?> map:
                return map.TryGetValue(name, out var found) ? found : Missing.Value;
            case TemplateRecord record:
                foreach (var (field, content) in record.Fields)
                {
                    if (field == name)
                    {
                        return content;
                    }
                }

                return record.Methods.TryGetValue(name, out var method)
                    ? method
                    : throw new ValueException($"can't evaluate field {name} in type {record.TypeName}");
            case Missing:
                return value;
            case null:
                throw new ValueException($"nil value; can't evaluate field {name}");
            default:
                throw new ValueException($"can't evaluate field {name} in type {TypeName(value)}");
        }
    }

    internal static object? Index(object? value, object? key)
    {
        switch (value)
        {
            case IReadOnlyDictionary<string, object?> map:
                var name = key as string ?? throw new ValueException($"value has type {TypeName(key)}; should be string");
                return map.TryGetValue(name, out var found) ? found : Missing.Value;
            case TemplateMap map:
                var missing = new KeyValuePair<object, object?>("", Missing.Value);
                return map.Entries.FirstOrDefault(entry => entry.Key.Equals(key), missing).Value;
            case IReadOnlyList<object?> list:
                return list[At(key, list.Count)];
            case string text:
                var bytes = System.Text.Encoding.UTF8.GetBytes(text);
                return (long)bytes[At(key, bytes.Length)];
            case null or Missing:
                throw new ValueException("index of untyped nil");
            default:
                throw new ValueException($"can't index item of type {TypeName(value)}");
        }
    }

    internal static int At(object? key, int count, bool upTo = false)
    {
        var index = key as long? ?? throw new ValueException($"cannot index slice/array with type {TypeName(key)}");
        return index >= 0 && (index < count || (upTo && index == count))
            ? (int)index
            : throw new ValueException($"index out of range: {index}");
    }

    internal static bool AreEqual(object? left, object? right) => (left, right) switch
    {
        (null or Missing, null or Missing) => true,
        (null or Missing, _) or (_, null or Missing) => false,
        (string a, string b) => a == b,
        (bool a, bool b) => a == b,
        (long a, long b) => a == b,
        (double a, double b) => a.Equals(b),
        (TemplateRecord a, TemplateRecord b) => a.Equals(b),
        _ => throw new ValueException("incompatible types for comparison"),
    };

    internal static bool IsLess(object? left, object? right) => (left, right) switch
    {
        (string a, string b) => string.CompareOrdinal(a, b) < 0,
        (long a, long b) => a < b,
        (double a, double b) => a < b,
        (bool, bool) => throw new ValueException("invalid type for comparison"),
        _ => throw new ValueException("incompatible types for comparison"),
    };

    internal static string TypeName(object? value) => value switch
    {
        null or Missing => "nil",
        string => "string",
        bool => "bool",
        long => "int",
        double => "float64",
        TemplateRecord record => record.TypeName,
        TemplateMap or IReadOnlyDictionary<string, object?> => "map[string]interface {}",
        _ => "[]interface {}",
    };
}

/// <summary>The order in which Go prints and ranges over the keys of a map.</summary>
internal static class KeyOrder
{
    internal static int Compare(object? left, object? right)
    {
        if (left is TemplateRecord a && right is TemplateRecord b)
        {
            foreach (var (first, second) in a.Fields.Zip(b.Fields))
            {
                var order = Compare(first.Value, second.Value);
                if (order != 0)
                {
                    return order;
                }
            }

            return 0;
        }

        return (left, right) switch
        {
            (string x, string y) => string.CompareOrdinal(x, y),
            (long x, long y) => x.CompareTo(y),
            (double x, double y) => x.CompareTo(y),
            (bool x, bool y) => x.CompareTo(y),
            _ => 0,
        };
    }
}

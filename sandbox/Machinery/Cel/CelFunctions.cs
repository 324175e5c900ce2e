using System.Globalization;
using System.Net;
using GitOpsToolkit.Versioning;

namespace GitOpsToolkit.Sandbox.Machinery.Cel;

/// <summary>Operators and functions of CEL and of its Kubernetes libraries that real definitions use.</summary>
internal static class CelFunctions
{
    public static object? Call(CelEvaluator evaluator, string name, object?[]? target, object?[] arguments)
    {
        object?[] values = target is null ? arguments : [target[0], .. arguments];
        evaluator.Spend(values.Sum(Weight));
        if (target is null && Operator(name, values) is { } result)
        {
            return result.Value;
        }

        return target is null ? Global(name, values) : Member(name, values);
    }

    // Long texts and lists cost by their length.
    private static long Weight(object? value) => value switch
    {
        string text => 1 + (text.Length / 10),
        List<object?> list => 1 + (list.Count / 10),
        _ => 1,
    };

    private sealed record Boxed(object? Value);

    private static Boxed? Operator(string sign, object?[] v)
    {
        try
        {
            return sign switch
            {
                "==" => new Boxed(CelValues.Same(v[0], v[1])),
                "!=" => new Boxed(!CelValues.Same(v[0], v[1])),
                "<" => new Boxed(CelValues.Compare(v[0], v[1]) < 0),
                "<=" => new Boxed(CelValues.Compare(v[0], v[1]) <= 0),
                ">" => new Boxed(CelValues.Compare(v[0], v[1]) > 0),
                ">=" => new Boxed(CelValues.Compare(v[0], v[1]) >= 0),
                "!" => new Boxed(v[0] is bool flag ? !flag : throw CelEvaluator.NoOverload()),
                "in" => new Boxed(In(v[0], v[1])),
                "-" when v.Length == 1 => new Boxed(v[0] switch
                {
                    long number => (object)checked(-number),
                    double number => -number,
                    _ => throw CelEvaluator.NoOverload(),
                }),
                "+" or "-" or "*" or "/" or "%" => new Boxed(Arithmetic(sign, v[0], v[1])),
                _ => null,
            };
        }
        catch (OverflowException)
        {
            throw new CelException("integer overflow");
        }
    }

    private static bool In(object? item, object? container) => container switch
    {
        List<object?> list => list.Exists(entry => CelValues.Same(entry, item)),
        Dictionary<object, object?> map => item is not null && map.ContainsKey(item),
        _ => throw CelEvaluator.NoOverload(),
    };

    private static object Arithmetic(string sign, object? left, object? right) => (sign, left, right) switch
    {
        ("+", long a, long b) => checked(a + b),
        ("-", long a, long b) => checked(a - b),
        ("*", long a, long b) => checked(a * b),
        ("/", long, 0L) => throw new CelException("division by zero"),
        ("%", long, 0L) => throw new CelException("modulus by zero"),
        ("/", long a, long b) => checked(a / b),
        ("%", long a, long b) => b == -1 ? 0L : a % b,
        ("+", double a, double b) => a + b,
        ("-", double a, double b) => a - b,
        ("*", double a, double b) => a * b,
        ("/", double a, double b) => a / b,
        ("+", string a, string b) => a + b,
        ("+", List<object?> a, List<object?> b) => a.Concat(b).ToList(),
        ("+", TimeSpan a, TimeSpan b) => a + b,
        ("-", TimeSpan a, TimeSpan b) => a - b,
        ("+", DateTimeOffset a, TimeSpan b) => a + b,
        ("+", TimeSpan a, DateTimeOffset b) => b + a,
        ("-", DateTimeOffset a, TimeSpan b) => a - b,
        ("-", DateTimeOffset a, DateTimeOffset b) => a - b,
        _ => throw CelEvaluator.NoOverload(),
    };

    private static object? Global(string name, object?[] v) => (name, v) switch
    {
        ("size", [var value]) => Size(value),
        ("matches", [string text, string pattern]) => Matches(text, pattern),
        ("type", [var value]) => new CelType(CelValues.TypeName(value)),
        ("dyn", [var value]) => value,
        ("string", [var value]) => CelValues.Text(value),
        ("int", [long number]) => number,
        ("int", [double number]) => (long)number,
        ("int", [DateTimeOffset time]) => time.ToUnixTimeSeconds(),
        ("int", [string text]) => long.TryParse(text, CultureInfo.InvariantCulture, out var parsed) ? parsed
            : throw new CelException($"type conversion error from 'string' to 'int'"),
        ("uint", [long number]) => number,
        ("double", [long number]) => (double)number,
        ("double", [double number]) => number,
        ("double", [string text]) => double.TryParse(text, CultureInfo.InvariantCulture, out var parsed) ? parsed
            : throw new CelException("type conversion error from 'string' to 'double'"),
        ("bool", [bool flag]) => flag,
        ("bool", [string text]) => text is "true" or "True" or "TRUE" or "t" or "1",
        ("duration", [TimeSpan span]) => span,
        ("duration", [string text]) => CelValues.Duration(text) ?? throw new CelException("type conversion error from 'string' to 'google.protobuf.Duration'"),
        ("timestamp", [DateTimeOffset time]) => time,
        ("timestamp", [string text]) => Rfc3339.TryParse(text, out var time) ? time
            : throw new CelException("type conversion error from 'string' to 'google.protobuf.Timestamp'"),
        ("isURL", [string text]) => Uri.TryCreate(text, UriKind.Absolute, out _) || (text.StartsWith('/') && Uri.TryCreate(text, UriKind.Relative, out _)),
        ("url", [string text]) => Uri.TryCreate(text, UriKind.Absolute, out var uri) ? Url(uri) : throw new CelException($"URL parse error during conversion from string: {text}"),
        ("isIP", [string text]) => IPAddress.TryParse(text, out _),
        ("isCIDR", [string text]) => IPNetwork.TryParse(text, out _),
        ("isQuantity", [string text]) => Quantity.IsValid(text),
        ("quantity", [string text]) => (double)(Quantity.Value(text) ?? throw new CelException($"{Quantity.Rule}")),
        _ => throw new CelException($"undeclared reference to '{name}' (in container '')"),
    };

    private static object? Member(string name, object?[] v) => (name, v) switch
    {
        ("size", [var value]) => Size(value),
        ("matches", [string text, string pattern]) => Matches(text, pattern),
        ("startsWith", [string text, string part]) => text.StartsWith(part, StringComparison.Ordinal),
        ("endsWith", [string text, string part]) => text.EndsWith(part, StringComparison.Ordinal),
        ("contains", [string text, string part]) => text.Contains(part, StringComparison.Ordinal),
        ("hasValue", [CelOptional optional]) => optional.HasValue,
        ("value", [CelOptional optional]) => optional.HasValue ? optional.Value : throw new CelException("optional.none() dereference"),
        ("orValue", [CelOptional optional, var fallback]) => optional.HasValue ? optional.Value : fallback,
        ("or", [CelOptional optional, CelOptional other]) => optional.HasValue ? optional : other,
        (_, [string text, ..]) => CelStrings.Call(name, text, v[1..]),
        (_, [List<object?> list, ..]) => CelLists.Call(name, list, v[1..]),
        (_, [DateTimeOffset time]) => Part(name, time),
        (_, [TimeSpan span]) => Part(name, span),
        (_, [Dictionary<object, object?> map]) when name.StartsWith("get") && map.TryGetValue(name, out var part) => part,
        _ => throw CelEvaluator.NoOverload(),
    };

    private static long Size(object? value) => value switch
    {
        string text => text.EnumerateRunes().Count(),
        byte[] bytes => bytes.Length,
        List<object?> list => list.Count,
        Dictionary<object, object?> map => map.Count,
        _ => throw CelEvaluator.NoOverload(),
    };

    private static bool Matches(string text, string pattern) => GoRegex.TryCompile(pattern, out var regex, out var fault)
        ? regex.IsMatch(text) : throw new CelException($"error parsing regexp: {fault}");

    private static Dictionary<object, object?> Url(Uri uri) => new()
    {
        ["getScheme"] = uri.Scheme,
        ["getHost"] = uri.Authority,
        ["getHostname"] = uri.Host,
        ["getPort"] = uri.IsDefaultPort ? "" : uri.Port.ToString(CultureInfo.InvariantCulture),
        ["getEscapedPath"] = uri.AbsolutePath,
    };

    private static long Part(string name, DateTimeOffset time) => name switch
    {
        "getFullYear" => time.UtcDateTime.Year,
        "getMonth" => time.UtcDateTime.Month - 1,
        "getDate" => time.UtcDateTime.Day,
        "getDayOfMonth" => time.UtcDateTime.Day - 1,
        "getDayOfWeek" => (long)time.UtcDateTime.DayOfWeek,
        "getDayOfYear" => time.UtcDateTime.DayOfYear - 1,
        "getHours" => time.UtcDateTime.Hour,
        "getMinutes" => time.UtcDateTime.Minute,
        "getSeconds" => time.UtcDateTime.Second,
        "getMilliseconds" => time.UtcDateTime.Millisecond,
        _ => throw CelEvaluator.NoOverload(),
    };

    private static long Part(string name, TimeSpan span) => name switch
    {
        "getHours" => (long)span.TotalHours,
        "getMinutes" => (long)span.TotalMinutes,
        "getSeconds" => (long)span.TotalSeconds,
        "getMilliseconds" => span.Milliseconds,
        _ => throw CelEvaluator.NoOverload(),
    };
}

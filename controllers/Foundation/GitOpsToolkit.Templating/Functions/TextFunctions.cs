using System.Text;
using GitOpsToolkit.Templating.Printing;
using static GitOpsToolkit.Templating.Functions.Signature;

namespace GitOpsToolkit.Templating.Functions;

/// <summary>sprig's functions on texts.</summary>
internal static class TextFunctions
{
    internal static IReadOnlyList<GoFunction> All { get; } =
    [
        new("hello", [], (_, _) => GoValue.OfBytes("Hello!")),
        Texts("trim", GoText.TrimSpace),
        Texts("trimall", TrimAll),
        Texts("trimAll", TrimAll),
        Texts("trimPrefix", (prefix, text) => text.StartsWith(prefix, StringComparison.Ordinal) ? text[prefix.Length..] : text),
        Texts("trimSuffix", (suffix, text) => text.EndsWith(suffix, StringComparison.Ordinal) ? text[..^suffix.Length] : text),
        Of("contains", [Text, Text], a => GoValue.Of(a[1].Bytes.Contains(a[0].Bytes, StringComparison.Ordinal))),
        Of("hasPrefix", [Text, Text], a => GoValue.Of(a[1].Bytes.StartsWith(a[0].Bytes, StringComparison.Ordinal))),
        Of("hasSuffix", [Text, Text], a => GoValue.Of(a[1].Bytes.EndsWith(a[0].Bytes, StringComparison.Ordinal))),
        Of("replace", [Text, Text, Text], (call, a) => GoValue.OfBytes(Replace(call, a[2].Bytes, a[0].Bytes, a[1].Bytes))),
        Of("repeat", [Int, Text], (call, a) => GoValue.OfBytes(Repeat(call, a[1].Bytes, a[0].Integer))),
        Of("trunc", [Int, Text], a => GoValue.OfBytes(Truncate(a[0].Integer, a[1].Bytes))),
        Of("substr", [Int, Int, Text], a => GoValue.OfBytes(Substring(a[0].Integer, a[1].Integer, a[2].Bytes))),
        Of("indent", [Int, Text], (call, a) => GoValue.OfBytes(Indent(call, a[0].Integer, a[1].Bytes))),
        Of("nindent", [Int, Text], (call, a) => GoValue.OfBytes("\n" + Indent(call, a[0].Integer, a[1].Bytes))),
        Of("plural", [Text, Text, Int], a => a[2].Integer == 1 ? a[0] : a[1]),
        Variadic("quote", [Any], (call, a) => Joined(call, a, value => GoQuote.Quote(Plain(call, value)))),
        Variadic("squote", [Any], (call, a) => Joined(call, a, value => $"'{GoPrinter.Text(call, value)}'")),
        Variadic("cat", [Any], Cat),
        Of("toString", [Any], (call, a) => GoValue.OfBytes(Plain(call, a[0]))),
        Of("toStrings", [Any], (call, a) => GoValue.OfStrings(Strings(call, a[0]))),
        Of("join", [Text, Any], (call, a) => GoValue.OfBytes(Join(call, a[0].Bytes, Strings(call, a[1])))),
        Of("sortAlpha", [Any], (call, a) => GoValue.OfStrings(Sorted(call, a[0]))),
        Of("split", [Text, Text], (call, a) => Numbered(Split(call, a[1].Bytes, a[0].Bytes, -1))),
        Of("splitn", [Text, Int, Text], (call, a) => Numbered(Split(call, a[2].Bytes, a[0].Bytes, a[1].Count()))),
        Of("splitList", [Text, Text], (call, a) => GoValue.OfStrings(Split(call, a[1].Bytes, a[0].Bytes, -1))),
    ];

    /// <summary>sprig's strslice: the elements of a list as texts, nil ones left out; anything else as the only one.</summary>
    internal static List<string> Strings(CallContext call, GoValue value)
    {
        var held = value.Unwrapped;
        if (held.Kind != GoKind.Slice)
        {
            return held.IsValid ? [Plain(call, held)] : [];
        }

        return [.. held.Items.Where(item => item.Unwrapped.IsValid).Select(item => Plain(call, item))];
    }

    private static GoValue Joined(CallContext call, GoValue[] values, Func<GoValue, string> write) =>
        GoValue.OfBytes(Join(call, " ", [.. values.Where(value => value.IsValid).Select(write)]));

    /// <summary>Texts with something between them, within the run's limit.</summary>
    internal static string Join(CallContext call, string separator, List<string> parts)
    {
        call.SpendBytes(parts.Sum(part => (long)part.Length + separator.Length));
        return string.Join(separator, parts);
    }

    /// <summary>Go's strings.Replace of all: an empty text is found before each code point and at the end.</summary>
    internal static string Replace(CallContext call, string text, string old, string with)
    {
        var result = new Output(call);
        var at = 0;
        if (old.Length == 0)
        {
            while (at < text.Length)
            {
                var (_, size) = GoText.Decode(text, at);
                result.Write(with).Write(text.Substring(at, size));
                at += size;
            }

            return result.Write(with).ToString();
        }

        while (text.IndexOf(old, at, StringComparison.Ordinal) is var found and >= 0)
        {
            result.Write(text[at..found]).Write(with);
            at = found + old.Length;
        }

        return result.Write(text[at..]).ToString();
    }

    /// <summary>Go's strings.SplitN; an empty separator splits between code points.</summary>
    internal static List<string> Split(CallContext call, string text, string separator, int most)
    {
        var parts = new List<string>();
        if (most == 0)
        {
            return parts;
        }

        var at = 0;
        while (parts.Count + 1 != most)
        {
            int end;
            if (separator.Length == 0)
            {
                end = at < text.Length ? at + GoText.Decode(text, at).Size : -1;
                end = end == text.Length ? -1 : end;
            }
            else
            {
                end = text.IndexOf(separator, at, StringComparison.Ordinal);
            }

            if (end < 0)
            {
                break;
            }

            call.Spend(1);
            parts.Add(text[at..end]);
            at = end + separator.Length;
        }

        if (separator.Length > 0 || at < text.Length)
        {
            parts.Add(text[at..]);
        }

        return parts;
    }

    internal static string Repeat(CallContext call, string text, long count)
    {
        if (count < 0)
        {
            throw new GoException("strings: negative Repeat count");
        }

        if (count == 0 || text.Length == 0)
        {
            return "";
        }

        call.SpendBytes(count > int.MaxValue ? long.MaxValue : count * text.Length);
        return new StringBuilder().Insert(0, text, (int)count).ToString();
    }

    private static GoValue Numbered(List<string> parts) => GoValue.MapOf(
        parts.Select((part, index) => KeyValuePair.Create(GoValue.OfBytes($"_{index}"), GoValue.OfBytes(part))),
        GoType.MapOf(GoType.String, GoType.String));

    private static string TrimAll(string cut, string text)
    {
        var runes = GoText.Runes(cut).ToHashSet();
        return GoText.Trim(text, runes.Contains);
    }

    private static string Truncate(long count, string text)
    {
        if (count < 0 && text.Length + count > 0)
        {
            return text[(int)(text.Length + count)..];
        }

        return count >= 0 && text.Length > count ? text[..(int)count] : text;
    }

    private static string Substring(long start, long end, string text)
    {
        if (start < 0)
        {
            return text[..Bound(end, text.Length, ":%d")];
        }

        if (end < 0 || end > text.Length)
        {
            return start <= text.Length ? text[(int)start..]
                : throw new GoException($"runtime error: slice bounds out of range [{start}:{text.Length}]");
        }

        return start <= end ? text[(int)start..(int)end]
            : throw new GoException($"runtime error: slice bounds out of range [{start}:{end}]");
    }

    private static int Bound(long end, int length, string shape)
    {
        if (end >= 0 && end <= length)
        {
            return (int)end;
        }

        var asked = shape.Replace("%d", NumberText.Of(end));
        throw new GoException(end < 0
            ? $"runtime error: slice bounds out of range [{asked}]"
            : $"runtime error: slice bounds out of range [{asked}] with length {length}");
    }

    private static string Indent(CallContext call, long spaces, string text)
    {
        var pad = Repeat(call, " ", spaces);
        return pad + Replace(call, text, "\n", "\n" + pad);
    }

    /// <summary>The values that are not nil, a space between them; the format it is made with has no space at its end.</summary>
    private static GoValue Cat(CallContext call, GoValue[] values)
    {
        var output = new Output(call);
        var present = values.Where(value => value.IsValid).ToArray();
        var format = string.Concat(Enumerable.Repeat("%v ", present.Length)).Trim(' ');
        new GoFormat(format, present, output).Run();
        return GoValue.OfBytes(output.ToString());
    }

    private static List<string> Sorted(CallContext call, GoValue value)
    {
        var strings = Strings(call, value);
        call.Spend(strings.Count * 20L);
        strings.Sort(StringComparer.Ordinal);
        return value.Unwrapped.Kind == GoKind.Slice ? strings : [Plain(call, value)];
    }
}

/// <summary>Numbers in decimal.</summary>
internal static class NumberText
{
    internal static string Of(long number) => number.ToString(System.Globalization.CultureInfo.InvariantCulture);
}

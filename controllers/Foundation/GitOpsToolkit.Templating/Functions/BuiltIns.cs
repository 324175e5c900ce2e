using System.Globalization;
using System.Text;
using GitOpsToolkit.Templating.Execution;
using GitOpsToolkit.Templating.Printing;

namespace GitOpsToolkit.Templating.Functions;

/// <summary>The functions that Go itself gives to templates.</summary>
internal static class BuiltIns
{
    private static readonly GoType Reflected = GoType.Reflected;

    /// <summary>call, which the executor hands on with the name of what is called.</summary>
    internal static GoFunction Call { get; } =
        new("call", [Reflected, Reflected], (_, _) => default) { IsVariadic = true };

    internal static IReadOnlyList<GoFunction> All { get; } =
    [
        Call,
        new("and", [Reflected, Reflected], (_, _) => default) { IsVariadic = true, StopsAt = false },
        new("or", [Reflected, Reflected], (_, _) => default) { IsVariadic = true, StopsAt = true },
        new("not", [Reflected], (_, arguments) => GoValue.Of(!Truth.Of(arguments[0].Unwrapped))),
        new("len", [Reflected], (_, arguments) => GoValue.Of(Length(arguments[0]))),
        new("index", [Reflected, Reflected], (_, arguments) => Index(arguments)) { IsVariadic = true },
        new("slice", [Reflected, Reflected], (_, arguments) => Slice(arguments)) { IsVariadic = true },
        new("eq", [Reflected, Reflected], (call, arguments) => GoValue.Of(Comparison.IsAny(call, arguments))) { IsVariadic = true },
        new("ne", [Reflected, Reflected], (call, arguments) => GoValue.Of(!Comparison.IsAny(call, arguments))),
        new("lt", [Reflected, Reflected], (_, arguments) => GoValue.Of(Comparison.IsLess(arguments))),
        new("le", [Reflected, Reflected], (call, arguments) => GoValue.Of(IsLessOrEqual(call, arguments))),
        new("gt", [Reflected, Reflected], (call, arguments) => GoValue.Of(!IsLessOrEqual(call, arguments))),
        new("ge", [Reflected, Reflected], (_, arguments) => GoValue.Of(!Comparison.IsLess(arguments))),
        new("print", [GoType.Interface], (call, arguments) => Print(call, arguments)) { IsVariadic = true },
        new("println", [GoType.Interface], (call, arguments) => PrintLine(call, arguments)) { IsVariadic = true },
        new("printf", [GoType.String, GoType.Interface], (call, arguments) => Format(call, arguments)) { IsVariadic = true },
        new("html", [GoType.Interface], (call, arguments) => Escaped(call, arguments, Html)) { IsVariadic = true },
        new("js", [GoType.Interface], (call, arguments) => Escaped(call, arguments, JavaScript)) { IsVariadic = true },
        new("urlquery", [GoType.Interface], (call, arguments) => Escaped(call, arguments, GoUrl.QueryEscape)) { IsVariadic = true },
    ];

    /// <summary>How errors name a function that was piped in.</summary>
    internal static string NameOf(GoValue value) =>
        value.Kind == GoKind.String ? value.Bytes : value.IsValid ? $"<{value.Type} Value>" : "<invalid Value>";

    /// <summary>Calls a function that is a value.</summary>
    internal static GoValue CallValue(CallContext call, string name, GoValue[] arguments)
    {
        var callee = arguments[0].Unwrapped;
        if (!callee.IsValid)
        {
            throw new GoException("call of nil");
        }

        if (callee.Data is not GoFunction function)
        {
            throw new GoException($"non-function {name} of type {callee.Type}");
        }

        var values = arguments[1..];
        var count = function.Parameters.Count;
        if (function.IsVariadic ? values.Length < count - 1 : values.Length != count)
        {
            var wanted = function.IsVariadic ? $"at least {count - 1}" : $"{count}";
            throw new GoException($"wrong number of args for {name}: got {values.Length} want {wanted}");
        }

        for (var i = 0; i < values.Length; i++)
        {
            values[i] = Prepared(values[i].Unwrapped, function.Parameters[Math.Min(i, count - 1)], $"arg {i}: ");
        }

        return function.Invoke(call, values);
    }

    private static GoValue Prepared(GoValue value, GoType type, string where = "")
    {
        if (!value.IsValid)
        {
            return type.CanBeNil ? GoValue.Zero(type) : throw new GoException($"{where}value is nil; should be of type {type}");
        }

        if (value.Type.IsAssignableTo(type))
        {
            return value;
        }

        if ((value.Type.IsInteger || value.Type.IsUnsigned) && (type.IsInteger || type.IsUnsigned))
        {
            return GoValue.Number(type, value.Type.IsUnsigned ? (long)value.Unsigned : value.Integer);
        }

        throw new GoException($"{where}value has type {value.Type}; should be {type}");
    }

    private static int Length(GoValue item)
    {
        var (held, isNil) = Executor.Indirect(item);
        if (isNil)
        {
            throw new GoException("len of nil pointer");
        }

        // Where there is no value at all Go trips over its own message.
        return held.Length ?? throw new GoException(held.IsValid ? $"len of type {held.Type}" : "reflect: call of reflect.Value.Type on zero Value");
    }

    private static GoValue Index(GoValue[] arguments)
    {
        var item = arguments[0].Unwrapped;
        if (!item.IsValid)
        {
            throw new GoException("index of untyped nil");
        }

        foreach (var index in arguments.AsSpan(1))
        {
            (item, var isNil) = Executor.Indirect(item);
            if (isNil)
            {
                throw new GoException("index of nil pointer");
            }

            item = Element(item, index.Unwrapped);
        }

        return item;
    }

    private static GoValue Element(GoValue item, GoValue index)
    {
        switch (item.Kind)
        {
            case GoKind.Slice:
                var at = Place(index, item.Items.Length);
                return at < item.Items.Length ? item.At(at) : throw new GoException("reflect: slice index out of range");
            case GoKind.String:
                at = Place(index, item.Bytes.Length);
                return at < item.Bytes.Length
                    ? GoValue.Number(GoType.Uint8, item.Bytes[at])
                    : throw new GoException("reflect: string index out of range");
            case GoKind.Map:
                var key = Prepared(index, item.Type!.Key!);
                return item.Map is not null && item.Map.TryGet(key, out var found)
                    ? GoValue.Placed(item.Type.Element!, found)
                    : GoValue.Zero(item.Type.Element!);
            default:
                throw new GoException($"can't index item of type {item.Type}");
        }
    }

    private static int Place(GoValue index, int count)
    {
        var place = index.Kind switch
        {
            GoKind.Int or GoKind.Int32 or GoKind.Int64 => index.Integer,
            GoKind.Uint or GoKind.Uint8 or GoKind.Uint64 => (long)index.Unsigned,
            GoKind.Invalid => throw new GoException("cannot index slice/array with nil"),
            _ => throw new GoException($"cannot index slice/array with type {index.Type}"),
        };
        return place >= 0 && place <= count
            ? (int)place
            : throw new GoException(string.Create(CultureInfo.InvariantCulture, $"index out of range: {place}"));
    }

    private static GoValue Slice(GoValue[] arguments)
    {
        var item = arguments[0].Unwrapped;
        if (!item.IsValid)
        {
            throw new GoException("slice of untyped nil");
        }

        if (arguments.Length > 4)
        {
            throw new GoException($"too many slice indexes: {arguments.Length - 1}");
        }

        if (item.Kind is not (GoKind.String or GoKind.Slice))
        {
            throw new GoException($"can't slice item of type {item.Type}");
        }

        if (item.Kind == GoKind.String && arguments.Length == 4)
        {
            throw new GoException("cannot 3-index slice a string");
        }

        var count = item.Length!.Value;
        int[] places = [0, count, count];
        for (var i = 1; i < arguments.Length; i++)
        {
            places[i - 1] = Place(arguments[i].Unwrapped, count);
        }

        for (var i = 0; i < Math.Max(arguments.Length - 2, 1); i++)
        {
            if (places[i] > places[i + 1])
            {
                throw new GoException($"invalid slice index: {places[i]} > {places[i + 1]}");
            }
        }

        return item.Kind == GoKind.String
            ? new GoValue(item.Type!, item.Bytes[places[0]..places[1]])
            : new GoValue(item.Type!, item.Items[places[0]..places[1]]);
    }

    private static bool IsLessOrEqual(CallContext call, GoValue[] arguments) =>
        Comparison.IsLess(arguments) || Comparison.IsAny(call, arguments);

    private static GoValue Print(CallContext call, GoValue[] arguments)
    {
        var output = new Output(call);
        new GoPrinter(output).PrintAll(arguments);
        return GoValue.OfBytes(output.ToString());
    }

    private static GoValue PrintLine(CallContext call, GoValue[] arguments)
    {
        var output = new Output(call);
        new GoPrinter(output).PrintLine(arguments);
        return GoValue.OfBytes(output.ToString());
    }

    private static GoValue Format(CallContext call, GoValue[] arguments)
    {
        var output = new Output(call);
        new GoFormat(arguments[0].Bytes, arguments[1..], output).Run();
        return GoValue.OfBytes(output.ToString());
    }

    /// <summary>Escapes what print makes of the arguments; "no value" stays in sight.</summary>
    private static GoValue Escaped(CallContext call, GoValue[] arguments, Func<string, string> escape)
    {
        var shown = arguments.Select(argument =>
            Executor.Printable(argument) is { IsValid: true } value ? value : GoValue.OfBytes("<no value>")).ToArray();
        var text = Print(call, shown).Bytes;
        call.SpendBytes(text.Length);
        var escaped = GoValue.OfBytes(escape(text));
        call.Spend(escaped);
        return escaped;
    }

    private static string Html(string text)
    {
        var escaped = new StringBuilder(text.Length);
        foreach (var c in text)
        {
            escaped.Append(c switch
            {
                '<' => "&lt;",
                '>' => "&gt;",
                '&' => "&amp;",
                '"' => "&#34;",
                '\'' => "&#39;",
                '\0' => GoText.FromRune(GoText.Replacement),
                _ => c.ToString(),
            });
        }

        return escaped.ToString();
    }

    private static string JavaScript(string text)
    {
        var escaped = new StringBuilder(text.Length);
        for (var at = 0; at < text.Length;)
        {
            var (rune, size) = GoText.Decode(text, at);
            escaped.Append(rune switch
            {
                '\\' => "\\\\",
                '\'' => "\\'",
                '"' => "\\\"",
                '<' or '>' or '&' or '=' or < ' ' => $"\\u{rune:X4}",
                < 0x80 => ((char)rune).ToString(),
                _ when GoQuote.IsPrint(rune) => text.Substring(at, size),
                _ => $"\\u{rune:X4}",
            });
            at += size;
        }

        return escaped.ToString();
    }
}

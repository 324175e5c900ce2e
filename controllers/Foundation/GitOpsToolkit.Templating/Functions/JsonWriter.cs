using System.Globalization;
using GitOpsToolkit.Templating.Printing;

namespace GitOpsToolkit.Templating.Functions;

/// <summary>Go's json.Marshal.</summary>
internal sealed class JsonWriter(CallContext call, bool isPretty, bool escapesHtml)
{
    private readonly Output output = new(call);
    private int depth;

    internal string Write(GoValue value)
    {
        Value(value);
        return output.ToString();
    }

    private void Value(GoValue value)
    {
        call.Descend();
        var held = value.Unwrapped;
        if (VersionFunctions.TextOf(held.Kind == GoKind.Pointer ? held.Inner : held) is { } version)
        {
            Text(GoText.FromText(version));
            return;
        }

        switch (held.Kind)
        {
            case GoKind.Invalid:
                output.Write("null");
                break;
            case GoKind.Bool:
                output.Write(held.Truth ? "true" : "false");
                break;
            case GoKind.Int or GoKind.Int32 or GoKind.Int64:
                output.Write(held.Integer.ToString(CultureInfo.InvariantCulture));
                break;
            case GoKind.Uint or GoKind.Uint8 or GoKind.Uint64:
                output.Write(held.Unsigned.ToString(CultureInfo.InvariantCulture));
                break;
            case GoKind.Float64:
                Number(held.Float);
                break;
            case GoKind.String:
                Text(held.Bytes);
                break;
            case GoKind.Pointer:
                Value(held.Inner);
                break;
            case GoKind.Slice:
                List(held);
                break;
            case GoKind.Map:
                Map(held);
                break;
            case GoKind.Struct when DateFunctions.JsonOf(held) is { } time:
                Text(time);
                break;
            case GoKind.Struct:
                Members(Fields(held).ToList());
                break;
            default:
                throw new GoException($"json: unsupported type: {held.Type}");
        }
    }

    private void List(GoValue list)
    {
        if (list.IsNil)
        {
            output.Write("null");
            return;
        }

        if (list.Type!.Element!.Kind == GoKind.Uint8)
        {
            output.Write('"').Write(Convert.ToBase64String([.. list.Items.Select(item => (byte)item.Unsigned)])).Write('"');
            return;
        }

        Enclosed('[', ']', list.Items, item => Value(item));
    }

    private void Map(GoValue map)
    {
        if (map.IsNil)
        {
            output.Write("null");
            return;
        }

        if (!(map.Type!.Key!.Kind == GoKind.String || map.Type.Key.IsInteger || map.Type.Key.IsUnsigned))
        {
            throw new GoException($"json: unsupported type: {map.Type}");
        }

        var members = map.Map!.Sorted().Select(entry => (Name: Signature.Plain(call, entry.Key), entry.Value)).ToList();
        members.Sort((left, right) => string.CompareOrdinal(left.Name, right.Name));
        Members(members);
    }

    /// <summary>The fields of a struct; those of embedded ones count as its own.</summary>
    private static IEnumerable<(string Name, GoValue Value)> Fields(GoValue value)
    {
        for (var i = 0; i < value.Type!.Fields.Count; i++)
        {
            var field = value.Type.Fields[i];
            if (!field.IsEmbedded)
            {
                yield return (field.Name, value.Struct.Fields[i]);
                continue;
            }

            foreach (var inner in Fields(value.Struct.Fields[i]))
            {
                yield return inner;
            }
        }
    }

    private void Members(List<(string Name, GoValue Value)> members) => Enclosed('{', '}', members, member =>
    {
        Text(member.Name);
        output.Write(isPretty ? ": " : ":");
        Value(member.Value);
    });

    private void Enclosed<T>(char open, char close, IReadOnlyList<T> items, Action<T> write)
    {
        output.Write(open);
        depth++;
        for (var i = 0; i < items.Count; i++)
        {
            output.Write(i > 0 ? "," : "");
            Line();
            write(items[i]);
        }

        depth--;
        if (items.Count > 0)
        {
            Line();
        }

        output.Write(close);
    }

    private void Line()
    {
        if (isPretty)
        {
            output.Write('\n').Write(' ', depth * 2);
        }
    }

    private void Number(double number)
    {
        if (!double.IsFinite(number))
        {
            throw new GoException($"json: unsupported value: {GoFloatText.Format(number, 'g', -1)}");
        }

        var size = Math.Abs(number);
        if (size != 0 && size is < 1e-6 or >= 1e21)
        {
            var text = GoFloatText.Format(number, 'e', -1);

            // e-09 is written e-9.
            output.Write(text is [.., 'e', '-', '0', _] ? text[..^2] + text[^1] : text);
            return;
        }

        output.Write(GoFloatText.Format(number, 'f', -1));
    }

    private void Text(string bytes)
    {
        output.Write('"');
        for (var at = 0; at < bytes.Length;)
        {
            var (rune, size) = GoText.Decode(bytes, at);
            output.Write(rune switch
            {
                '"' => "\\\"",
                '\\' => "\\\\",
                '\b' => "\\b",
                '\f' => "\\f",
                '\n' => "\\n",
                '\r' => "\\r",
                '\t' => "\\t",
                '<' or '>' or '&' when escapesHtml => string.Create(CultureInfo.InvariantCulture, $"\\u{rune:x4}"),
                < ' ' or 0x2028 or 0x2029 => string.Create(CultureInfo.InvariantCulture, $"\\u{rune:x4}"),
                GoText.Replacement when size == 1 => "\\ufffd",
                _ => bytes.Substring(at, size),
            });
            at += size;
        }

        output.Write('"');
    }
}

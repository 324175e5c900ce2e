using System.Buffers.Binary;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using GitOpsToolkit.Sandbox.ApiServer.Resources;
using GitOpsToolkit.Sandbox.Machinery;

namespace GitOpsToolkit.Sandbox.ApiServer.Protobuf;

/// <summary>Reads request bodies in Kubernetes' protobuf encoding, which kubectl 1.32 and later send for built-in kinds, as JSON trees.</summary>
internal static class ProtoReader
{
    public const string MediaType = "application/vnd.kubernetes.protobuf";

    private const int MaxDepth = 64;

    /// <summary>Reads an object with its envelope: <c>k8s\0</c>, then apiVersion and kind, then the message.</summary>
    /// <exception cref="FormatException">The body is damaged, or its kind is not in the table.</exception>
    public static JsonObject Read(ReadOnlySpan<byte> body)
    {
        if (!body.StartsWith("k8s\0"u8))
        {
            throw new FormatException("provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]");
        }

        var envelope = new ProtoWire(body[4..]);
        var (apiVersion, kind) = ("", "");
        ReadOnlySpan<byte> raw = [];
        while (envelope.Next())
        {
            if (envelope.Number == 1)
            {
                var type = new ProtoWire(envelope.Bytes);
                while (type.Next())
                {
                    (apiVersion, kind) = type.Number == 1 ? (Text(type.Bytes), kind) : (apiVersion, type.Number == 2 ? Text(type.Bytes) : kind);
                }
            }
            else if (envelope.Number == 2)
            {
                raw = envelope.Bytes;
            }
        }

        var tree = new JsonObject { ["apiVersion"] = apiVersion, ["kind"] = kind };
        var message = ProtoTypes.NameOf(apiVersion, kind);
        Message(raw, message, tree, 0);
        return tree;
    }

    private static void Message(ReadOnlySpan<byte> data, string message, JsonObject tree, int depth)
    {
        if (depth > MaxDepth)
        {
            throw new FormatException("the message is nested too deeply");
        }

        var fields = ProtoTypes.Find(message) ?? throw new FormatException($"no protobuf fields are known of {message}");
        var wire = new ProtoWire(data);
        while (wire.Next())
        {
            if (fields.TryGetValue(wire.Number, out var field))
            {
                Field(wire, field, tree, depth);
            }
        }
    }

    private static void Field(ProtoWire wire, ProtoField field, JsonObject tree, int depth)
    {
        if (field.IsInline)
        {
            Message(wire.Bytes, field.Type, tree, depth + 1);
        }
        else if (field.IsMap)
        {
            var entry = new ProtoWire(wire.Bytes);
            var key = "";
            JsonNode? value = field.Type == "s" ? JsonValue.Create("") : null;
            while (entry.Next())
            {
                if (entry.Number == 1)
                {
                    key = Text(entry.Bytes);
                }
                else
                {
                    value = Value(entry, field.Type, depth);
                }
            }

            tree.Child(field.Name)[key] = value;
        }
        else if (field.IsList)
        {
            if (tree[field.Name] is not JsonArray list)
            {
                tree[field.Name] = list = [];
            }

            list.Add(Value(wire, field.Type, depth));
        }
        else if (Value(wire, field.Type, depth) is { } value && (field.IsOptional || !IsZero(value)))
        {
            tree[field.Name] = value;
        }
    }

    private static JsonNode? Value(ProtoWire wire, string type, int depth)
    {
        switch (type)
        {
            case "s":
                return JsonValue.Create(Text(wire.Bytes));
            case "i":
                return JsonValue.Create((long)wire.Integer);
            case "b":
                return JsonValue.Create(wire.Integer != 0);
            case "d":
                return JsonValue.Create(BitConverter.UInt64BitsToDouble(wire.Integer));
            case "y":
                return JsonValue.Create(Convert.ToBase64String(wire.Bytes));
            case "meta.v1.Time" or "meta.v1.MicroTime":
                return Time(wire.Bytes, micro: type.EndsWith("MicroTime", StringComparison.Ordinal));
            case "resource.Quantity":
                return JsonValue.Create(FirstText(wire.Bytes));
            case "intstr.IntOrString":
                return IntOrString(wire.Bytes);
            case "meta.v1.FieldsV1" or "runtime.RawExtension":
                return Embedded(wire.Bytes);
            default:
                var tree = new JsonObject();
                Message(wire.Bytes, type, tree, depth + 1);
                // Lists of texts that Go declares as types of their own (extra values) are messages here and arrays in JSON.
                return type.EndsWith(".ExtraValue", StringComparison.Ordinal) ? tree["items"]?.DeepClone() ?? new JsonArray() : tree;
        }
    }

    private static bool IsZero(JsonNode value) => value.GetValueKind() switch
    {
        JsonValueKind.String => value.GetValue<string>().Length == 0,
        JsonValueKind.Number => Json.Number(value) == 0,
        JsonValueKind.False => true,
        JsonValueKind.Object => value.AsObject().Count == 0,
        _ => false,
    };

    private static JsonValue? Time(ReadOnlySpan<byte> data, bool micro)
    {
        var wire = new ProtoWire(data);
        long seconds = 0, nanos = 0;
        var any = false;
        while (wire.Next())
        {
            any = true;
            (seconds, nanos) = wire.Number == 1 ? ((long)wire.Integer, nanos) : (seconds, (long)wire.Integer);
        }

        if (!any)
        {
            return null;
        }

        var time = DateTimeOffset.FromUnixTimeSeconds(seconds).AddTicks(nanos / 100).UtcDateTime;
        return JsonValue.Create(time.ToString(micro ? "yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'" : "yyyy-MM-dd'T'HH:mm:ss'Z'"));
    }

    private static string FirstText(ReadOnlySpan<byte> data)
    {
        var wire = new ProtoWire(data);
        return wire.Next() ? Text(wire.Bytes) : "0";
    }

    private static JsonNode IntOrString(ReadOnlySpan<byte> data)
    {
        var wire = new ProtoWire(data);
        ulong kind = 0, number = 0;
        var text = "";
        while (wire.Next())
        {
            switch (wire.Number)
            {
                case 1:
                    kind = wire.Integer;
                    break;
                case 2:
                    number = wire.Integer;
                    break;
                case 3:
                    text = Text(wire.Bytes);
                    break;
            }
        }

        return kind == 0 ? JsonValue.Create((long)number) : JsonValue.Create(text);
    }

    private static JsonNode? Embedded(ReadOnlySpan<byte> data)
    {
        var wire = new ProtoWire(data);
        return wire.Next() && wire.Bytes.Length > 0 ? StrictJson.Parse(wire.Bytes) : null;
    }

    private static string Text(ReadOnlySpan<byte> data) => Encoding.UTF8.GetString(data);
}

/// <summary>Walks over the fields of one message.</summary>
internal ref struct ProtoWire(ReadOnlySpan<byte> data)
{
    private ReadOnlySpan<byte> rest = data;

    public int Number { get; private set; }

    public ReadOnlySpan<byte> Bytes { get; private set; }

    public ulong Integer { get; private set; }

    /// <exception cref="FormatException">The message ends within a field, or has a wire type that protobuf 3 does not know.</exception>
    public bool Next()
    {
        if (rest.IsEmpty)
        {
            return false;
        }

        var key = Varint();
        Number = (int)(key >> 3);
        Bytes = [];
        Integer = 0;
        switch (key & 7)
        {
            case 0:
                Integer = Varint();
                break;
            case 1:
                Integer = BinaryPrimitives.ReadUInt64LittleEndian(Take(8));
                break;
            case 2:
                Bytes = Take(Varint());
                break;
            case 5:
                Integer = BinaryPrimitives.ReadUInt32LittleEndian(Take(4));
                break;
            default:
                throw new FormatException($"proto: illegal wireType {key & 7}");
        }

        return true;
    }

    private ulong Varint()
    {
        ulong value = 0;
        for (var shift = 0; shift < 64; shift += 7)
        {
            var part = Take(1)[0];
            value |= (ulong)(part & 0x7f) << shift;
            if (part < 0x80)
            {
                return value;
            }
        }

        throw new FormatException("proto: integer overflow");
    }

    private ReadOnlySpan<byte> Take(ulong length)
    {
        if (length > (ulong)rest.Length)
        {
            throw new FormatException("unexpected EOF");
        }

        var taken = rest[..(int)length];
        rest = rest[(int)length..];
        return taken;
    }
}

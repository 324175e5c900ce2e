using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace GitOpsToolkit.Sandbox.Machinery.Types;

/// <summary>
/// Brings an object into the shape that it has after a round trip through the server's own types: unknown fields gone, nulls gone,
/// empty values left out or written as the type says, quantities canonical.
/// </summary>
internal sealed class TypeDecoder
{
    private readonly List<string> unknown = [];

    /// <summary>Paths of the fields that the type does not know, in document order.</summary>
    public IReadOnlyList<string> Unknown => unknown;

    /// <summary>Rewrites <paramref name="value"/> in place.</summary>
    /// <exception cref="FormatException">A value has the wrong type; the message is worded as Go's decoder does.</exception>
    public void Decode(JsonObject value, SchemaType type) => Struct(value, type, new Where("", "", type.Name));

    private readonly record struct Where(string Path, string Fields, string Owner)
    {
        public Where Field(string name, string owner) =>
            new(Path.Length == 0 ? name : $"{Path}.{name}", Fields.Length == 0 ? name : $"{Fields}.{name}", owner);

        public Where Item(int index) => this with { Path = $"{Path}[{index}]" };

        public Where Entry(string key) => this with { Path = $"{Path}.{key}" };
    }

    private void Struct(JsonObject value, SchemaType type, Where where)
    {
        foreach (var (name, child) in value.ToList())
        {
            if (!type.FieldTable.TryGetValue(name, out var field))
            {
                unknown.Add(where.Path.Length == 0 ? name : $"{where.Path}.{name}");
                value.Remove(name);
                continue;
            }

            var decoded = child is null ? null : Value(child, field.Type, where.Field(name, type.Name));
            if (decoded is null || (field.Empty == EmptyForm.Omit && IsEmpty(decoded)))
            {
                value.Remove(name);
            }
            else if (!ReferenceEquals(decoded, child))
            {
                value[name] = decoded;
            }
        }

        Complete(value, type);
    }

    /// <summary>What an object is made of before anybody set a field: what is written however empty it is.</summary>
    public static JsonObject Skeleton(SchemaType type)
    {
        var skeleton = new JsonObject { ["metadata"] = new JsonObject() };
        Complete(skeleton, type, withLists: true);
        return skeleton;
    }

    private static void Complete(JsonObject value, SchemaType type, bool withLists = false)
    {
        foreach (var (name, field) in type.FieldTable)
        {
            if (field.Empty is EmptyForm.Keep or EmptyForm.Omit || value.ContainsKey(name))
            {
                continue;
            }

            switch (field.Type.Kind)
            {
                case SchemaKind.List:
                case SchemaKind.Map when field.Empty == EmptyForm.Zero:
                    // The server writes null here, which says no more than nothing at all.
                    if (withLists)
                    {
                        value[name] = null;
                    }

                    break;
                case SchemaKind.Map:
                    var empty = new JsonObject();
                    Complete(empty, field.Type, withLists);
                    value[name] = empty;
                    break;
                default:
                    value[name] = Zero(field.Type);
                    break;
            }
        }
    }

    private JsonNode? Value(JsonNode value, SchemaType type, Where where) => type.Kind switch
    {
        SchemaKind.Any => value,
        SchemaKind.List => List(value as JsonArray ?? throw Wrong(value, type, where), type, where),
        SchemaKind.Map => Map(value as JsonObject ?? throw Wrong(value, type, where), type, where),
        _ => Scalar(value, type, where),
    };

    private JsonArray List(JsonArray list, SchemaType type, Where where)
    {
        for (var i = 0; i < list.Count; i++)
        {
            var decoded = list[i] is { } item ? Value(item, type.Element!, where.Item(i)) : Zero(type.Element!);
            if (!ReferenceEquals(decoded, list[i]))
            {
                list[i] = decoded;
            }
        }

        return list;
    }

    private JsonObject Map(JsonObject map, SchemaType type, Where where)
    {
        if (type.Element is null)
        {
            Struct(map, type, where);
            return map;
        }

        foreach (var (name, child) in map.ToList())
        {
            var decoded = child is { } value ? Value(value, type.Element, where.Entry(name)) : Zero(type.Element);
            if (!ReferenceEquals(decoded, child))
            {
                map[name] = decoded;
            }
        }

        return map;
    }

    private static JsonObject Completed(SchemaType type)
    {
        var value = new JsonObject();
        Complete(value, type);
        return value;
    }

    private static JsonNode? Zero(SchemaType type) => type.Kind switch
    {
        SchemaKind.String => JsonValue.Create(""),
        SchemaKind.Boolean => JsonValue.Create(false),
        SchemaKind.Int32 or SchemaKind.Int64 or SchemaKind.Number or SchemaKind.IntOrString => JsonValue.Create(0L),
        SchemaKind.Quantity => JsonValue.Create("0"),
        SchemaKind.Map => Completed(type),
        _ => null,
    };

    private static JsonNode Scalar(JsonNode value, SchemaType type, Where where)
    {
        var kind = value.GetValueKind();
        var text = kind == JsonValueKind.String ? value.GetValue<string>() : null;
        switch (type.Kind)
        {
            case SchemaKind.String when text is not null:
            case SchemaKind.Number when kind == JsonValueKind.Number:
            case SchemaKind.Boolean when kind is JsonValueKind.True or JsonValueKind.False:
            case SchemaKind.IntOrString when text is not null:
            case SchemaKind.Int64 when Whole(value, long.MinValue, long.MaxValue):
            case SchemaKind.Int32 or SchemaKind.IntOrString when Whole(value, int.MinValue, int.MaxValue):
                return value;
            case SchemaKind.Quantity when text is not null || kind == JsonValueKind.Number:
                var canonical = Quantity.Canonical(text ?? value.ToJsonString()) ?? throw new FormatException(Quantity.Rule);
                return canonical == text ? value : JsonValue.Create(canonical);
            case SchemaKind.Bytes when text is not null:
                return Convert.TryFromBase64String(text, new byte[text.Length], out _)
                    ? value : throw new FormatException("illegal base64 data at input byte 0");
            case SchemaKind.Time or SchemaKind.MicroTime when text is not null:
                return Time(value, text, type.Kind == SchemaKind.MicroTime);
            default:
                throw Wrong(value, type, where);
        }
    }

    private static JsonNode Time(JsonNode value, string text, bool micro)
    {
        if (!Rfc3339.TryParse(text, out var time))
        {
            throw new FormatException(
                $"parsing time {GoText.Quote(text)} as \"2006-01-02T15:04:05Z07:00\": cannot parse {GoText.Quote(text)} as \"2006\"");
        }

        var canonical = micro ? Rfc3339.FormatMicro(time) : Rfc3339.Format(time);
        return canonical == text ? value : JsonValue.Create(canonical);
    }

    private static bool Whole(JsonNode value, long lowest, long highest) =>
        value.GetValueKind() == JsonValueKind.Number
        && long.TryParse(value.ToJsonString(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
        && number >= lowest && number <= highest;

    private static bool IsEmpty(JsonNode value) => value switch
    {
        JsonObject map => map.Count == 0,
        JsonArray list => list.Count == 0,
        _ => value.GetValueKind() switch
        {
            JsonValueKind.String => value.GetValue<string>().Length == 0,
            JsonValueKind.False => true,
            JsonValueKind.Number => Json.Number(value) == 0,
            _ => false,
        },
    };

    private static FormatException Wrong(JsonNode value, SchemaType type, Where where)
    {
        var kind = JsonKinds.Name(value);
        if (kind == "number" && type.Kind is SchemaKind.Int32 or SchemaKind.Int64)
        {
            kind = $"number {value.ToJsonString()}";
        }

        return new FormatException($"json: cannot unmarshal {kind} into Go struct field {where.Owner}.{where.Fields} of type {GoType(type)}");
    }

    private static string GoType(SchemaType type) => type.Kind switch
    {
        SchemaKind.String => "string",
        SchemaKind.Int32 => "int32",
        SchemaKind.Int64 => "int64",
        SchemaKind.Number => "float64",
        SchemaKind.Boolean => "bool",
        SchemaKind.Quantity => "resource.Quantity",
        SchemaKind.IntOrString => "intstr.IntOrString",
        SchemaKind.Time => "v1.Time",
        SchemaKind.MicroTime => "v1.MicroTime",
        SchemaKind.Bytes => "[]uint8",
        SchemaKind.List => $"[]{GoType(type.Element!)}",
        SchemaKind.Map when type.Element is not null => $"map[string]{GoType(type.Element)}",
        SchemaKind.Map => $"v1.{type.Name}",
        _ => "interface {}",
    };
}

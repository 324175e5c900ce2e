using System.Buffers.Binary;
using System.Text;
using System.Text.Json.Nodes;

namespace GitOpsToolkit.Sandbox.ApiServer.Tests;

/// <summary>A protobuf message as a list of fields, and what gnostic's <c>openapi.v2.Schema</c> makes of it.</summary>
internal sealed record OpenApiMessage(byte[] Bytes, IReadOnlyList<(int Field, object Value)> Fields)
{
    private static readonly string[] Keywords =
    [
        "", "$ref", "format", "title", "description", "default", "multipleOf", "maximum", "exclusiveMaximum", "minimum", "exclusiveMinimum", "maxLength",
        "minLength", "pattern", "maxItems", "minItems", "uniqueItems", "maxProperties", "minProperties", "required", "enum", "additionalProperties", "type",
        "items", "allOf", "properties",
    ];

    public string Text => Encoding.UTF8.GetString(Bytes);

    public static OpenApiMessage Read(byte[] bytes)
    {
        var fields = new List<(int, object)>();
        for (var at = 0; at < bytes.Length;)
        {
            var tag = Varint(bytes, ref at);
            switch (tag & 7)
            {
                case 0:
                    fields.Add(((int)(tag >> 3), (long)Varint(bytes, ref at)));
                    break;
                case 1:
                    fields.Add(((int)(tag >> 3), BinaryPrimitives.ReadDoubleLittleEndian(bytes.AsSpan(at))));
                    at += 8;
                    break;
                case 2:
                    var length = (int)Varint(bytes, ref at);
                    fields.Add(((int)(tag >> 3), bytes[at..(at + length)]));
                    at += length;
                    break;
                default:
                    throw new FormatException($"wire type {tag & 7}");
            }
        }

        return new(bytes, fields);
    }

    public OpenApiMessage First(int field) => All(field).First();

    public IEnumerable<OpenApiMessage> All(int field) => Fields.Where(f => f.Field == field).Select(f => Of((byte[])f.Value));

    /// <summary>The message as a JSON schema.</summary>
    public JsonObject Schema()
    {
        var schema = new JsonObject();
        foreach (var (field, value) in Fields)
        {
            switch (field)
            {
                case 31:
                    var extension = Of((byte[])value);
                    schema[extension.First(1).Text] = JsonNode.Parse(extension.First(2).First(2).Text);
                    break;
                case 19 or 20:
                    var list = schema[Keywords[field]] as JsonArray ?? [];
                    schema[Keywords[field]] ??= list;
                    list.Add(field == 19 ? Of((byte[])value).Text : JsonNode.Parse(Of((byte[])value).First(2).Text));
                    break;
                default:
                    schema[Keywords[field]] = Value(field, value);
                    break;
            }
        }

        return schema;
    }

    private static JsonNode? Value(int field, object value) => (field, value) switch
    {
        (21 or 23, byte[] bytes) => Of(bytes).First(1).Schema(),
        (22, byte[] bytes) => Of(bytes).First(1).Text,
        (25, byte[] bytes) => new JsonObject(Of(bytes).All(1).Select(p => KeyValuePair.Create(p.First(1).Text, (JsonNode?)p.First(2).Schema()))),
        (8 or 10 or 16, long truth) => truth == 1,
        (_, byte[] bytes) => Encoding.UTF8.GetString(bytes),
        (_, double number) => number,
        (_, long number) => number,
        _ => throw new FormatException($"field {field}"),
    };

    /// <summary>Text is no message: its fields are read only where they are asked for.</summary>
    private static OpenApiMessage Of(byte[] bytes)
    {
        try
        {
            return Read(bytes);
        }
        catch (Exception e) when (e is FormatException or ArgumentException or IndexOutOfRangeException)
        {
            return new(bytes, []);
        }
    }

    private static ulong Varint(byte[] bytes, ref int at)
    {
        var value = 0UL;
        for (var shift = 0; ; shift += 7)
        {
            var next = bytes[at++];
            value |= (ulong)(next & 0x7f) << shift;
            if (next < 0x80)
            {
                return value;
            }
        }
    }
}

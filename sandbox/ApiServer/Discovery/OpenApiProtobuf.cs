using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using GitOpsToolkit.Sandbox.ApiServer.Storage;

namespace GitOpsToolkit.Sandbox.ApiServer.Discovery;

/// <summary>
/// An OpenAPI v2 document as protobuf, in the messages of gnostic's <c>openapi.v2</c>: the only form that kubectl before 1.27 takes. What has
/// no field of its own there (extensions, enumerated values, defaults) is carried as YAML, of which JSON is a part.
/// </summary>
internal static class OpenApiProtobuf
{
    /// <summary>Fields of the message Schema by keyword. What they hold is told by the value.</summary>
    private static readonly Dictionary<string, int> Fields = new(StringComparer.Ordinal)
    {
        ["$ref"] = 1,
        ["format"] = 2,
        ["title"] = 3,
        ["description"] = 4,
        ["default"] = 5,
        ["multipleOf"] = 6,
        ["maximum"] = 7,
        ["exclusiveMaximum"] = 8,
        ["minimum"] = 9,
        ["exclusiveMinimum"] = 10,
        ["maxLength"] = 11,
        ["minLength"] = 12,
        ["pattern"] = 13,
        ["maxItems"] = 14,
        ["minItems"] = 15,
        ["uniqueItems"] = 16,
        ["maxProperties"] = 17,
        ["minProperties"] = 18,
        ["required"] = 19,
        ["enum"] = 20,
        ["additionalProperties"] = 21,
        ["type"] = 22,
        ["items"] = 23,
        ["properties"] = 25,
        ["example"] = 30,
    };

    /// <summary>Document: swagger 1, info 2, paths 8, definitions 9; a path's patch is field 8 of it.</summary>
    public static byte[] Bytes(JsonObject document)
    {
        var info = (JsonObject)document["info"]!;
        var paths = ((JsonObject)document["paths"]!).SelectMany(p => Named(2, p.Key, Message(8, Operation((JsonObject)p.Value!["patch"]!))));
        return
        [
            .. Field(1, document["swagger"]!.ToString()),
            .. Message(2, [.. Field(1, info["title"]!.ToString()), .. Field(2, info["version"]!.ToString())]),
            .. Message(8, [.. paths]),
            .. Message(9, Models((JsonObject)document["definitions"]!)),
        ];
    }

    private static byte[] Operation(JsonObject operation)
    {
        // ParametersItem.parameter / Parameter.non_body_parameter / NonBodyParameter.query_parameter_sub_schema: in 2, name 4, type 6
        var parameters = ((JsonArray)operation["parameters"]!).SelectMany(p => Message(8, Message(1, Message(2, Message(3,
            [.. Field(2, p!["in"]!.ToString()), .. Field(4, p["name"]!.ToString()), .. Field(6, p["type"]!.ToString())])))));
        return [.. parameters, .. Extensions(13, operation)];
    }

    /// <summary>Definitions and Properties: both hold named schemas as field 1.</summary>
    private static byte[] Models(JsonObject models) => [.. models.SelectMany(m => Named(1, m.Key, Schema((JsonObject)m.Value!)))];

    private static byte[] Schema(JsonObject schema)
    {
        var output = new ArrayBufferWriter<byte>();
        foreach (var (keyword, value) in schema)
        {
            if (value is not null && Fields.TryGetValue(keyword, out var field))
            {
                output.Write(Keyword(field, keyword, value));
            }
        }

        output.Write(Extensions(31, schema));
        return output.WrittenSpan.ToArray();
    }

    private static byte[] Keyword(int field, string keyword, JsonNode value) => (keyword, value) switch
    {
        ("default" or "example", _) => Message(field, Any(value)),
        ("enum", JsonArray values) => [.. values.SelectMany(v => Message(field, Any(v)))],
        ("required", JsonArray names) => [.. names.SelectMany(n => Field(field, n!.ToString()))],
        ("type", _) => Message(field, Field(1, value.ToString())),
        ("items", JsonObject items) => Message(field, Message(1, Schema(items))),
        ("properties", JsonObject properties) => Message(field, Models(properties)),
        ("additionalProperties", JsonObject values) => Message(field, Message(1, Schema(values))),
        ("additionalProperties", _) => Message(field, Truth(2, value)),
        ("exclusiveMaximum" or "exclusiveMinimum" or "uniqueItems", _) => Truth(field, value),
        ("multipleOf" or "maximum" or "minimum", _) => Double(field, value),
        (_, JsonValue number) when number.GetValueKind() == JsonValueKind.Number => Whole(field, value),
        _ => Field(field, value.ToString()),
    };

    /// <summary>NamedAny: name 1, value 2.</summary>
    private static byte[] Extensions(int field, JsonObject of) =>
        [.. of.Where(p => p.Key.StartsWith("x-", StringComparison.Ordinal)).SelectMany(p => Named(field, p.Key, Any(p.Value)))];

    /// <summary>The message Any: yaml 2.</summary>
    private static byte[] Any(JsonNode? value) => Message(2, value is null ? "null"u8.ToArray() : JsonText.Bytes(value));

    private static byte[] Named(int field, string name, byte[] value) => Message(field, [.. Field(1, name), .. Message(2, value)]);

    private static byte[] Truth(int field, JsonNode value) => [.. Varint((uint)field << 3), (byte)(value.GetValue<bool>() ? 1 : 0)];

    private static byte[] Whole(int field, JsonNode value) =>
        [.. Varint((uint)field << 3), .. Varint((ulong)long.Parse(value.ToString(), NumberStyles.Number | NumberStyles.AllowExponent, CultureInfo.InvariantCulture))];

    private static byte[] Double(int field, JsonNode value)
    {
        var bytes = new byte[8];
        BinaryPrimitives.WriteDoubleLittleEndian(bytes, double.Parse(value.ToString(), CultureInfo.InvariantCulture));
        return [.. Varint(((uint)field << 3) | 1), .. bytes];
    }

    private static byte[] Field(int field, string text) => Message(field, Encoding.UTF8.GetBytes(text));

    private static byte[] Message(int field, byte[] content) => [.. Varint(((uint)field << 3) | 2), .. Varint((ulong)content.Length), .. content];

    private static byte[] Varint(ulong value)
    {
        var output = new List<byte>(10);
        for (; value >= 0x80; value >>= 7)
        {
            output.Add((byte)(value | 0x80));
        }

        output.Add((byte)value);
        return [.. output];
    }
}

using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using GitOpsToolkit.Yaml;

namespace GitOpsToolkit.SchemaFacts;

/// <summary>
/// Reads an OpenAPI v2 document in its protobuf form (gnostic's messages): as an API server gives it at <c>/openapi/v2</c>, gzipped, or
/// inside the Go source that kustomize embeds it with. Only definitions are looked at.
/// </summary>
internal static partial class OpenApiReader
{
    private const string Prefix = "#/definitions/";

    internal static SchemaModel Read(string file)
    {
        var bytes = File.ReadAllBytes(file);
        if (file.EndsWith(".go", StringComparison.Ordinal))
        {
            bytes = Literal(Encoding.UTF8.GetString(bytes));
        }

        var model = new SchemaModel();
        foreach (var definitions in ProtobufMessage.Parse(Unzipped(bytes)).Messages(9))
        {
            foreach (var named in definitions.Messages(1))
            {
                Add(model, named.Text(1), named.Messages(2).First());
            }
        }

        return model;
    }

    private static void Add(SchemaModel model, string name, ProtobufMessage schema)
    {
        var fields = new Dictionary<string, SchemaField>(StringComparer.Ordinal);
        foreach (var property in schema.Messages(25).SelectMany(properties => properties.Messages(1)))
        {
            fields[property.Text(1)] = Field(property.Messages(2).First());
        }

        model.Types[name] = fields;
        foreach (var kind in (Extension(schema, "x-kubernetes-group-version-kind") as JsonArray ?? []).OfType<JsonObject>())
        {
            var group = kind["group"]!.GetValue<string>();
            model.Kinds[($"{group}{(group.Length > 0 ? "/" : "")}{kind["version"]}", kind["kind"]!.GetValue<string>())] = name;
        }
    }

    private static SchemaField Field(ProtobufMessage schema)
    {
        var items = schema.Messages(23).SelectMany(item => item.Messages(1)).FirstOrDefault();
        var reference = (items ?? schema).Text(1);
        var type = reference.StartsWith(Prefix, StringComparison.Ordinal) ? reference[Prefix.Length..] : null;
        var strategies = Extension(schema, "x-kubernetes-patch-strategy")?.GetValue<string>().Split(',') ?? [];
        return new SchemaField(items is not null && strategies.Contains("merge") ? Keys(schema) : null, type, items is not null);
    }

    /// <summary>As kustomize looks them up: the keys of the list where there are any, else the merge key.</summary>
    private static IReadOnlyList<string> Keys(ProtobufMessage schema)
    {
        if (Extension(schema, "x-kubernetes-list-map-keys") is JsonArray keys)
        {
            return [.. keys.Select(key => key!.GetValue<string>())];
        }

        return Extension(schema, "x-kubernetes-patch-merge-key") is { } key ? [key.GetValue<string>()] : [];
    }

    private static JsonNode? Extension(ProtobufMessage schema, string name)
    {
        var found = schema.Messages(31).FirstOrDefault(extension => extension.Text(1) == name);
        return found is null ? null : YamlReader.ReadOne(found.Messages(2).First().Text(2)).Root;
    }

    private static byte[] Unzipped(byte[] bytes)
    {
        if (bytes is not [0x1f, 0x8b, ..])
        {
            return bytes;
        }

        using var zipped = new GZipStream(new MemoryStream(bytes), CompressionMode.Decompress);
        using var plain = new MemoryStream();
        zipped.CopyTo(plain);
        return plain.ToArray();
    }

    /// <summary>The bytes of the longest string literal that is written in hexadecimal escapes only.</summary>
    private static byte[] Literal(string source)
    {
        var literal = HexLiteral().Matches(source).MaxBy(match => match.Length) ?? throw new FormatException("no literal of bytes in the Go source");
        var bytes = new byte[(literal.Length - 2) / 4];
        for (var i = 0; i < bytes.Length; i++)
        {
            bytes[i] = byte.Parse(literal.ValueSpan.Slice(1 + (4 * i) + 2, 2), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        }

        return bytes;
    }

    [GeneratedRegex("\"(?:\\\\x[0-9a-f]{2})+\"", RegexOptions.NonBacktracking)]
    private static partial Regex HexLiteral();
}

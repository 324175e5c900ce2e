using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace GitOpsToolkit.Yaml;

/// <summary>Lays JSON out in YAML's block style.</summary>
internal sealed class BlockWriter(Emitter emitter, bool sortKeys)
{
    private const int Step = 2;

    /// <summary>A simple key may have so many bytes; a longer one is written as <c>? key</c>.</summary>
    private const int MaxSimpleKey = 128;

    internal void WriteRoot(JsonNode? root)
    {
        switch (root)
        {
            case JsonObject { Count: > 0 } map:
                WriteMap(map, 0);
                break;
            case JsonArray { Count: > 0 } list:
                WriteList(list, 0);
                break;
            default:
                WriteScalar(root, Step);
                break;
        }

        emitter.EndLine();
    }

    private void WriteMap(JsonObject map, int indent)
    {
        var entries = map.ToArray();
        if (sortKeys)
        {
            Array.Sort(entries, static (a, b) => NaturalKeyOrder.Instance.Compare(a.Key, b.Key));
        }

        foreach (var (key, value) in entries)
        {
            emitter.Indent(indent);
            if (IsSimpleKey(key))
            {
                emitter.WriteString(key, indent + Step, asKey: true);
                emitter.Raw(":");
                WriteValue(value, indent);
                continue;
            }

            emitter.Raw("?");
            emitter.WriteString(key, indent + Step, asKey: false);
            emitter.Indent(indent);
            emitter.Indicator(':');
            WriteItem(value, indent);
        }
    }

    private void WriteValue(JsonNode? value, int indent)
    {
        switch (value)
        {
            case JsonObject { Count: > 0 } map:
                WriteMap(map, indent + Step);
                break;
            case JsonArray { Count: > 0 } list:
                WriteList(list, indent);
                break;
            default:
                WriteScalar(value, indent + Step);
                break;
        }
    }

    private void WriteList(JsonArray list, int indent)
    {
        foreach (var item in list)
        {
            emitter.Indent(indent);
            emitter.Indicator('-');
            WriteItem(item, indent);
        }
    }

    /// <summary>What follows an indicator on its own line: collections begin beside it.</summary>
    private void WriteItem(JsonNode? item, int indent)
    {
        switch (item)
        {
            case JsonObject { Count: > 0 } map:
                WriteMap(map, indent + Step);
                break;
            case JsonArray { Count: > 0 } inner:
                WriteList(inner, indent + Step);
                break;
            default:
                WriteScalar(item, indent + Step);
                break;
        }
    }

    private void WriteScalar(JsonNode? value, int indent)
    {
        switch (value)
        {
            case null:
                emitter.Token("null");
                break;
            case JsonObject:
                emitter.Token("{}");
                break;
            case JsonArray:
                emitter.Token("[]");
                break;
            case JsonValue scalar when scalar.GetValueKind() == JsonValueKind.String:
                emitter.WriteString(scalar.GetValue<string>(), indent, asKey: false);
                break;
            case JsonValue scalar when scalar.GetValueKind() == JsonValueKind.Number:
                emitter.Token(YamlWriter.Number(scalar));
                break;
            default:
                emitter.Token(value.GetValueKind() switch
                {
                    JsonValueKind.True => "true",
                    JsonValueKind.False => "false",
                    _ => "null",
                });
                break;
        }
    }

    private static bool IsSimpleKey(string key) =>
        !key.AsSpan().ContainsAny('\n', '\r') && !key.AsSpan().ContainsAny('\u0085', '\u2028', '\u2029')
        && Encoding.UTF8.GetByteCount(key) <= MaxSimpleKey;
}

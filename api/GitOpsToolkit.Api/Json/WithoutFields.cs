using System.Buffers;
using System.Text.Json;

namespace GitOpsToolkit.Api.Json;

/// <summary>Copies JSON without some of its parts.</summary>
internal static class WithoutFields
{
    /// <summary>The key of a field or item below another key; no name of a field can contain the separator unescaped.</summary>
    public static string Key(string parent, string name) => parent + "/" + name.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal);

    /// <summary>Copies an element, leaving out what the keys name.</summary>
    public static JsonElement Copy(JsonElement json, HashSet<string> keys)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            Write(json, "", keys, writer);
        }

        using var document = JsonDocument.Parse(buffer.WrittenMemory);
        return document.RootElement.Clone();
    }

    private static void Write(JsonElement json, string at, HashSet<string> keys, Utf8JsonWriter writer)
    {
        if (json.ValueKind == JsonValueKind.Object)
        {
            writer.WriteStartObject();
            foreach (var property in json.EnumerateObject())
            {
                var key = Key(at, property.Name);
                if (!keys.Contains(key))
                {
                    writer.WritePropertyName(property.Name);
                    Write(property.Value, key, keys, writer);
                }
            }

            writer.WriteEndObject();
        }
        else if (json.ValueKind == JsonValueKind.Array)
        {
            writer.WriteStartArray();
            for (var i = 0; i < json.GetArrayLength(); i++)
            {
                var key = Key(at, i.ToString());
                if (!keys.Contains(key))
                {
                    Write(json[i], key, keys, writer);
                }
            }

            writer.WriteEndArray();
        }
        else
        {
            json.WriteTo(writer);
        }
    }
}

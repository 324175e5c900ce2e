using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace GitOpsToolkit.Sandbox.Machinery;

/// <summary>Reads JSON bodies; a repeated key is reported with its path and the last one wins, as in the API server.</summary>
public static class StrictJson
{
    /// <summary>Reads one JSON value.</summary>
    /// <param name="utf8">The body.</param>
    /// <param name="duplicates">Receives the paths of repeated keys, such as <c>spec.replicas</c>; null if of no interest.</param>
    /// <exception cref="JsonException">The body is not JSON, has trailing data, holds strings that are no text, or is nested deeper than <see cref="Json.MaxDepth"/>.</exception>
    public static JsonNode? Parse(ReadOnlySpan<byte> utf8, ICollection<string>? duplicates = null)
    {
        var reader = new Utf8JsonReader(utf8, new JsonReaderOptions { MaxDepth = Json.MaxDepth });
        try
        {
            reader.Read();
            var node = ReadValue(ref reader, "", duplicates);
            return reader.Read() ? throw new JsonException("unexpected data after the top-level value") : node;
        }
        catch (InvalidOperationException notText)
        {
            // The reader's way of saying that a string is no UTF-8, or holds one half of a surrogate pair.
            throw new JsonException("a string holds bytes or escapes that are no text", notText);
        }
    }

    /// <summary>Reads one JSON value from text.</summary>
    /// <exception cref="JsonException">The text is not JSON.</exception>
    public static JsonNode? Parse(string text, ICollection<string>? duplicates = null) => Parse(Encoding.UTF8.GetBytes(text), duplicates);

    private static JsonNode? ReadValue(ref Utf8JsonReader reader, string path, ICollection<string>? duplicates) => reader.TokenType switch
    {
        JsonTokenType.StartObject => ReadObject(ref reader, path, duplicates),
        JsonTokenType.StartArray => ReadArray(ref reader, path, duplicates),
        JsonTokenType.String => JsonValue.Create(reader.GetString()),
        JsonTokenType.True => JsonValue.Create(true),
        JsonTokenType.False => JsonValue.Create(false),
        JsonTokenType.Null => null,
        _ => ReadNumber(ref reader),
    };

    private static JsonValue ReadNumber(ref Utf8JsonReader reader)
    {
        if (reader.TryGetInt64(out var integer))
        {
            return JsonValue.Create(integer);
        }

        // Kept as written: a double would lose digits.
        using var document = JsonDocument.ParseValue(ref reader);
        return JsonValue.Create(document.RootElement.Clone())!;
    }

    private static JsonObject ReadObject(ref Utf8JsonReader reader, string path, ICollection<string>? duplicates)
    {
        var result = new JsonObject();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            var name = reader.GetString()!;
            var child = path.Length == 0 ? name : $"{path}.{name}";
            reader.Read();
            if (result.ContainsKey(name))
            {
                duplicates?.Add(child);
            }

            result[name] = ReadValue(ref reader, child, duplicates);
        }

        return result;
    }

    private static JsonArray ReadArray(ref Utf8JsonReader reader, string path, ICollection<string>? duplicates)
    {
        var result = new JsonArray();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            result.Add(ReadValue(ref reader, $"{path}[{result.Count}]", duplicates));
        }

        return result;
    }
}

using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace GitOpsToolkit.Yaml;

/// <summary>
/// Gives scalars their type as go-yaml v3 does, which kyaml and kustomize use: true/false, null, integers (decimal, 0x, 0o, 0b, and a
/// leading 0 as octal, with underscores), floats, timestamps; yes/no/on/off stay strings.
/// </summary>
internal sealed class ScalarResolver
{
    private const string TagPrefix = "tag:yaml.org,2002:";
    private readonly Dictionary<string, JsonElement> _numbers = new(StringComparer.Ordinal);

    /// <summary>The JSON value of a scalar.</summary>
    /// <exception cref="FormatException">The tag and the text do not fit, or JSON cannot hold the value. The text is not told: it may be a password.</exception>
    internal JsonNode? Resolve(string text, bool plain, string tag)
    {
        var shortTag = tag.StartsWith(TagPrefix, StringComparison.Ordinal) ? tag[TagPrefix.Length..] : tag is "" or "!" ? "" : "local";
        return shortTag switch
        {
            "" => plain ? Value(PlainScalar.Resolve(text), text) : JsonValue.Create(text),
            "str" or "local" => JsonValue.Create(text),
            "binary" => Binary(text),
            "int" or "float" or "bool" or "null" or "timestamp" => Tagged(text, shortTag),
            _ => JsonValue.Create(text),
        };
    }

    private JsonNode? Tagged(string text, string wanted)
    {
        var scalar = PlainScalar.Resolve(text);
        var name = scalar.Kind.ToString().ToLowerInvariant();
        return name == wanted || (wanted == "float" && scalar.Kind == ScalarKind.Int)
            ? Value(scalar, text)
            : throw new FormatException($"cannot decode a !!{(name == "string" ? "str" : name)} as a !!{wanted}");
    }

    private JsonNode? Value(in PlainScalar scalar, string text) => scalar.Kind switch
    {
        ScalarKind.Null => null,
        ScalarKind.Bool => JsonValue.Create(scalar.Json == "true"),
        ScalarKind.Int => Number(scalar.Json),
        ScalarKind.Float when scalar.Json.Length == 0 =>
            throw new FormatException($"`{text}` is no number that JSON can hold; quote it to make it a string"),
        ScalarKind.Float => Number(scalar.Json),
        ScalarKind.Timestamp => JsonValue.Create(scalar.Json),
        _ => JsonValue.Create(text),
    };

    /// <summary>A number keeps its digits: it is held as the JSON text, not as a double.</summary>
    private JsonValue? Number(string json)
    {
        if (!_numbers.TryGetValue(json, out var element))
        {
            var reader = new Utf8JsonReader(Encoding.ASCII.GetBytes(json));
            element = JsonElement.ParseValue(ref reader);
            _numbers[json] = element;
        }

        return JsonValue.Create(element);
    }

    private static JsonValue Binary(string text)
    {
        try
        {
            return JsonValue.Create(Encoding.UTF8.GetString(Convert.FromBase64String(text)));
        }
        catch (FormatException error)
        {
            throw new FormatException("!!binary value contains invalid base64 data", error);
        }
    }
}

using System.Text.Json;
using System.Text.Json.Nodes;

namespace GitOpsToolkit.Yaml;

/// <summary>The types of single scalars, for those who change one without its document.</summary>
public static class YamlText
{
    /// <summary>The value that a text has where it stands without quotes and without a tag.</summary>
    /// <exception cref="FormatException">It is a number that JSON cannot hold (an infinity).</exception>
    public static JsonNode? Resolve(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return new ScalarResolver().Resolve(text, plain: true, tag: "");
    }

    /// <summary>
    /// The value that a text has in the place of another scalar, whose type stays: a string stays a string, and a number can only be replaced by
    /// the text of a number.
    /// </summary>
    /// <exception cref="FormatException">The text has another type.</exception>
    public static JsonNode? ResolveAs(JsonNode? kept, string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var tag = kept is not JsonValue value
            ? "null"
            : value.GetValueKind() switch
            {
                JsonValueKind.String => "str",
                JsonValueKind.Number => value.ToJsonString().AsSpan().ContainsAny('.', 'e', 'E') ? "float" : "int",
                _ => "bool",
            };
        return new ScalarResolver().Resolve(text, plain: true, $"tag:yaml.org,2002:{tag}");
    }
}

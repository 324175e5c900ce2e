using System.Text.Json;

namespace GitOpsToolkit.Controllers.ImageAutomation.Setters;

/// <summary>Reads a comment as a setter marker, by the rules of Flux and kyaml.</summary>
internal static class MarkerComment
{
    /// <summary>The key of the short form.</summary>
    internal const string ShortKey = "$imagepolicy";

    /// <summary>A file is read at all only if it has these characters.</summary>
    internal const string Token = "\"$imagepolicy\"";

    private const string LongPrefix = "#/definitions/io.k8s.cli.setters.";

    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = 16 };

    /// <summary>
    /// The setters that a comment names, in the order in which they are tried: <c>namespace:policy[:part]</c>. Empty for any other
    /// comment: the whole
    /// of it, but for leading # signs, must be one JSON object.
    /// </summary>
    internal static IReadOnlyList<string> Read(string comment)
    {
        var body = comment.TrimStart('#');
        if (!body.Contains('{', StringComparison.Ordinal))
        {
            return [];
        }

        try
        {
            using var document = JsonDocument.Parse(body, Strict);
            return document.RootElement.ValueKind == JsonValueKind.Object ? Setters(document.RootElement) : [];
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            // The latter for escapes that are no text, such as half of a surrogate pair.
            return [];
        }
    }

    private static List<string> Setters(JsonElement marker)
    {
        var setters = new List<string>();

        // The short form must be a map of strings throughout, as Go decodes it; null counts as the empty string.
        if (marker.EnumerateObject().All(member => member.Value.ValueKind is JsonValueKind.String or JsonValueKind.Null)
            && Text(marker, ShortKey) is { Length: > 0 } name)
        {
            setters.Add(name);
        }

        if (Text(marker, "$ref") is { } reference && reference.StartsWith(LongPrefix, StringComparison.Ordinal)
            && reference.Length > LongPrefix.Length)
        {
            setters.Add(reference[LongPrefix.Length..]);
        }

        return setters;
    }

    /// <summary>A member's text; of several members of that name, the last one's.</summary>
    private static string? Text(JsonElement marker, string name) =>
        marker.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}

using System.Globalization;
using System.Text.Json.Nodes;
using GitOpsToolkit.Versioning;
using GitOpsToolkit.Yaml;

namespace GitOpsToolkit.Controllers.ImageReflector.Policies;

/// <summary>
/// Reads the versions that are held back: a YAML (or JSON) list of <c>{version, reason, author, expires}</c>, where only the version is required.
/// </summary>
internal static class HoldList
{
    private const int Most = 100;

    /// <exception cref="FormatException">The text is no such list; the message says where and why.</exception>
    internal static IReadOnlyList<TagHold> Parse(string text)
    {
        JsonArray items;
        try
        {
            items = YamlReader.ReadOne(text).Root as JsonArray ?? throw new FormatException("is no list of {version, reason, author, expires}");
        }
        catch (YamlReadException error)
        {
            throw new FormatException(error.Message, error);
        }

        return items.Count <= Most
            ? [.. items.Select((item, index) => Read(item as JsonObject ?? throw new FormatException($"item {index + 1} is no map"), index + 1))]
            : throw new FormatException($"has {items.Count} items, at most {Most}");
    }

    private static TagHold Read(JsonObject item, int number)
    {
        foreach (var (key, _) in item)
        {
            if (key is not ("version" or "reason" or "author" or "expires"))
            {
                throw new FormatException($"item {number} has an unknown field '{key}'; there are version, reason, author and expires");
            }
        }

        return new TagHold(
            Text(item, "version", number) is { Length: > 0 } version ? version : throw new FormatException($"item {number} has no version"),
            Text(item, "reason", number),
            Text(item, "author", number),
            Text(item, "expires", number) is { } expires ? Time(expires, number) : null);
    }

    private static string? Text(JsonObject item, string key, int number) => item[key] switch
    {
        null => null,
        JsonValue value when value.TryGetValue<string>(out var text) => text,
        _ => throw new FormatException($"item {number}: {key} is no text; put it in quotes"),
    };

    private static DateTimeOffset Time(string text, int number) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
            ? time
            : throw new FormatException($"item {number}: expires '{text}' is no time such as 2026-12-01T00:00:00Z");
}

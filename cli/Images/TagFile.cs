using System.Globalization;
using System.Text.Json;

namespace GitOpsToolkit.Cli.Images;

/// <summary>Reads a list of tags: one a line, with the time at which it was first seen behind it where that is known; or a JSON list of tags.</summary>
internal static class TagFile
{
    // Twice what a registry may list, since each tag may have a time behind it.
    private const int MaxBytes = 64 << 20;

    /// <exception cref="FormatException">The file is too large, or a line is neither; the message names it.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static IReadOnlyDictionary<string, DateTimeOffset?> Read(string path)
    {
        var text = InputFile.Read(path, MaxBytes);
        var tags = new Dictionary<string, DateTimeOffset?>(StringComparer.Ordinal);
        if (text.AsSpan().TrimStart() is ['[', ..])
        {
            foreach (var tag in FromJson(path, text))
            {
                tags[tag] = null;
            }

            return tags;
        }

        var lines = text.Split('\n');
        for (var i = 0; i < lines.Length; i++)
        {
            if (lines[i].Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries) is [var tag, .. var rest])
            {
                tags[tag] = rest.Length == 0 ? null : Time(rest, $"{path}:{i + 1}");
            }
        }

        return tags;
    }

    private static string[] FromJson(string path, string text)
    {
        try
        {
            return JsonSerializer.Deserialize(text, TagListJson.Default.StringArray) ?? [];
        }
        catch (JsonException error)
        {
            throw new FormatException($"{path} is no JSON list of tags: {error.Message}", error);
        }
    }

    private static DateTimeOffset Time(string[] rest, string place) =>
        rest.Length == 1 && DateTimeOffset.TryParse(rest[0], CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
            ? time
            : throw new FormatException($"{place}: '{string.Join(' ', rest)}' is no time such as 2026-12-01T00:00:00Z");
}

/// <summary>JSON lists of tags.</summary>
[System.Text.Json.Serialization.JsonSerializable(typeof(string[]))]
internal sealed partial class TagListJson : System.Text.Json.Serialization.JsonSerializerContext;

using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace GitOpsToolkit.Api.Crds;

/// <summary>Writes JSON as block-style YAML, the same text for the same tree.</summary>
internal static partial class YamlText
{
    private const int Width = 110;

    /// <summary>The text of a document, ending in a line break.</summary>
    public static string Of(JsonObject document)
    {
        var text = new StringBuilder();
        Fields(document, 0, text);
        return text.ToString();
    }

    private static void Fields(JsonObject json, int indent, StringBuilder text)
    {
        foreach (var (name, value) in json)
        {
            text.Append(' ', indent).Append(Scalar(name)).Append(':');
            Value(value, indent, text);
        }
    }

    private static void Items(JsonArray json, int indent, StringBuilder text)
    {
        foreach (var item in json)
        {
            text.Append(' ', indent).Append('-');
            if (item is not JsonObject { Count: > 0 } fields)
            {
                Value(item, indent, text);
                continue;
            }

            // The first field stands behind the dash, the others below it.
            var block = new StringBuilder();
            Fields(fields, indent + 2, block);
            text.Append(' ').Append(block.ToString().AsSpan(indent + 2));
        }
    }

    private static void Value(JsonNode? value, int indent, StringBuilder text)
    {
        switch (value)
        {
            case JsonObject { Count: > 0 } json:
                text.Append('\n');
                Fields(json, indent + 2, text);
                break;
            case JsonArray { Count: > 0 } json:
                text.Append('\n');
                Items(json, indent, text);
                break;
            case JsonObject:
                text.Append(" {}\n");
                break;
            case JsonArray:
                text.Append(" []\n");
                break;
            case JsonValue json when json.GetValueKind() == JsonValueKind.String:
                String((string)json!, indent, text);
                break;
            default:
                text.Append(' ').Append(value is null ? "null" : value.ToJsonString()).Append('\n');
                break;
        }
    }

    private static void String(string value, int indent, StringBuilder text)
    {
        if (value.Length + indent + 2 <= Width || !Prose().IsMatch(value))
        {
            text.Append(' ').Append(Scalar(value)).Append('\n');
            return;
        }

        text.Append(" >-\n");
        var line = new StringBuilder();
        foreach (var word in value.Split(' '))
        {
            if (line.Length > 0 && indent + 2 + line.Length + 1 + word.Length > Width)
            {
                text.Append(' ', indent + 2).Append(line).Append('\n');
                line.Clear();
            }

            line.Append(line.Length > 0 ? " " : "").Append(word);
        }

        text.Append(' ', indent + 2).Append(line).Append('\n');
    }

    private static string Scalar(string value)
    {
        if (Plain().IsMatch(value) && !Ambiguous().IsMatch(value))
        {
            return value;
        }

        // Single quotes know no escapes: what they cannot hold needs the double ones.
        return value.Any(char.IsControl) ? $"\"{JsonEncodedText.Encode(value)}\"" : $"'{value.Replace("'", "''", StringComparison.Ordinal)}'";
    }

    /// <summary>Safe without quotes: no indicator at the start, no colon before a space or the end, no comment.</summary>
    [GeneratedRegex(@"^[A-Za-z./_$^<\\(](?:[^\p{C}:#'""\s]|:(?=\S)|(?<=\S)[ ](?=[^\s#]))*$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Plain();

    /// <summary>What a YAML 1.1 reader takes for something else than a string.</summary>
    [GeneratedRegex(@"^(?:[yYnN]|yes|Yes|YES|no|No|NO|on|On|ON|off|Off|OFF|true|True|TRUE|false|False|FALSE|null|Null|NULL|~|=|<<|\.(?:inf|Inf|INF|nan|NaN|NAN)|\.[0-9_]+(?:e.*)?)$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Ambiguous();

    /// <summary>Words with one space between them, which folding gives back exactly.</summary>
    [GeneratedRegex(@"^[^\s\p{C}]+(?: [^\s\p{C}]+)+$", RegexOptions.NonBacktracking)]
    private static partial Regex Prose();
}

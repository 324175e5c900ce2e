using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using GitOpsToolkit.Kustomize.Resources;
using GitOpsToolkit.Yaml;

namespace GitOpsToolkit.Kustomize.Loader;

/// <summary>Reads typed fields of a kustomization or of a configuration; every fault names file, line and field.</summary>
/// <param name="file">The file that faults name.</param>
/// <param name="lineOf">The line a node stands on.</param>
/// <param name="map">The fields.</param>
/// <param name="path">Where the map stands in its document.</param>
/// <param name="strict">Whether unknown fields are refused.</param>
internal sealed class FieldReader(string file, Func<JsonNode?, int> lineOf, JsonObject map, string path, bool strict = true)
{
    private readonly Dictionary<string, (string Written, JsonNode? Value)> _fields = Collect(map);

    internal FieldReader(YamlDocument document, JsonObject map, string path, bool strict = true)
        : this(document.File, node => document.PositionOf(node).Line, map, path, strict)
    {
    }

    internal int Line => lineOf(map);

    internal string File => file;

    internal bool Has(string field) => _fields.TryGetValue(field, out var found) && found.Value is not null;

    /// <summary>The first field that is not in <paramref name="known"/>, or null. Names compare without regard to case, as kustomize
    /// does.</summary>
    internal string? FirstUnknown(IReadOnlySet<string> known) =>
        map.Select(field => field.Key).FirstOrDefault(name => !known.Contains(name));

    internal void RefuseUnknown(params string[] known)
    {
        if (!strict)
        {
            return;
        }

        if (FirstUnknown(new HashSet<string>(known, StringComparer.OrdinalIgnoreCase)) is { } unknown)
        {
            throw Fault(unknown, $"unknown field; known are {string.Join(", ", known)}");
        }
    }

    internal string Text(string field)
    {
        if (!_fields.TryGetValue(field, out var found) || found.Value is null)
        {
            return "";
        }

        return TextOf(found.Value) ?? throw Fault(field, "a string is expected");
    }

    internal bool Bool(string field)
    {
        if (!_fields.TryGetValue(field, out var found) || found.Value is null)
        {
            return false;
        }

        return found.Value.GetValueKind() switch
        {
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            _ => throw Fault(field, "true or false is expected"),
        };
    }

    /// <summary>An integer; 0 when not given.</summary>
    internal long Number(string field)
    {
        if (!Has(field))
        {
            return 0;
        }

        var value = _fields[field].Value!;
        return value.GetValueKind() == JsonValueKind.Number
            && long.TryParse(JsonNodes.ScalarText(value), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw Fault(field, "an integer is expected");
    }

    /// <summary>A text, or null when not given.</summary>
    internal string? OptionalText(string field) => Has(field) ? Text(field) : null;

    internal IReadOnlyList<Located> Texts(string field)
    {
        List<Located> texts = [];
        foreach (var item in List(field))
        {
            texts.Add(new Located(TextOf(item) ?? throw Fault(field, "a list of strings is expected", item), lineOf(item)));
        }

        return texts;
    }

    internal IReadOnlyList<FieldReader> Maps(string field)
    {
        List<FieldReader> readers = [];
        foreach (var item in List(field))
        {
            readers.Add(item is JsonObject child
                ? new FieldReader(file, lineOf, child, $"{Path(field)}[{readers.Count}]", strict)
                : throw Fault(field, "a list of maps is expected", item));
        }

        return readers;
    }

    internal FieldReader? Map(string field)
    {
        if (!_fields.TryGetValue(field, out var found) || found.Value is null)
        {
            return null;
        }

        return found.Value is JsonObject child ? new FieldReader(file, lineOf, child, Path(field), strict) : throw Fault(field, "a map is expected");
    }

    /// <summary>A map of strings; other scalars are refused, as kustomize does.</summary>
    internal IReadOnlyDictionary<string, string> TextMap(string field)
    {
        var result = new SortedDictionary<string, string>(StringComparer.Ordinal);
        if (!_fields.TryGetValue(field, out var found) || found.Value is null)
        {
            return result;
        }

        if (found.Value is not JsonObject child)
        {
            throw Fault(field, "a map of strings is expected");
        }

        foreach (var (key, value) in child)
        {
            result[key] = value is null
                ? ""
                : TextOf(value) ?? throw Fault($"{field}.{key}", "a string is expected; put the value in quotes", value);
        }

        return result;
    }

    internal string Path(string field) => path.Length == 0 ? field : $"{path}.{field}";

    internal string PathOfSelf => path;

    internal BuildException Fault(string field, string message, JsonNode? node = null)
    {
        var at = node ?? (_fields.TryGetValue(field, out var found) ? found.Value : null) ?? map;
        return BuildException.At(message, file, lineOf(at), Path(field));
    }

    /// <summary>Outside of a kustomization kustomize takes other scalars as text.</summary>
    private string? TextOf(JsonNode? node) => JsonNodes.IsString(node) || !strict ? JsonNodes.ScalarText(node) : null;

    private IReadOnlyList<JsonNode?> List(string field)
    {
        if (!_fields.TryGetValue(field, out var found) || found.Value is null)
        {
            return [];
        }

        return found.Value is JsonArray list ? [.. list] : throw Fault(field, "a list is expected");
    }

    private static Dictionary<string, (string, JsonNode?)> Collect(JsonObject map)
    {
        var fields = new Dictionary<string, (string, JsonNode?)>(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, value) in map)
        {
            fields[name] = (name, value);
        }

        return fields;
    }
}

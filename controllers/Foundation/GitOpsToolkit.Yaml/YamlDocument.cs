using System.Globalization;
using System.Text.Json.Nodes;

namespace GitOpsToolkit.Yaml;

/// <summary>One document of a YAML stream as JSON, with the places its nodes came from.</summary>
public sealed class YamlDocument
{
    private readonly Dictionary<JsonNode, YamlPosition>? _positions;
    private readonly Lazy<YamlDocument>? _full;

    internal YamlDocument(string file, JsonNode? root, YamlPosition start, Dictionary<JsonNode, YamlPosition> positions)
    {
        File = file;
        Root = root;
        Start = start;
        _positions = positions;
    }

    /// <summary>A document whose places are found only when asked for, by reading the text again.</summary>
    internal YamlDocument(string file, JsonNode? root, YamlPosition start, string text, int index, YamlReaderOptions caps)
    {
        File = file;
        Root = root;
        Start = start;
        _full = new Lazy<YamlDocument>(() => YamlReader.ReadAny(text, file, caps)[index]);
    }

    /// <summary>The fields of maps that have no value at all: kustomize drops them where it keeps a written <c>null</c>. Null for none.</summary>
    public IReadOnlySet<(JsonObject Map, string Key)>? BareNulls { get; internal init; }

    /// <summary>The file as named by the caller of the reader; may be empty.</summary>
    public string File { get; }

    /// <summary>The content; null for an empty document and for a bare <c>null</c>.</summary>
    public JsonNode? Root { get; }

    /// <summary>Where the content begins (not its <c>---</c>).</summary>
    public YamlPosition Start { get; }

    /// <summary>The line on which the content begins, from 1.</summary>
    public int StartLine => Start.Line;

    /// <summary>
    /// Where a node of this document was written; a node that came by an alias answers with its nearest written ancestor.
    /// </summary>
    public YamlPosition PositionOf(JsonNode? node)
    {
        if (_positions is null)
        {
            return node is null || ReferenceEquals(node, Root) ? Start : _full!.Value.PositionOf(PathTo(node));
        }

        for (var current = node; current is not null; current = current.Parent)
        {
            if (_positions.TryGetValue(current, out var position))
            {
                return position;
            }
        }

        return Start;
    }

    /// <summary>The place of the node at the end of a path, or of the last node on the way that exists.</summary>
    /// <param name="path">Keys, and for lists indexes in decimal.</param>
    public YamlPosition PositionOf(params IEnumerable<string> path)
    {
        ArgumentNullException.ThrowIfNull(path);
        var node = Root;
        foreach (var step in path)
        {
            var next = node switch
            {
                JsonObject map => map[step],
                JsonArray list when int.TryParse(step, out var index) && index >= 0 && index < list.Count => list[index],
                _ => null,
            };
            if (next is null)
            {
                break;
            }

            node = next;
        }

        return PositionOf(node);
    }

    private List<string> PathTo(JsonNode node)
    {
        List<string> path = [];
        for (var current = node; current.Parent is { } parent; current = parent)
        {
            path.Add(parent is JsonArray list ? list.IndexOf(current).ToString(CultureInfo.InvariantCulture) : current.GetPropertyName());
            if (ReferenceEquals(parent, Root))
            {
                path.Reverse();
                return path;
            }
        }

        // A node of another document, or one that was taken out of this one.
        return [];
    }

    /// <summary>Names a node's place as <c>file:line</c>.</summary>
    public string Where(JsonNode? node) => $"{File}:{PositionOf(node).Line}";
}

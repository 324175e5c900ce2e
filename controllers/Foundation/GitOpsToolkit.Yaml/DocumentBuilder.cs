using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace GitOpsToolkit.Yaml;

/// <summary>Turns parser events into JSON documents. One instance reads one stream.</summary>
internal sealed class DocumentBuilder(IParser parser, string file, YamlReaderOptions caps)
{
    private readonly ScalarResolver _scalars = new();
    private readonly Dictionary<string, Anchored> _anchors = [];
    private Dictionary<JsonNode, YamlPosition> _positions = NewPositions();
    private HashSet<(JsonObject Map, string Key)>? _bareNulls;
    private int _nodes;

    /// <summary>
    /// A finished anchor: its value, how many nodes it counts and how deep it is. Null while its collection is still open.
    /// </summary>
    private sealed record Anchored(JsonNode? Value, int Nodes, int Height, bool Open);

    /// <summary>A value read, with the size that an alias of it adds.</summary>
    private readonly record struct Built(JsonNode? Value, int Nodes, int Height);

    internal static YamlPosition Position(in Mark mark) => new((int)Math.Max(1, mark.Line), (int)Math.Max(1, mark.Column));

    internal List<YamlDocument> Build()
    {
        var documents = new List<YamlDocument>();
        parser.Consume<StreamStart>();
        while (!parser.Accept<StreamEnd>(out _))
        {
            parser.Consume<DocumentStart>();
            _anchors.Clear();
            _positions = NewPositions();
            _bareNulls = null;
            var first = parser.Current!;
            var empty = first is Scalar { Value.Length: 0, Style: ScalarStyle.Plain, Tag.IsEmpty: true, Anchor.IsEmpty: true };
            var built = Read(depth: 0);
            if (!empty)
            {
                documents.Add(new YamlDocument(file, built.Value, Position(first.Start), _positions) { BareNulls = _bareNulls });
            }

            parser.Consume<DocumentEnd>();
        }

        return documents;
    }

    private static Dictionary<JsonNode, YamlPosition> NewPositions() => new(ReferenceEqualityComparer.Instance);

    private Built Read(int depth)
    {
        var current = parser.Current!;
        Count(1, current.Start);
        if (depth > caps.MaxDepth)
        {
            throw Fault(current.Start, $"nested deeper than {caps.MaxDepth} levels");
        }

        var built = current switch
        {
            Scalar scalar => ReadScalar(scalar),
            SequenceStart start => ReadSequence(start, depth),
            MappingStart start => ReadMapping(start, depth),
            AnchorAlias alias => ReadAlias(alias, depth),
            _ => throw Fault(current.Start, $"unexpected {current.GetType().Name}"),
        };
        if (built.Value is not null && current is not AnchorAlias)
        {
            _positions[built.Value] = Position(current.Start);
        }

        return built;
    }

    private Built ReadScalar(Scalar scalar)
    {
        parser.MoveNext();
        JsonNode? value;
        try
        {
            value = _scalars.Resolve(scalar.Value, scalar.Style == ScalarStyle.Plain, scalar.Tag.IsEmpty ? "" : scalar.Tag.Value);
        }
        catch (FormatException error)
        {
            throw Fault(scalar.Start, error.Message);
        }

        var built = new Built(value, 1, 0);
        Remember(scalar.Anchor, built);
        return built;
    }

    private Built ReadSequence(SequenceStart start, int depth)
    {
        Open(start.Anchor);
        parser.MoveNext();
        var list = new JsonArray();
        int nodes = 1, height = 0;
        while (!parser.TryConsume<SequenceEnd>(out _))
        {
            var item = Read(depth + 1);
            list.Add(item.Value);
            nodes += item.Nodes;
            height = Math.Max(height, item.Height + 1);
        }

        var built = new Built(list, nodes, height);
        Remember(start.Anchor, built);
        return built;
    }

    private Built ReadMapping(MappingStart start, int depth)
    {
        Open(start.Anchor);
        parser.MoveNext();
        var map = new JsonObject();
        var lines = new Dictionary<string, int>(StringComparer.Ordinal);
        List<JsonObject>? merges = null;
        int nodes = 1, height = 0;
        while (!parser.TryConsume<MappingEnd>(out _))
        {
            var keyEvent = parser.Current!;
            if (keyEvent is Scalar { Value: "<<", Style: ScalarStyle.Plain } merge && IsMergeTag(merge.Tag))
            {
                parser.MoveNext();
                var at = parser.Current!.Start;
                var merged = Read(depth + 1);
                (merges ??= []).AddRange(Mergeable(merged.Value, at));
                nodes += merged.Nodes;
                height = Math.Max(height, merged.Height + 1);
                continue;
            }

            var key = ReadKey();
            ref var line = ref CollectionsMarshal.GetValueRefOrAddDefault(lines, key, out var known);
            if (known && !caps.LastKeyWins)
            {
                throw Fault(keyEvent.Start, $"mapping key \"{key}\" already defined at line {line}");
            }

            line = (int)keyEvent.Start.Line;
            if (parser.Current is Scalar { Value.Length: 0, Style: ScalarStyle.Plain, Tag.IsEmpty: true })
            {
                (_bareNulls ??= []).Add((map, key));
            }

            var value = Read(depth + 1);
            map[key] = value.Value;
            nodes += value.Nodes + 1;
            height = Math.Max(height, value.Height + 1);
        }

        nodes += Merge(map, merges, start.Start);
        var built = new Built(map, nodes, height);
        Remember(start.Anchor, built);
        return built;
    }

    private static bool IsMergeTag(TagName tag) => tag.IsEmpty || tag.Value is "tag:yaml.org,2002:merge" or "!!merge";

    /// <summary>A key is its text, whatever type it would have as a value; only collections cannot be keys.</summary>
    private string ReadKey()
    {
        switch (parser.Current)
        {
            case Scalar scalar:
                Count(1, scalar.Start);
                ReadScalar(scalar);
                return scalar.Value;
            case AnchorAlias alias:
                var target = ReadAlias(alias, 0).Value;
                return target is JsonValue value
                    ? value.ToString()
                    : throw Fault(alias.Start, $"alias *{alias.Value} is used as a key but is no scalar");
            default:
                throw Fault(parser.Current!.Start, "a collection cannot be a key");
        }
    }

    private IEnumerable<JsonObject> Mergeable(JsonNode? value, Mark at) => value switch
    {
        JsonObject map => [map],
        JsonArray list when list.All(item => item is JsonObject) => list.Select(item => (JsonObject)item!),
        _ => throw Fault(at, "map merge requires map or sequence of maps as the value"),
    };

    /// <summary>Adds what is merged in: written keys win over merged ones, earlier merges over later ones.</summary>
    private int Merge(JsonObject map, List<JsonObject>? merges, in Mark at)
    {
        var added = 0;
        foreach (var source in merges ?? [])
        {
            foreach (var (key, value) in source.ToList())
            {
                if (map.ContainsKey(key))
                {
                    continue;
                }

                Count(1, at);
                map.Add(key, value?.DeepClone());
                added++;
            }
        }

        return added;
    }

    private Built ReadAlias(AnchorAlias alias, int depth)
    {
        parser.MoveNext();
        if (!_anchors.TryGetValue(alias.Value.Value, out var anchored))
        {
            throw Fault(alias.Start, "unknown anchor referenced; quote the value if it is none");
        }

        if (anchored.Open)
        {
            throw Fault(alias.Start, $"anchor '{alias.Value}' value contains itself");
        }

        Count(anchored.Nodes, alias.Start);
        if (depth + anchored.Height > caps.MaxDepth)
        {
            throw Fault(alias.Start, $"nested deeper than {caps.MaxDepth} levels");
        }

        return new Built(anchored.Value?.DeepClone(), anchored.Nodes, anchored.Height);
    }

    private void Open(AnchorName anchor)
    {
        if (!anchor.IsEmpty)
        {
            _anchors[anchor.Value] = new Anchored(null, 0, 0, Open: true);
        }
    }

    private void Remember(AnchorName anchor, Built built)
    {
        if (!anchor.IsEmpty)
        {
            _anchors[anchor.Value] = new Anchored(built.Value, built.Nodes, built.Height, Open: false);
        }
    }

    private void Count(int nodes, in Mark at)
    {
        _nodes += nodes;
        if (_nodes > caps.MaxNodes)
        {
            throw Fault(at, $"more than {caps.MaxNodes} nodes, aliases expanded");
        }
    }

    private YamlReadException Fault(in Mark at, string problem) => new(file, Position(at), problem);
}

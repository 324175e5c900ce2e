using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using GitOpsToolkit.Kustomize.Resources;
using GitOpsToolkit.Yaml;

namespace GitOpsToolkit.Kustomize.Replacements;

/// <summary>What a path creates at its end when nothing is there.</summary>
internal enum CreatedKind
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>A scalar.</summary>
    Scalar,

    /// <summary>A map.</summary>
    Map,

    /// <summary>A list.</summary>
    List,
}

/// <summary>A path that does not fit the object.</summary>
internal sealed class PathException(string message) : Exception(message);

/// <summary>
/// Finds every place that a path leads to: besides keys and indexes, <c>*</c> takes all elements of a list and <c>[name=x]</c> those whose
/// field matches the regular expression <c>x</c>.
/// </summary>
internal sealed class PathMatcher(string[] steps, CreatedKind create)
{
    private readonly List<Slot> _found = [];

    /// <exception cref="PathException">A step does not fit what stands there.</exception>
    internal List<Slot> Match(JsonNode root)
    {
        _found.Clear();
        var holder = new JsonArray { root.Parent is null ? root : throw new InvalidOperationException("the root belongs to another node") };
        Visit(new Slot(holder, null, 0), 0);
        holder.Clear();
        return [.. _found];
    }

    /// <exception cref="PathException">A step does not fit what stands there.</exception>
    internal List<Slot> MatchIn(JsonObject map)
    {
        _found.Clear();
        VisitField(map, 0);
        return [.. _found];
    }

    private void Visit(Slot slot, int at)
    {
        if (at == steps.Length)
        {
            _found.Add(slot);
            return;
        }

        var step = steps[at];
        if (FieldPath.IsIndex(step))
        {
            VisitIndex(List(slot.Value, step), at);
        }
        else if (FieldPath.IsElement(step))
        {
            VisitMatching(List(slot.Value, step), at);
        }
        else if (step == "*")
        {
            var list = List(slot.Value, step);
            for (var i = 0; i < list.Count; i++)
            {
                Visit(new Slot(list, null, i), at + 1);
            }
        }
        else
        {
            VisitField(slot.Value as JsonObject ?? throw new PathException($"'{step}' needs a map"), at);
        }
    }

    private void VisitField(JsonObject map, int at)
    {
        var step = steps[at];
        var isNew = !map.ContainsKey(step);
        if (isNew && create == CreatedKind.None)
        {
            return;
        }

        if (isNew)
        {
            map[step] = Create(at + 1);
        }

        Visit(new Slot(map, step, 0, isNew), at + 1);
    }

    private void VisitIndex(JsonArray list, int at)
    {
        var index = int.Parse(steps[at], CultureInfo.InvariantCulture);
        var isNew = index == list.Count && create != CreatedKind.None;
        if (isNew)
        {
            list.Add(Create(at + 1));
        }

        if (index >= list.Count)
        {
            throw new PathException($"there are only {list.Count} elements, none with the index {index}");
        }

        Visit(new Slot(list, null, index, isNew), at + 1);
    }

    private void VisitMatching(JsonArray list, int at)
    {
        if (!FieldPath.TrySplitElement(steps[at], out var field, out var wanted))
        {
            throw new PathException($"'{steps[at]}' needs the form [field=value]");
        }

        var pattern = Pattern(wanted);
        var before = _found.Count;
        VisitMatching(list, field, pattern, at);
        if (_found.Count > before || create == CreatedKind.None)
        {
            return;
        }

        var value = YamlText.Resolve(wanted);
        list.Add(field.Length == 0 ? value : new JsonObject { [field] = value });
        VisitMatching(list, field, pattern, at);
    }

    private void VisitMatching(JsonArray list, string field, Regex pattern, int at)
    {
        for (var i = 0; i < list.Count; i++)
        {
            if (field.Length == 0)
            {
                if (JsonNodes.ScalarText(list[i]) is { } text && pattern.IsMatch(text))
                {
                    _found.Add(new Slot(list, null, i));
                }
            }
            else if (list[i] is JsonObject map && JsonNodes.ScalarText(map[field]) is { } text && pattern.IsMatch(text))
            {
                Visit(new Slot(list, null, i), at + 1);
            }
        }
    }

    private static JsonArray List(JsonNode? node, string step) =>
        node as JsonArray ?? throw new PathException($"'{step}' needs a list");

    private static Regex Pattern(string pattern)
    {
        try
        {
            return LinearPattern.Of(pattern);
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            throw new PathException($"'{pattern}' is no regular expression that can be matched in linear time");
        }
    }

    private JsonNode Create(int next)
    {
        if (next < steps.Length)
        {
            return FieldPath.IsElement(steps[next]) || FieldPath.IsIndex(steps[next]) ? new JsonArray() : new JsonObject();
        }

        return create switch
        {
            CreatedKind.Map => new JsonObject(),
            CreatedKind.List => new JsonArray(),
            _ => JsonValue.Create(""),
        };
    }
}

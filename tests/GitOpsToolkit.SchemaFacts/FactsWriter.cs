using System.Globalization;

namespace GitOpsToolkit.SchemaFacts;

/// <summary>Writes the facts that a strategic merge needs: types without any and kinds without any are left out, equal types are written once.</summary>
internal sealed class FactsWriter(SchemaModel model)
{
    private readonly Dictionary<string, int> _numbers = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int?> _known = new(StringComparer.Ordinal);
    private readonly List<string> _lines = [];

    internal void Write(TextWriter output, IEnumerable<string> sources)
    {
        var kinds = model.Kinds.Select(kind => (Kind: kind.Key, Type: TypeNumber(kind.Value)))
            .Where(kind => kind.Type is not null)
            .ToLookup(kind => (kind.Kind.ApiVersion, kind.Type!.Value), kind => kind.Kind.Name);
        output.Write("# Which lists of the built-in kinds a strategic merge merges, and by which keys. Written by `make schema-facts`; do not edit.\n");
        output.Write("# type NUMBER, then its fields: NAME[KEYS]:TYPE a merged list (no keys: of scalars), NAME:TYPE a map; kind APIVERSION TYPE KINDS.\n");
        foreach (var source in sources)
        {
            output.Write($"# from {source}\n");
        }

        for (var number = 0; number < _lines.Count; number++)
        {
            output.Write(string.Create(CultureInfo.InvariantCulture, $"type {number}{_lines[number]}\n"));
        }

        foreach (var group in kinds.OrderBy(group => group.Key.ApiVersion, StringComparer.Ordinal).ThenBy(group => group.Key.Value))
        {
            output.Write(string.Create(CultureInfo.InvariantCulture, $"kind {group.Key.ApiVersion} {group.Key.Value} {string.Join(' ', group)}\n"));
        }
    }

    /// <summary>The number of a type, or null when nothing in it is merged. A type inside itself adds nothing.</summary>
    private int? TypeNumber(string? name)
    {
        if (name is null || !model.Types.TryGetValue(name, out var fields))
        {
            return null;
        }

        if (_known.TryGetValue(name, out var known))
        {
            return known;
        }

        _known[name] = null;
        var line = string.Concat(fields.OrderBy(field => field.Key, StringComparer.Ordinal).Select(field => Written(field.Key, field.Value)));
        return _known[name] = line.Length == 0 ? null : NumberOf(line);
    }

    private int NumberOf(string line)
    {
        if (!_numbers.TryGetValue(line, out var number))
        {
            _numbers[line] = number = _lines.Count;
            _lines.Add(line);
        }

        return number;
    }

    private string Written(string name, SchemaField field)
    {
        if (field.Keys is null && field.IsList)
        {
            return "";
        }

        var type = TypeNumber(field.Type);
        var keys = field.Keys is null ? "" : $"[{string.Join(',', field.Keys)}]";
        var below = type is null ? "" : string.Create(CultureInfo.InvariantCulture, $":{type}");
        return keys.Length + below.Length == 0 ? "" : $" {name}{keys}{below}";
    }
}

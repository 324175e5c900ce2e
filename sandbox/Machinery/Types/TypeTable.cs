using System.Reflection;
using System.Text.Json.Nodes;

namespace GitOpsToolkit.Sandbox.Machinery.Types;

/// <summary>The built-in types, read from the embedded tables <c>Types/Data/*.types</c>.</summary>
/// <remarks>
/// Notation: a line at the margin names a type (<c>atomic</c> behind it: owned as a whole by one writer). Indented lines list its fields,
/// separated by commas: <c>name[mark] type [modifiers]</c>. Marks: <c>?</c> an empty value is left out, <c>!</c> an absent
/// object is written as <c>{}</c>, <c>=</c> an absent value is written as zero (lists: null), none: kept. Types: <c>string int32 int64 number bool quantity intstr time microtime bytes raw
/// any</c>, <c>[]T</c>, <c>{}T</c> (free keys) or the name of a type. Modifiers: <c>set</c>, <c>keys=a+b</c> (list map), <c>atomic</c>,
/// <c>merge</c> or <c>merge=key</c> (strategic merge), <c>retain</c> (<c>$retainKeys</c>), <c>replace</c>, <c>default=v</c> (of a list key).
/// </remarks>
internal static class TypeTable
{
    private static readonly Lazy<Dictionary<string, SchemaType>> Types = new(Load);

    /// <summary>The type called <paramref name="name"/>.</summary>
    public static SchemaType Get(string name) => Types.Value[name];

    private static Dictionary<string, SchemaType> Load()
    {
        var assembly = Assembly.GetExecutingAssembly();
        var types = new Dictionary<string, SchemaType>(StringComparer.Ordinal);
        var lines = new List<string>();
        foreach (var resource in assembly.GetManifestResourceNames().Where(name => name.EndsWith(".types")))
        {
            using var reader = new StreamReader(assembly.GetManifestResourceStream(resource)!);
            lines.AddRange(reader.ReadToEnd().Split('\n').Where(line => line.Length > 0 && line[0] != '#'));
        }

        foreach (var header in lines.Where(line => line[0] != ' ').Select(line => line.Split(' ')))
        {
            types.Add(header[0], new SchemaType(SchemaKind.Map)
            {
                Name = header[0][(header[0].IndexOf('.') + 1)..],
                Atomic = header.Contains("atomic"),
            });
        }

        SchemaType? current = null;
        foreach (var line in lines)
        {
            if (line[0] != ' ')
            {
                current = types[line.Split(' ')[0]];
                continue;
            }

            foreach (var field in line.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
            {
                var parsed = ReadField(field.Split(' '), types);
                current!.FieldTable.Add(parsed.Name, parsed);
            }
        }

        return types;
    }

    private static SchemaField ReadField(string[] words, Dictionary<string, SchemaType> types)
    {
        var merge = Array.Find(words, word => word == "merge" || word.StartsWith("merge="));
        var fallback = Array.Find(words, word => word.StartsWith("default="));
        return new SchemaField(words[0].TrimEnd('?', '!', '='), Resolve(words[1], words, types))
        {
            PatchMerge = merge is not null,
            PatchMergeKey = merge is { Length: > 6 } ? merge[6..] : null,
            RetainKeys = words.Contains("retain"),
            PatchReplace = words.Contains("replace"),
            Default = fallback is null ? null : JsonValue.Create(fallback[8..]),
            Empty = words[0][^1] switch
            {
                '?' => EmptyForm.Omit,
                '!' => EmptyForm.Object,
                '=' => EmptyForm.Zero,
                _ => EmptyForm.Keep,
            },
        };
    }

    private static SchemaType Resolve(string name, string[] words, Dictionary<string, SchemaType> types)
    {
        if (name.StartsWith("[]"))
        {
            var keys = Array.Find(words, word => word.StartsWith("keys="));
            return new SchemaType(SchemaKind.List)
            {
                Element = Resolve(name[2..], [], types),
                Keys = keys is null ? [] : keys[5..].Split('+'),
                Relation = keys is not null ? ListRelation.Map : words.Contains("set") ? ListRelation.Set : ListRelation.Atomic,
            };
        }

        if (name.StartsWith("{}"))
        {
            return new SchemaType(SchemaKind.Map) { Element = Resolve(name[2..], [], types), Atomic = words.Contains("atomic") };
        }

        return Scalar(name) ?? types[name];
    }

    private static SchemaType? Scalar(string name) => name switch
    {
        "string" => new SchemaType(SchemaKind.String),
        "int32" => new SchemaType(SchemaKind.Int32),
        "int64" => new SchemaType(SchemaKind.Int64),
        "number" => new SchemaType(SchemaKind.Number),
        "bool" => new SchemaType(SchemaKind.Boolean),
        "quantity" => new SchemaType(SchemaKind.Quantity),
        "intstr" => new SchemaType(SchemaKind.IntOrString),
        "time" => new SchemaType(SchemaKind.Time),
        "microtime" => new SchemaType(SchemaKind.MicroTime),
        "bytes" => new SchemaType(SchemaKind.Bytes),
        "raw" => new SchemaType(SchemaKind.Map) { Element = SchemaType.Any },
        "any" => SchemaType.Any,
        _ => null,
    };
}

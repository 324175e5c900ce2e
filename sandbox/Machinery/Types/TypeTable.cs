using System.Reflection;
using System.Text.Json.Nodes;

namespace GitOpsToolkit.Sandbox.Machinery.Types;

/// <summary>The built-in types, read from the embedded tables <c>Types/Data/*.types</c>.</summary>
/// <remarks>
/// Notation: <c>@name</c> is the package of the types after it, as OpenAPI names it. Any other line at the margin names a type (<c>atomic</c> behind it:
/// owned as a whole by one writer). Indented lines list its fields, separated by commas: <c>[*]name[mark] type [modifiers]</c>; <c>*</c> is a
/// field that OpenAPI calls required. Marks: <c>?</c> an empty value is left out, <c>!</c> an absent
/// object is written as <c>{}</c>, <c>=</c> an absent value is written as zero (lists: null), none: kept. Types: <c>string int32 int64 number bool quantity intstr time microtime bytes raw
/// any</c> (<c>raw</c> and <c>any</c> with <c>:Model</c>: how OpenAPI names it), <c>[]T</c>, <c>{}T</c> (free keys) or the name of a type. Modifiers: <c>set</c>, <c>keys=a+b</c> (list map), <c>atomic</c>,
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

        var package = "";
        foreach (var header in lines.Where(line => line[0] != ' ').Select(line => line.Split(' ')))
        {
            if (header[0][0] == '@')
            {
                package = header[0][1..];
                continue;
            }

            var name = header[0][(header[0].IndexOf('.') + 1)..];
            types.Add(header[0], new SchemaType(SchemaKind.Map)
            {
                Name = name,
                Model = $"{package}.{name}",
                Atomic = header.Contains("atomic"),
            });
        }

        SchemaType? current = null;
        foreach (var line in lines)
        {
            if (line[0] == '@')
            {
                package = line[1..];
                continue;
            }

            if (line[0] != ' ')
            {
                current = types[line.Split(' ')[0]];
                continue;
            }

            foreach (var field in line.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
            {
                var parsed = ReadField(field.Split(' '), package, types);
                current!.FieldTable.Add(parsed.Name, parsed);
            }
        }

        return types;
    }

    private static SchemaField ReadField(string[] words, string package, Dictionary<string, SchemaType> types)
    {
        var merge = Array.Find(words, word => word == "merge" || word.StartsWith("merge="));
        var fallback = Array.Find(words, word => word.StartsWith("default="));
        return new SchemaField(words[0].TrimStart('*').TrimEnd('?', '!', '='), Resolve(words[1], words, package, types))
        {
            Required = words[0][0] == '*',
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

    private static SchemaType Resolve(string name, string[] words, string package, Dictionary<string, SchemaType> types)
    {
        if (name.StartsWith("[]"))
        {
            var keys = Array.Find(words, word => word.StartsWith("keys="));
            return new SchemaType(SchemaKind.List)
            {
                Element = Resolve(name[2..], [], package, types),
                Keys = keys is null ? [] : keys[5..].Split('+'),
                Relation = keys is not null ? ListRelation.Map : words.Contains("set") ? ListRelation.Set : ListRelation.Atomic,
            };
        }

        if (name.StartsWith("{}"))
        {
            return new SchemaType(SchemaKind.Map) { Element = Resolve(name[2..], [], package, types), Atomic = words.Contains("atomic") };
        }

        return name.Split(':') is [var scalar, var model] ? Scalar(scalar, $"{package}.{model}")! : Scalar(name, "") ?? types[name];
    }

    private static SchemaType? Scalar(string name, string model) => name switch
    {
        "string" => new SchemaType(SchemaKind.String),
        "int32" => new SchemaType(SchemaKind.Int32),
        "int64" => new SchemaType(SchemaKind.Int64),
        "number" => new SchemaType(SchemaKind.Number),
        "bool" => new SchemaType(SchemaKind.Boolean),
        "quantity" => new SchemaType(SchemaKind.Quantity) { Model = "io.k8s.apimachinery.pkg.api.resource.Quantity" },
        "intstr" => new SchemaType(SchemaKind.IntOrString) { Model = "io.k8s.apimachinery.pkg.util.intstr.IntOrString" },
        "time" => new SchemaType(SchemaKind.Time) { Model = "io.k8s.apimachinery.pkg.apis.meta.v1.Time" },
        "microtime" => new SchemaType(SchemaKind.MicroTime) { Model = "io.k8s.apimachinery.pkg.apis.meta.v1.MicroTime" },
        "bytes" => new SchemaType(SchemaKind.Bytes),
        "raw" => new SchemaType(SchemaKind.Map)
        {
            Element = SchemaType.Any,
            Model = model.Length > 0 ? model : "io.k8s.apimachinery.pkg.runtime.RawExtension",
        },
        "any" when model.Length > 0 => new SchemaType(SchemaKind.Any) { Model = model },
        "any" => SchemaType.Any,
        _ => null,
    };
}

using System.Collections.Frozen;
using System.Globalization;

namespace GitOpsToolkit.Kustomize.Patches;

/// <summary>
/// The merge keys of the built-in kinds: those of the schema that kustomize embeds, and for kinds and fields that it lacks those of current
/// Kubernetes. They are generated (<c>make schema-facts</c>) and read at their first use.
/// </summary>
internal sealed class MergeRules : IMergeSchema
{
    /// <summary>The schema where no other is given.</summary>
    internal static readonly MergeRules BuiltIn = new();

    private static readonly Lazy<FrozenDictionary<(string ApiVersion, string Kind), MergeType>> Known = new(Read);

    /// <summary>The rules for a kind; null for kinds that are not built in, whose lists are always replaced.</summary>
    public MergeType? For(string apiVersion, string kind) => Known.Value.GetValueOrDefault((apiVersion, kind));

    private static FrozenDictionary<(string ApiVersion, string Kind), MergeType> Read()
    {
        using var resource = typeof(MergeRules).Assembly.GetManifestResourceStream("merge-facts.txt")
            ?? throw new InvalidOperationException("the merge facts are missing from the assembly");
        using var reader = new StreamReader(resource);
        List<MergeType> types = [];
        var kinds = new Dictionary<(string, string), MergeType>();
        while (reader.ReadLine() is { } line)
        {
            var words = line.Split(' ');
            switch (words[0])
            {
                case "type":
                    types.Add(TypeOf(words.AsSpan(2), types));
                    break;
                case "kind":
                    var type = types[Number(words[2])];
                    foreach (var kind in words.AsSpan(3))
                    {
                        kinds.Add((words[1], kind), type);
                    }

                    break;
            }
        }

        return kinds.ToFrozenDictionary();
    }

    /// <summary>Reads fields such as <c>containers[name]:9</c> (a list) and <c>template:14</c> (a map); types stand before those that use
    /// them.</summary>
    private static KnownType TypeOf(ReadOnlySpan<string> fields, List<MergeType> types)
    {
        Dictionary<string, MergeType> maps = [];
        Dictionary<string, MergeList> lists = [];
        foreach (var field in fields)
        {
            var colon = field.IndexOf(':');
            var below = colon < 0 ? null : types[Number(field[(colon + 1)..])];
            var name = colon < 0 ? field : field[..colon];
            var bracket = name.IndexOf('[');
            if (bracket < 0)
            {
                maps.Add(name, below!);
                continue;
            }

            var keys = name[(bracket + 1)..^1].Split(',', StringSplitOptions.RemoveEmptyEntries);
            lists.Add(name[..bracket], new MergeList(keys, below));
        }

        return new KnownType(maps.ToFrozenDictionary(), lists.ToFrozenDictionary());
    }

    private sealed class KnownType(FrozenDictionary<string, MergeType> fields, FrozenDictionary<string, MergeList> lists) : MergeType
    {
        internal override MergeType? Field(string name) => fields.GetValueOrDefault(name);

        internal override MergeList? List(string name) => lists.GetValueOrDefault(name);
    }

    private static int Number(string text) => int.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture);
}

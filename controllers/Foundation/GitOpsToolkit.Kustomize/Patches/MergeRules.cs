using System.Collections.Frozen;
using System.Globalization;

namespace GitOpsToolkit.Kustomize.Patches;

/// <summary>What a strategic merge must know about the fields of a type: which lists are merged by key, and what lies below.</summary>
/// <param name="Fields">Fields that hold maps of known types.</param>
/// <param name="Lists">Lists that are merged instead of replaced.</param>
internal sealed record MergeType(FrozenDictionary<string, MergeType> Fields, FrozenDictionary<string, MergeList> Lists);

/// <summary>A list that is merged element by element.</summary>
/// <param name="Keys">The fields that identify an element; empty when the elements are scalars.</param>
/// <param name="Element">The type of the elements, or null when nothing below is merged by key.</param>
internal sealed record MergeList(string[] Keys, MergeType? Element);

/// <summary>
/// The merge keys of the built-in kinds: those of the schema that kustomize embeds, and for kinds and fields that it lacks those of current
/// Kubernetes. They are generated (<c>make schema-facts</c>) and read at their first use.
/// </summary>
internal static class MergeRules
{
    private static readonly Lazy<FrozenDictionary<(string ApiVersion, string Kind), MergeType>> Known = new(Read);

    /// <summary>The rules for a kind; null for kinds that are not built in, whose lists are always replaced.</summary>
    internal static MergeType? For(string apiVersion, string kind) => Known.Value.GetValueOrDefault((apiVersion, kind));

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
    private static MergeType TypeOf(ReadOnlySpan<string> fields, List<MergeType> types)
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

        return new MergeType(maps.ToFrozenDictionary(), lists.ToFrozenDictionary());
    }

    private static int Number(string text) => int.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture);
}

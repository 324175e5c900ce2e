namespace GitOpsToolkit.SchemaFacts;

/// <summary>A field of a type: the keys that its elements are merged by (null: the list, if it is one, is replaced), and the type of the map or of the elements.</summary>
internal sealed record SchemaField(IReadOnlyList<string>? Keys, string? Type, bool IsList);

/// <summary>A kind and the type that describes it.</summary>
internal readonly record struct SchemaKind(string ApiVersion, string Name, string Type);

/// <summary>Types by their OpenAPI name, such as <c>io.k8s.api.core.v1.Container</c>, and the kinds made of them.</summary>
internal sealed class SchemaModel
{
    internal Dictionary<string, Dictionary<string, SchemaField>> Types { get; } = new(StringComparer.Ordinal);

    internal SortedDictionary<(string ApiVersion, string Name), string> Kinds { get; } = [];

    /// <summary>Takes from a newer schema what this one lacks: kinds, types, and fields of types.</summary>
    internal void FillFrom(SchemaModel newer)
    {
        foreach (var (name, fields) in newer.Types)
        {
            Types.TryAdd(name, new Dictionary<string, SchemaField>(StringComparer.Ordinal));
            foreach (var (field, value) in fields)
            {
                Types[name].TryAdd(field, value);
            }
        }

        foreach (var (kind, type) in newer.Kinds)
        {
            Kinds.TryAdd(kind, type);
        }
    }
}

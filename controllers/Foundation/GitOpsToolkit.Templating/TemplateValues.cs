namespace GitOpsToolkit.Templating;

/// <summary>A value with a closed set of named fields, like a Go struct: to name another field is an error, not an empty text.</summary>
/// <param name="typeName">The type's name in errors, e.g. <c>update.Change</c>.</param>
/// <param name="fields">The fields in the order in which they are printed and compared.</param>
/// <param name="text">What the record prints as; null to print its fields in braces, as Go does.</param>
public sealed class TemplateRecord(string typeName, IReadOnlyList<KeyValuePair<string, object?>> fields, string? text = null)
    : IEquatable<TemplateRecord>
{
    /// <summary>The type's name in errors.</summary>
    public string TypeName { get; } = typeName;

    /// <summary>The fields in order.</summary>
    public IReadOnlyList<KeyValuePair<string, object?>> Fields { get; } = fields;

    /// <summary>What the record prints as; null for its fields in braces.</summary>
    public string? Text { get; } = text;

    /// <summary>Values that can be named but are neither printed nor compared, like a Go type's methods.</summary>
    public IReadOnlyDictionary<string, object?> Methods { get; init; } = new Dictionary<string, object?>(StringComparer.Ordinal);

    /// <inheritdoc/>
    public bool Equals(TemplateRecord? other) =>
        other is not null && TypeName == other.TypeName && Fields.SequenceEqual(other.Fields);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as TemplateRecord);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(TypeName, Fields.Count);
}

/// <summary>A map whose keys may be records. It is ranged over and printed in the order of its sorted keys, as in Go.</summary>
public sealed class TemplateMap
{
    /// <summary>Creates the map; keys are sorted here.</summary>
    public TemplateMap(IEnumerable<KeyValuePair<object, object?>> entries)
    {
        ArgumentNullException.ThrowIfNull(entries);
        Entries = [.. entries.OrderBy(entry => entry.Key, Comparer<object>.Create(Execution.KeyOrder.Compare))];
    }

    /// <summary>The entries in the order of their keys.</summary>
    public IReadOnlyList<KeyValuePair<object, object?>> Entries { get; }
}

namespace GitOpsToolkit.Controllers.ImageAutomation.Setters;

/// <summary>The object that a change belongs to; parts that the file does not say are empty.</summary>
/// <param name="ApiVersion">apiVersion.</param>
/// <param name="Kind">kind.</param>
/// <param name="Namespace">metadata.namespace.</param>
/// <param name="Name">metadata.name.</param>
public sealed record ObjectId(string ApiVersion, string Kind, string Namespace, string Name);

/// <summary>One value that was replaced.</summary>
/// <param name="File">The file, relative to the repository's root or to update.path.</param>
/// <param name="Line">The line of the value, from 1.</param>
/// <param name="Object">The object it belongs to.</param>
/// <param name="Setter">The marker's setter, <c>namespace:policy[:part]</c>.</param>
/// <param name="OldValue">The value before.</param>
/// <param name="NewValue">The value now.</param>
public sealed record SetterChange(string File, int Line, ObjectId Object, string Setter, string OldValue, string NewValue);

/// <summary>A marker, or a file with markers, that nothing could be done about.</summary>
/// <param name="File">The file.</param>
/// <param name="Line">The line, from 1.</param>
/// <param name="Setter">The setter; empty where a whole file is meant.</param>
/// <param name="Problem">Why, in words.</param>
public sealed record UnresolvedMarker(string File, int Line, string Setter, string Problem)
{
    /// <summary><c>file:line: setter: problem</c>.</summary>
    public override string ToString() => Setter.Length == 0 ? $"{File}:{Line}: {Problem}" : $"{File}:{Line}: {Setter}: {Problem}";
}

/// <summary>What was found in one file, every marker accounted for.</summary>
public sealed record FileResult
{
    /// <summary>The file.</summary>
    public required string File { get; init; }

    /// <summary>The new bytes; null if nothing changes.</summary>
    public byte[]? Content { get; init; }

    /// <summary>How many markers were found.</summary>
    public int Found { get; init; }

    /// <summary>How many of them have the value that they shall have.</summary>
    public int UpToDate { get; init; }

    /// <summary>The replaced values, in the order of the file.</summary>
    public IReadOnlyList<SetterChange> Changes { get; init; } = [];

    /// <summary>The markers nothing could be done about.</summary>
    public IReadOnlyList<UnresolvedMarker> Unresolved { get; init; } = [];

    /// <summary>Set if Flux fails the whole run over this file; here the file is left alone and the others go on.</summary>
    public bool IsMalformedList { get; init; }
}

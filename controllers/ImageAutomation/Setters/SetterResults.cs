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
public sealed record SetterChange(string File, int Line, ObjectId Object, string Setter, string OldValue, string NewValue)
{
    /// <summary>
    /// Where the value stands in its file, whatever the lines above it: its JSON pointer within its document; of a value that a side-car file found
    /// by a regular expression, the expression.
    /// </summary>
    public string Pointer { get; init; } = "";
}

/// <summary>Why nothing could be done about a marker.</summary>
public enum UnresolvedReason
{
    /// <summary>There is no such policy.</summary>
    NoSuchPolicy,

    /// <summary>The policy is not among those that the automation selects.</summary>
    NotSelected,

    /// <summary>The policy has elected nothing yet.</summary>
    NoImage,

    /// <summary>The setter is not <c>namespace:policy[:part]</c>, or has an unknown part.</summary>
    MalformedSetter,

    /// <summary>No marker has an effect in this place.</summary>
    IllegalPlace,

    /// <summary>The file cannot be read.</summary>
    Unparsable,
}

/// <summary>A marker, or a file with markers, that nothing could be done about.</summary>
/// <param name="File">The file.</param>
/// <param name="Line">The line, from 1.</param>
/// <param name="Setter">The setter; empty where a whole file is meant.</param>
/// <param name="Problem">Why, in words.</param>
public sealed record UnresolvedMarker(string File, int Line, string Setter, string Problem)
{
    /// <summary>The same for programs.</summary>
    public UnresolvedReason Reason { get; init; }

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

    /// <summary>How many markers were found; a file that cannot be read counts as one.</summary>
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

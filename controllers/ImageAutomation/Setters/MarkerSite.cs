namespace GitOpsToolkit.Controllers.ImageAutomation.Setters;

/// <summary>One marked value of a file: where it stands, what it names, and how another value is written there.</summary>
internal sealed record MarkerSite
{
    /// <summary>The line of the value, from 1.</summary>
    public required int Line { get; init; }

    /// <summary>The value's place within its file, see <see cref="SetterChange.Pointer"/>.</summary>
    public required string Pointer { get; init; }

    /// <summary>The setters that the marker names, in the order in which they are tried; at least one.</summary>
    public required IReadOnlyList<string> Setters { get; init; }

    /// <summary>The value that is there, as it compares with the one to be set.</summary>
    public required string Present { get; init; }

    /// <summary>Why nothing may be set here, whatever the value; null where it may.</summary>
    public string? Problem { get; init; }

    /// <summary>
    /// The characters that a value takes the place of, and what is written there; an <see cref="ArgumentException"/> says that the place cannot hold it.
    /// </summary>
    public required Func<string, SiteEdit> Render { get; init; }

    /// <summary>The object that the value belongs to; asked only for changes.</summary>
    public required Func<ObjectId> Object { get; init; }
}

/// <summary>Characters of a text and what takes their place.</summary>
/// <param name="Start">The index of the first character.</param>
/// <param name="End">The index after the last one.</param>
/// <param name="Written">What takes their place.</param>
internal readonly record struct SiteEdit(int Start, int End, string Written);

/// <summary>What was found in a file before anything is decided.</summary>
internal sealed record FoundMarkers
{
    /// <summary>Nothing.</summary>
    internal static readonly FoundMarkers None = new();

    /// <summary>The markers, in the order of the text.</summary>
    public IReadOnlyList<MarkerSite> Sites { get; init; } = [];

    /// <summary>The file as a whole cannot be read or edited; null where it can.</summary>
    public UnresolvedMarker? Problem { get; init; }

    /// <summary>See <see cref="FileResult.IsMalformedList"/>.</summary>
    public bool IsMalformedList { get; init; }
}

namespace GitOpsToolkit.Versioning;

/// <summary>What an election asks of a tag beyond filter and policy. Without any, the election is Flux's.</summary>
public sealed record ElectionTerms
{
    /// <summary>No terms.</summary>
    public static readonly ElectionTerms None = new();

    /// <summary>Whether the tag that was first seen last wins; the policy decides among those of the same time.</summary>
    public bool NewestFirst { get; init; }

    /// <summary>How long ago a tag must have been seen first.</summary>
    public TimeSpan MinAge { get; init; }

    /// <summary>The present time, by which ages and the ends of holds count.</summary>
    public DateTimeOffset Now { get; init; }

    /// <summary>The tag that is elected at present: it never becomes too young again.</summary>
    public string? Incumbent { get; init; }

    /// <summary>Versions that are held back.</summary>
    public IReadOnlyList<TagHold> Holds { get; init; } = [];

    /// <summary>Tags that were looked up and refused, with the reason.</summary>
    public IReadOnlyDictionary<string, TagObjection> Refused { get; init; } = new Dictionary<string, TagObjection>();

    /// <summary>Whether one tag that is no number makes a numerical policy fail, as with Flux; otherwise it is passed over and counted.</summary>
    public bool FailOnBadNumber { get; init; }
}

namespace GitOpsToolkit.Versioning;

/// <summary>Why a tag cannot be elected. The order is that of the checks: a tag is counted under the first that it fails.</summary>
public enum TagRefusal
{
    /// <summary>The filter's pattern does not match it.</summary>
    Filtered,

    /// <summary>A semver policy finds no version in it.</summary>
    NotAVersion,

    /// <summary>A numerical policy finds no number in it.</summary>
    NotANumber,

    /// <summary>It is a prerelease that would be in the range, which names none.</summary>
    Prerelease,

    /// <summary>Its version is not in the range.</summary>
    OutOfRange,

    /// <summary>Somebody holds the version back.</summary>
    Held,

    /// <summary>It was first seen too short a time ago, or it is not known when.</summary>
    TooYoung,

    /// <summary>Its image is not there for every platform.</summary>
    PlatformMissing,

    /// <summary>Nobody signed it.</summary>
    NoSignature,

    /// <summary>It is signed by a key, or under an authority, that is not trusted.</summary>
    WrongKey,

    /// <summary>It is signed by somebody else than is asked for.</summary>
    WrongIdentity,

    /// <summary>It is signed, and no signature holds.</summary>
    InvalidSignature,
}

/// <summary>Why a tag was refused that was looked up.</summary>
/// <param name="Reason">The reason.</param>
/// <param name="Why">The reason for people: what was found.</param>
public sealed record TagObjection(TagRefusal Reason, string Why);

/// <summary>How many tags an election looked at, and how many it refused for which reason.</summary>
public sealed class TagCounts
{
    private readonly int[] refused = new int[Enum.GetValues<TagRefusal>().Length];

    /// <summary>All tags.</summary>
    public int Considered { get; internal set; }

    /// <summary>Those that could be elected.</summary>
    public int Eligible => Considered - refused.Sum();

    /// <summary>How many were refused for a reason.</summary>
    public int this[TagRefusal refusal]
    {
        get => refused[(int)refusal];
        internal set => refused[(int)refusal] = value;
    }

    /// <summary>The reasons that refused any, with how many.</summary>
    public IReadOnlyList<KeyValuePair<TagRefusal, int>> Refused =>
        [.. Enum.GetValues<TagRefusal>().Where(refusal => this[refusal] > 0).Select(refusal => KeyValuePair.Create(refusal, this[refusal]))];
}

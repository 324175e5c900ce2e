namespace GitOpsToolkit.Signatures;

/// <summary>How much of what a registry holds about an artifact is looked at. Who may push there may push anything.</summary>
public sealed record SignatureLimits
{
    /// <summary>The limits that hold where none are given.</summary>
    public static readonly SignatureLimits Default = new();

    /// <summary>The most signatures of an artifact that are tried.</summary>
    /// <value>50.</value>
    public int MaxSignatures { get; init; } = 50;

    /// <summary>The largest payload, bundle or envelope, in bytes.</summary>
    /// <value>1 MiB.</value>
    public int MaxPayloadBytes { get; init; } = 1 << 20;

    /// <summary>How deep JSON may be nested.</summary>
    /// <value>32.</value>
    public int MaxDepth { get; init; } = 32;

    /// <summary>The most certificates of a chain.</summary>
    /// <value>8.</value>
    public int MaxChain { get; init; } = 8;
}

namespace GitOpsToolkit.Archives;

/// <summary>Caps on what is packed or unpacked; each is enforced while streaming, so that a hostile input costs no more than the cap.</summary>
public sealed record ArchiveLimits
{
    /// <summary>The caps that hold where nothing else is said.</summary>
    public static ArchiveLimits Default { get; } = new();

    /// <summary>Bytes of all files together, before compression.</summary>
    /// <value>1 GiB.</value>
    public long MaxTotalBytes { get; init; } = 1L << 30;

    /// <summary>Bytes of one file, before compression.</summary>
    /// <value>256 MiB.</value>
    public long MaxFileBytes { get; init; } = 256L << 20;

    /// <summary>Files and folders together.</summary>
    /// <value>500 000.</value>
    public int MaxEntries { get; init; } = 500_000;

    /// <summary>Folders above a file, the root not counted.</summary>
    /// <value>100.</value>
    public int MaxDepth { get; init; } = 100;

    /// <summary>Bytes of a path inside the archive, in UTF-8.</summary>
    /// <value>4096.</value>
    public int MaxPathBytes { get; init; } = 4096;
}

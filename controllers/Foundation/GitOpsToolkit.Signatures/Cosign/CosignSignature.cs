namespace GitOpsToolkit.Signatures.Cosign;

/// <summary>A signature in either of cosign's formats, read and not yet believed.</summary>
internal sealed record CosignSignature
{
    /// <summary>The bytes that were signed.</summary>
    internal required byte[] Signed { get; init; }

    /// <summary>The signature over them.</summary>
    internal required byte[] Signature { get; init; }

    /// <summary>The digest that the signed bytes speak of.</summary>
    internal required string Claim { get; init; }

    /// <summary>Whether the signed bytes are a DSSE envelope's, which logs enter in another way.</summary>
    internal DsseParts? Dsse { get; init; }

    /// <summary>The signer's certificate, DER; null for a bare key.</summary>
    internal byte[]? Certificate { get; init; }

    /// <summary>What transparency logs say of it.</summary>
    internal IReadOnlyList<LogEntry> Entries { get; init; } = [];

    /// <summary>RFC 3161 responses of timestamp authorities over the signature, DER.</summary>
    internal IReadOnlyList<byte[]> Timestamps { get; init; } = [];
}

/// <summary>The parts of a DSSE envelope of one signature.</summary>
/// <param name="PayloadType">The type of the payload.</param>
/// <param name="Payload">The payload.</param>
internal sealed record DsseParts(string PayloadType, byte[] Payload);

/// <summary>An entry of a transparency log, as it comes with a signature.</summary>
internal sealed record LogEntry
{
    /// <summary>The entry's bytes.</summary>
    internal required byte[] Body { get; init; }

    /// <summary>The log, by its key's id; hexadecimal digits.</summary>
    internal required string LogId { get; init; }

    /// <summary>The position that the log counts over all its trees.</summary>
    internal required long LogIndex { get; init; }

    /// <summary>When the log says it took the entry, in seconds since 1970; 0 where it says nothing.</summary>
    internal required long IntegratedTime { get; init; }

    /// <summary>The log's promise, a signature over time, index and body; null for none.</summary>
    internal byte[]? SignedEntryTimestamp { get; init; }

    /// <summary>That the entry is in the log's tree; null for no proof.</summary>
    internal InclusionProof? Proof { get; init; }
}

/// <summary>A path from an entry to the root of a Merkle tree, and the log's signature under the root.</summary>
/// <param name="Index">The entry's position in the tree.</param>
/// <param name="TreeSize">How many entries the tree has.</param>
/// <param name="RootHash">The root.</param>
/// <param name="Hashes">The neighbours on the way up.</param>
/// <param name="Checkpoint">The signed note; null for none.</param>
internal sealed record InclusionProof(long Index, long TreeSize, byte[] RootHash, IReadOnlyList<byte[]> Hashes, string? Checkpoint);

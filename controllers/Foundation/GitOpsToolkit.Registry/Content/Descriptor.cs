namespace GitOpsToolkit.Registry.Content;

/// <summary>Points to content by its digest, as the OCI image specification has it. Foreign addresses (<c>urls</c>) are never read.</summary>
/// <param name="MediaType">What the content is.</param>
/// <param name="Digest">Its digest, <c>sha256:…</c>.</param>
/// <param name="Size">Its length in bytes.</param>
public sealed record Descriptor(string MediaType, string Digest, long Size)
{
    /// <summary>The kind of artifact, where the content is a manifest of one; else null.</summary>
    public string? ArtifactType { get; init; }

    /// <summary>What the image runs on, in an index; else null.</summary>
    public Platform? Platform { get; init; }

    /// <summary>Further facts by name.</summary>
    public IReadOnlyDictionary<string, string> Annotations { get; init; } = Annotation.None;
}

/// <summary>What an image runs on.</summary>
/// <param name="OperatingSystem">For example <c>linux</c>.</param>
/// <param name="Architecture">For example <c>arm64</c>.</param>
/// <param name="Variant">For example <c>v8</c>; empty for none.</param>
public sealed record Platform(string OperatingSystem, string Architecture, string Variant = "")
{
    /// <summary>The usual form, for example <c>linux/arm64/v8</c>.</summary>
    public override string ToString() =>
        Variant.Length == 0 ? $"{OperatingSystem}/{Architecture}" : $"{OperatingSystem}/{Architecture}/{Variant}";
}

/// <summary>The empty set of annotations.</summary>
internal static class Annotation
{
    internal static IReadOnlyDictionary<string, string> None { get; } = new Dictionary<string, string>(StringComparer.Ordinal);
}

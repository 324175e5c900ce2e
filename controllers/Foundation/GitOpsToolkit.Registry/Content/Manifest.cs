namespace GitOpsToolkit.Registry.Content;

/// <summary>A manifest or an index whose digest was checked.</summary>
/// <param name="MediaType">One of <see cref="MediaTypes"/>.</param>
/// <param name="Digest">The digest of <paramref name="Content"/>, <c>sha256:…</c>.</param>
/// <param name="Content">The bytes as the registry gave them: what signatures are about.</param>
public sealed record Manifest(string MediaType, string Digest, ReadOnlyMemory<byte> Content)
{
    /// <summary>Whether this is an index, which has <see cref="Manifests"/> instead of <see cref="Layers"/>.</summary>
    public bool IsIndex => MediaTypes.IsIndex(MediaType);

    /// <summary>The manifests of an index; empty for an image.</summary>
    public IReadOnlyList<Descriptor> Manifests { get; init; } = [];

    /// <summary>The configuration of an image; null for an index.</summary>
    public Descriptor? Config { get; init; }

    /// <summary>The layers of an image; empty for an index.</summary>
    public IReadOnlyList<Descriptor> Layers { get; init; } = [];

    /// <summary>What this manifest is about, for example the image that it signs; null for nothing else.</summary>
    public Descriptor? Subject { get; init; }

    /// <summary>The kind of artifact; for a manifest without one, the media type of its configuration.</summary>
    public string? ArtifactType { get; init; }

    /// <summary>Further facts by name.</summary>
    public IReadOnlyDictionary<string, string> Annotations { get; init; } = Annotation.None;
}

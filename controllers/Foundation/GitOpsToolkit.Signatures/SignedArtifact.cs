using GitOpsToolkit.Registry;

namespace GitOpsToolkit.Signatures;

/// <summary>What a signature is about: the manifest of a digest, never a tag.</summary>
/// <param name="Registry">Reads the registry where the artifact and its signatures are.</param>
/// <param name="Image">The repository.</param>
/// <param name="Digest">The digest of the manifest or index, <c>sha256:…</c>.</param>
/// <param name="Access">How to get at it.</param>
public sealed record SignedArtifact(IRegistryReader Registry, ImageName Image, string Digest, RegistryAccess Access);

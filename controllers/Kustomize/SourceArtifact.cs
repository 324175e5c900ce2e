using GitOpsToolkit.Api.Kustomize.V1;
using GitOpsToolkit.Api.Meta;
using GitOpsToolkit.Api.Source.V1;
using GitOpsToolkit.Kubernetes;

namespace GitOpsToolkit.Controllers.Kustomize;

/// <summary>The artifact that a Kustomization is to be brought to.</summary>
internal sealed record SourceArtifact(Artifact Artifact)
{
    internal string Revision => Artifact.Revision;

    /// <summary>The revision of what the artifact was made from, where the artifact states one.</summary>
    internal string? OriginRevision => Artifact.Metadata.GetValueOrDefault("org.opencontainers.image.revision");
}

/// <summary>What is known of a source.</summary>
/// <param name="Exists">Whether the object exists.</param>
/// <param name="Artifact">Its artifact, or null.</param>
internal readonly record struct SourceState(bool Exists, Artifact? Artifact);

/// <summary>The sources in the caches, whatever their kind.</summary>
internal sealed class Sources(WatchCache<GitRepository> git, WatchCache<OCIRepository> oci, WatchCache<ExternalArtifact>? external)
{
    /// <summary>The namespace and name of the source that a Kustomization refers to.</summary>
    internal static ObjectKey KeyOf(ObjectKey kustomization, KustomizationSourceReference reference) =>
        new(string.IsNullOrEmpty(reference.Namespace) ? kustomization.Namespace : reference.Namespace, reference.Name);

    /// <summary>The value under which Kustomizations are indexed by their source.</summary>
    internal static string IndexValue(string kind, ObjectKey key) => $"{kind}/{key}";

    internal SourceState Find(string kind, ObjectKey key) => kind switch
    {
        "GitRepository" => Of(git.Find(key)?.Value, source => source.Status.Artifact),
        "OCIRepository" => Of(oci.Find(key)?.Value, source => source.Status.Artifact),
        "ExternalArtifact" when external is not null => Of(external.Find(key)?.Value, source => source.Status.Artifact),
        _ => default,
    };

    private static SourceState Of<T>(T? source, Func<T, Artifact?> artifact)
        where T : class => source is null ? default : new SourceState(Exists: true, artifact(source));
}

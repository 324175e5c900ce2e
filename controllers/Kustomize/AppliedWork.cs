using GitOpsToolkit.Delivery;
using GitOpsToolkit.Kustomize;

namespace GitOpsToolkit.Controllers.Kustomize;

/// <summary>What this process did last for a Kustomization: as long as it holds, there is nothing to do.</summary>
/// <param name="Generation">The generation of the spec.</param>
/// <param name="Uid">The identity of the object.</param>
/// <param name="Revision">The revision.</param>
/// <param name="ArtifactDigest">The digest of the artifact.</param>
/// <param name="BuildDigest">The digest of the rendered manifests.</param>
/// <param name="Inputs">What the build saw of the artifact.</param>
/// <param name="Objects">The applied objects, in order.</param>
/// <param name="Skipped">Those among them that were left alone on purpose.</param>
/// <param name="AuditedAt">When every object was last compared with the server.</param>
/// <param name="HealthSince">When the present wait for health began; null when none is going on.</param>
internal sealed record AppliedWork(
    long Generation, string Uid, string Revision, string ArtifactDigest, string BuildDigest, BuildInputs Inputs,
    IReadOnlyList<ObjectRef> Objects, IReadOnlySet<ObjectRef> Skipped, DateTimeOffset AuditedAt, DateTimeOffset? HealthSince);

/// <summary>What this reconcile did, for its last steps.</summary>
/// <param name="Digest">The digest of the rendered manifests.</param>
/// <param name="DidWork">Whether objects were written or removed, or the user had asked for a reconcile.</param>
internal sealed record Delivered(string Digest, bool DidWork);

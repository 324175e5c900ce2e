using GitOpsToolkit.Api.Image.V1;
using GitOpsToolkit.Reconciling;
using GitOpsToolkit.Registry;

namespace GitOpsToolkit.Controllers.ImageReflector.Policies;

/// <summary>Looks up the digest of an elected tag, as often as the policy wants it.</summary>
internal sealed class DigestReflector(IRegistryReader registry, RegistryLookup lookup)
{
    internal const string Always = "Always";
    private const string IfNotPresent = "IfNotPresent";

    /// <summary>The digest (null for the policy Never), or the fault that kept from it.</summary>
    internal async Task<(string? Digest, Fault? Fault)> ReflectAsync(
        ImagePolicy policy, ImageRepository repository, ImageRef elected, CancellationToken cancellation)
    {
        var before = policy.Status.LatestRef;
        switch (policy.Spec.DigestReflectionPolicy)
        {
            case IfNotPresent when before is { Digest.Length: > 0 } && before.Name == elected.Name && before.Tag == elected.Tag:
                return (before.Digest, null);
            case IfNotPresent or Always:
                return await lookup.AskAsync(
                    repository, $"look up the digest of {elected.Name}:{elected.Tag}",
                    (image, access, bounded) => registry.ResolveDigestAsync(image, elected.Tag, access, bounded), cancellation);
            default:
                return (null, null);
        }
    }
}

using GitOpsToolkit.Api.Image.V1;
using GitOpsToolkit.Kubernetes;

namespace GitOpsToolkit.Controllers.ImageReflector.Policies;

/// <summary>Whether a policy may use an ImageRepository of another namespace.</summary>
internal sealed class RepositoryAccess(KubeClient client, bool noCrossNamespaceRefs)
{
    /// <summary>Why the policy may not use the repository, or null where it may.</summary>
    internal async Task<string?> FindDenialAsync(
        string policyNamespace, ObjectKey key, ImageRepository? repository, CancellationToken cancellation)
    {
        if (policyNamespace == key.Namespace)
        {
            return null;
        }

        if (noCrossNamespaceRefs)
        {
            return $"cannot access '{key}', cross-namespace references have been blocked";
        }

        if (repository is null)
        {
            return null;
        }

        var selectors = repository.Spec.AccessFrom?.NamespaceSelectors ?? [];
        if (selectors.Count == 0)
        {
            return $"cannot access '{key}' from namespace '{policyNamespace}': the ImageRepository has no spec.accessFrom";
        }

        var found = await client.GetAsync(ResourcePath.Core("namespaces", name: policyNamespace), cancellation);
        var labels = found?["metadata"]?["labels"]?.AsObject();
        var matches = selectors.Any(selector => selector.MatchLabels.All(
            wanted => labels?[wanted.Key] is { } value && value.GetValue<string>() == wanted.Value));
        return matches
            ? null
            : $"cannot access '{key}' from namespace '{policyNamespace}': no selector of the ImageRepository's spec.accessFrom matches its labels";
    }
}

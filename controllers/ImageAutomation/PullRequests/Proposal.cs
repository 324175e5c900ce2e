using GitOpsToolkit.Controllers.ImageAutomation.Setters;
using GitOpsToolkit.Controllers.ImageAutomation.Updates;
using GitOpsToolkit.Kubernetes;

namespace GitOpsToolkit.Controllers.ImageAutomation.PullRequests;

/// <summary>The changes that one pull request offers: those of the policies whose names give the same branch.</summary>
/// <param name="Branch">The branch's short name.</param>
/// <param name="Policies">The policies.</param>
internal sealed record Proposal(string Branch, IReadOnlyList<PolicyImage> Policies)
{
    /// <summary><c>namespace:policy</c> of each.</summary>
    internal IReadOnlySet<string> Setters { get; } = Policies.Select(image => $"{image.Namespace}:{image.Policy}").ToHashSet(StringComparer.Ordinal);

    /// <summary>The versions by the policies' names.</summary>
    internal IReadOnlyDictionary<string, string> Versions { get; } =
        new SortedDictionary<string, string>(Policies.ToDictionary(image => image.Policy, VersionOf, StringComparer.Ordinal), StringComparer.Ordinal);

    /// <summary>A tag, with @ and the digest where that is written; as holds name versions.</summary>
    internal static string VersionOf(PolicyImage image) => image.Digest.Length > 0 ? $"{image.Tag}@{image.Digest}" : image.Tag;

    /// <summary>Sorts the elected images into branches.</summary>
    /// <param name="template">The branches' names.</param>
    /// <param name="automation">The automation.</param>
    /// <param name="set">What was elected.</param>
    internal static IReadOnlyList<Proposal> Of(NameTemplate template, ObjectKey automation, PolicySet set) =>
    [
        .. set.Images.GroupBy(image => template.RenderBranch(ValuesOf(automation, set, image)), StringComparer.Ordinal)
            .OrderBy(group => group.Key, StringComparer.Ordinal)
            .Select(group => new Proposal(group.Key, [.. group.OrderBy(image => image.Policy, StringComparer.Ordinal)])),
    ];

    /// <summary>What placeholders stand for.</summary>
    internal static NameValues ValuesOf(ObjectKey automation, PolicySet set, PolicyImage image) => new(
        automation.Namespace, automation.Name, image.Policy,
        set.Groups.GetValueOrDefault($"{image.Namespace}:{image.Policy}", image.Policy), image.Tag);
}

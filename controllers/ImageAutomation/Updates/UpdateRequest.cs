using GitOpsToolkit.Api.Image.V1;
using GitOpsToolkit.Controllers.ImageAutomation.Setters;
using GitOpsToolkit.Controllers.ImageAutomation.Sources;
using GitOpsToolkit.Kubernetes;

namespace GitOpsToolkit.Controllers.ImageAutomation.Updates;

/// <summary>What a run is given.</summary>
/// <param name="Automation">The automation's key.</param>
/// <param name="Commit">Author and message.</param>
/// <param name="Folder">The folder to edit.</param>
/// <param name="Plan">Where.</param>
/// <param name="Values">What to write.</param>
internal sealed record UpdateRequest(ObjectKey Automation, CommitSpec Commit, string Folder, GitPlan Plan, SetterValues Values)
{
    /// <summary>What is put into one commit.</summary>
    internal CommitScope CommitPer { get; init; }

    /// <summary>The groups of policies, by <c>namespace:policy</c>.</summary>
    internal IReadOnlyDictionary<string, string> Groups { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);
}

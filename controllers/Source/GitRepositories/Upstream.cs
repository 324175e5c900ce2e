using GitOpsToolkit.Git;

namespace GitOpsToolkit.Controllers.Source.GitRepositories;

/// <summary>What the repository's server says, as a fact of one reconcile.</summary>
/// <param name="Mirror">The local mirror.</param>
/// <param name="Reference">The commit that the spec means now.</param>
/// <param name="IsStored">Whether the artifact in storage is of that commit and was built from the same spec: there is nothing to do.</param>
internal sealed record Upstream(GitMirror Mirror, ResolvedReference Reference, bool IsStored);

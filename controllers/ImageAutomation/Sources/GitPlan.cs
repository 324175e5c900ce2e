using GitOpsToolkit.Api.Image.V1;
using GitOpsToolkit.Api.Source.V1;
using GitOpsToolkit.Connections;
using GitOpsToolkit.Git;
using GitOpsToolkit.Git.Signing;

namespace GitOpsToolkit.Controllers.ImageAutomation.Sources;

/// <summary>Which repository a run works on, what it checks out, and where it pushes.</summary>
internal sealed record GitPlan
{
    /// <summary>The repository's mirror.</summary>
    public required GitMirror Mirror { get; init; }

    /// <summary>What is checked out.</summary>
    public required GitReference Checkout { get; init; }

    /// <summary>The branch that is pushed to.</summary>
    public required string PushBranch { get; init; }

    /// <summary>The deadline of each operation.</summary>
    public required TimeSpan Timeout { get; init; }

    /// <summary>The push options, as <c>key=value</c>.</summary>
    public IReadOnlyList<string> PushOptions { get; init; } = [];

    /// <summary>The repository's credentials; null: none.</summary>
    public GitCredentials? Credentials { get; init; }

    /// <summary>The proxy between; null: that of the environment, if any.</summary>
    public ProxySettings? Proxy { get; init; }

    /// <summary>Signs the commits; null for commits without a signature.</summary>
    public ICommitSigner? Signer { get; init; }

    /// <summary>Whether what is pushed to is not what was checked out.</summary>
    public bool SwitchesBranch =>
        PushBranch != (Checkout.Branch is { Length: > 0 } branch ? branch : HasOtherRef ? "" : GitReference.DefaultBranch);

    private bool HasOtherRef => Checkout is { Tag.Length: > 0 } or { SemVer.Length: > 0 } or { Name.Length: > 0 } or { Commit.Length: > 0 };

    /// <summary>The checkout reference of an automation: its own, else the repository's, else the branch master.</summary>
    internal static GitReference CheckoutOf(GitSpec git, GitRepository repository)
    {
        var reference = git.Checkout?.Ref ?? repository.Spec.Ref;
        return reference is null
            ? new GitReference()
            : new GitReference
            {
                Branch = reference.Branch,
                Tag = reference.Tag,
                SemVer = reference.SemVer,
                Name = reference.Name,
                Commit = reference.Commit,
            };
    }

    /// <summary>The push branch: the one given, else the branch that is checked out; null if neither is there.</summary>
    internal static string? PushBranchOf(GitSpec git, GitRepository repository)
    {
        if (git.Push?.Branch is { Length: > 0 } branch)
        {
            return branch;
        }

        var reference = git.Checkout?.Ref ?? repository.Spec.Ref;
        return reference is null ? GitReference.DefaultBranch : reference.Branch is { Length: > 0 } checkedOut ? checkedOut : null;
    }
}

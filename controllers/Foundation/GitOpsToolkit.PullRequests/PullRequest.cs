namespace GitOpsToolkit.PullRequests;

/// <summary>What has become of a pull request.</summary>
public enum PullRequestState
{
    /// <summary>It waits for a decision.</summary>
    Open,

    /// <summary>Its changes were taken.</summary>
    Merged,

    /// <summary>It was closed, declined or abandoned, and its changes were not taken.</summary>
    Closed,
}

/// <summary>A pull request (a merge request, at GitLab) whose head is a branch of the repository itself.</summary>
public sealed record PullRequest
{
    /// <summary>What the host calls it: a number within the repository.</summary>
    public required long Number { get; init; }

    /// <summary>Its page, for people.</summary>
    public required string Url { get; init; }

    /// <summary>See <see cref="PullRequestState"/>.</summary>
    public required PullRequestState State { get; init; }

    /// <summary>The title.</summary>
    public required string Title { get; init; }

    /// <summary>The short name of the branch whose commits it offers.</summary>
    public required string Head { get; init; }

    /// <summary>The short name of the branch that they are offered to.</summary>
    public required string Base { get; init; }

    /// <summary>The commit that the head branch had when the host last looked, as far as the host tells; it may be shortened.</summary>
    public string? HeadCommit { get; init; }
}

/// <summary>What a pull request is opened with.</summary>
/// <param name="Head">The short name of the branch whose commits are offered; it must be on the host already.</param>
/// <param name="Base">The short name of the branch that they are offered to.</param>
/// <param name="Title">The title; cut where the host takes less.</param>
/// <param name="Body">The description, in Markdown; cut where the host takes less.</param>
public sealed record PullRequestDraft(string Head, string Base, string Title, string Body)
{
    /// <summary>Labels. Where a host has none for pull requests (Bitbucket) they are passed over; GitHub, GitLab and Azure DevOps make those
    /// that are missing, Gitea takes those that the repository or its organisation has.</summary>
    public IReadOnlyList<string> Labels { get; init; } = [];
}

namespace GitOpsToolkit.PullRequests;

/// <summary>Why a host did not do what was asked.</summary>
public enum PullRequestFault
{
    /// <summary>No connection, a time-out, or an error of the server.</summary>
    Unreachable,

    /// <summary>The credentials are missing, wrong, expired or not sufficient.</summary>
    Authentication,

    /// <summary>There is no such repository or pull request, or the credentials may not see it.</summary>
    NotFound,

    /// <summary>A pull request with the same branches is open.</summary>
    AlreadyExists,

    /// <summary>The base branch has all that the head branch has.</summary>
    NothingToMerge,

    /// <summary>Too many requests; <see cref="PullRequestException.RetryAfter"/> says when to come back.</summary>
    RateLimited,

    /// <summary>The answer is larger than allowed.</summary>
    TooLarge,

    /// <summary>The host refused for a reason of its own.</summary>
    Refused,

    /// <summary>The answer is not what the host's documentation says, or leads where it must not.</summary>
    Protocol,
}

/// <summary>A failed request to a host. The message says what was asked, what came, and what to do; it holds no secret.</summary>
/// <param name="fault">The class of the fault.</param>
/// <param name="message">What was asked, what came, what to do.</param>
/// <param name="inner">The cause, if any.</param>
public sealed class PullRequestException(PullRequestFault fault, string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>The class of the fault.</summary>
    public PullRequestFault Fault { get; } = fault;

    /// <summary>How long to leave the host alone, where it said so.</summary>
    public TimeSpan? RetryAfter { get; init; }
}

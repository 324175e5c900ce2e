namespace GitOpsToolkit.Registry;

/// <summary>Why a registry did not give what was asked.</summary>
public enum RegistryFault
{
    /// <summary>No connection, a time-out, or an error of the server.</summary>
    Unreachable,

    /// <summary>The credentials are missing, wrong or not sufficient.</summary>
    Authentication,

    /// <summary>There is no such repository, tag or manifest.</summary>
    NotFound,

    /// <summary>Too many requests; <see cref="RegistryException.RetryAfter"/> says when to come back.</summary>
    RateLimited,

    /// <summary>The answer ended early.</summary>
    Truncated,

    /// <summary>The answer is larger than allowed.</summary>
    TooLarge,

    /// <summary>The answer is not what the specification says, or leads where it must not.</summary>
    Protocol,
}

/// <summary>A failed request to a registry. The message says what was asked, what came, and what to do; it holds no secret.</summary>
/// <param name="fault">The class of the fault.</param>
/// <param name="message">What was asked, what came, what to do.</param>
/// <param name="inner">The cause, if any.</param>
public sealed class RegistryException(RegistryFault fault, string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>The class of the fault.</summary>
    public RegistryFault Fault { get; } = fault;

    /// <summary>How long to leave the registry alone, where it said so.</summary>
    public TimeSpan? RetryAfter { get; init; }
}

namespace GitOpsToolkit.Git;

/// <summary>What kind of failure a Git operation met; it decides what the user is told to do.</summary>
public enum GitFailure
{
    /// <summary>None of the others; the message holds what git said.</summary>
    Other,

    /// <summary>The URL, a reference or an option is refused before anything is sent.</summary>
    InvalidInput,

    /// <summary>The server wants other credentials, or these may not do what was asked.</summary>
    Authentication,

    /// <summary>The server knows no such repository (or does not tell those who may not see it).</summary>
    RepositoryNotFound,

    /// <summary>The repository has no commit at all.</summary>
    EmptyRepository,

    /// <summary>The repository has no such branch, tag, reference or commit.</summary>
    RefNotFound,

    /// <summary>The deadline passed.</summary>
    Timeout,

    /// <summary>The host cannot be found or connected to.</summary>
    Unreachable,

    /// <summary>The server's certificate is not trusted, or TLS failed otherwise.</summary>
    Tls,

    /// <summary>The server redirects; credentials never follow a redirect.</summary>
    Redirect,

    /// <summary>A cap on size was exceeded.</summary>
    TooLarge,

    /// <summary>The local mirror is damaged; it is to be discarded and fetched anew.</summary>
    Corrupt,

    /// <summary>The server's SSH host key is none that is pinned.</summary>
    HostKey,
}

/// <summary>A Git operation failed. The message is for the operator: what failed, where, what to do; it never holds a secret.</summary>
public sealed class GitException : Exception
{
    /// <summary>A failure of this kind.</summary>
    public GitException(GitFailure failure, string message, Exception? cause = null)
        : base(message, cause) => Failure = failure;

    /// <summary>The kind of failure.</summary>
    public GitFailure Failure { get; }
}

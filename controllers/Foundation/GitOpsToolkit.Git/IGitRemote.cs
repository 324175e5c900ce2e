using GitOpsToolkit.Connections;

namespace GitOpsToolkit.Git;

/// <summary>The network side of Git, and the only place that talks to Git servers. Everything local (trees, commits) is <see cref="GitMirror"/>'s.</summary>
public interface IGitRemote
{
    /// <summary>Lists the references of a repository; an empty repository has none.</summary>
    /// <exception cref="GitException">The failure and its kind.</exception>
    Task<IReadOnlyList<GitRef>> ListRefsAsync(GitEndpoint endpoint, RefScope scope, CancellationToken cancel);

    /// <summary>Fetches into the bare repository at <paramref name="repositoryPath"/>.</summary>
    /// <param name="endpoint">Where from.</param>
    /// <param name="repositoryPath">The bare repository.</param>
    /// <param name="refspecs">What to fetch and where to keep it, e.g. <c>+refs/heads/main:refs/mirror/x</c>; an object id may stand on the left.</param>
    /// <param name="depth">Commits of history per reference; 0 for all of it.</param>
    /// <param name="cancel">Stops the fetch at once, children included.</param>
    /// <exception cref="GitException">The failure and its kind.</exception>
    Task FetchAsync(GitEndpoint endpoint, string repositoryPath, IReadOnlyList<string> refspecs, int depth, CancellationToken cancel);

    /// <summary>Pushes commits out of the bare repository at <paramref name="repositoryPath"/>; the outcomes are in the order of the commands.</summary>
    /// <exception cref="GitException">Nothing was pushed: the failure and its kind. A reference that the server refuses is an outcome, not an exception.</exception>
    Task<IReadOnlyList<PushOutcome>> PushAsync(
        GitEndpoint endpoint,
        string repositoryPath,
        IReadOnlyList<PushCommand> commands,
        IReadOnlyList<string> pushOptions,
        CancellationToken cancel);
}

/// <summary>A repository on a server, how to be let in, and how long one operation may take.</summary>
/// <param name="Url">The address.</param>
/// <param name="Credentials">What to present; null for an anonymous client.</param>
/// <param name="Timeout">The deadline of one operation; seven days where more is given, since timers take no more than 49.</param>
public sealed record GitEndpoint(GitUrl Url, GitCredentials? Credentials, TimeSpan Timeout)
{
    private static readonly TimeSpan s_longest = TimeSpan.FromDays(7);

    /// <summary>The deadline of one operation.</summary>
    public TimeSpan Timeout { get; init; } = Timeout < s_longest ? Timeout : s_longest;

    /// <summary>The proxy between, for HTTP and HTTPS; null for that of the environment, if any.</summary>
    public ProxySettings? Proxy { get; init; }

    /// <summary>Takes what is secret here out of words that a server may have put together from it.</summary>
    internal string Redact(string text)
    {
        text = Credentials?.Redact(text) ?? text;
        return Proxy?.Secret is { Length: >= GitCredentials.ShortestSecret } secret
            ? text.Replace(secret, "***", StringComparison.Ordinal).Replace(Uri.EscapeDataString(secret), "***", StringComparison.Ordinal)
            : text;
    }
}

/// <summary>A reference as the server tells it.</summary>
/// <param name="Name">The full name, or <c>HEAD</c>.</param>
/// <param name="Id">The object that it points at: a commit, or an annotated tag.</param>
/// <param name="PeeledId">What an annotated tag stands for in the end; null where <paramref name="Id"/> is no tag object.</param>
public sealed record GitRef(string Name, string Id, string? PeeledId = null)
{
    /// <summary>The commit (as a rule), with annotated tags resolved.</summary>
    public string TargetId => PeeledId ?? Id;

    /// <summary>The reference that this one stands for, e.g. <c>refs/heads/main</c> for <c>HEAD</c>; null where it is no symbolic one, or the server does not say.</summary>
    public string? SymrefTarget { get; init; }
}

/// <summary>Which references are of interest; a server may tell more.</summary>
[Flags]
public enum RefScope
{
    /// <summary>Every reference, and HEAD.</summary>
    All = 0,

    /// <summary>Branches.</summary>
    Heads = 1,

    /// <summary>Tags.</summary>
    Tags = 2,
}

/// <summary>One reference to push.</summary>
/// <param name="RefName">The full name on the server.</param>
/// <param name="NewId">The commit it is to point at; null deletes it.</param>
/// <param name="ExpectedOldId">What it must point at for the push to be taken; empty: it must not exist; null: no expectation beyond
/// the server's own rule that nothing is lost.</param>
/// <param name="Force">Lets the reference move to a commit that does not contain the old one.</param>
public sealed record PushCommand(string RefName, string? NewId, string? ExpectedOldId = null, bool Force = false);

/// <summary>What became of one pushed reference.</summary>
public enum PushResult
{
    /// <summary>The server has it.</summary>
    Pushed,

    /// <summary>The server had it already.</summary>
    UpToDate,

    /// <summary>The reference has moved: fetch, build on the new tip, push again.</summary>
    RejectedNonFastForward,

    /// <summary>The server's hook or branch protection refused it; pushing the same again will not help.</summary>
    RejectedByHook,
}

/// <summary>What became of one pushed reference, and why.</summary>
/// <param name="RefName">The full name.</param>
/// <param name="Result">What became of it.</param>
/// <param name="Message">The server's words for a refusal (hook output included, at most 2 000 characters); else empty.</param>
public sealed record PushOutcome(string RefName, PushResult Result, string Message = "");

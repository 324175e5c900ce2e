namespace GitOpsToolkit.Sandbox.Git;

/// <summary>A push as the server saw it.</summary>
/// <param name="Repository">The repository's name, without <c>.git</c>.</param>
/// <param name="Updates">The references that it moves.</param>
/// <param name="Options">The push options (<c>git push -o</c>).</param>
public sealed record GitPush(string Repository, IReadOnlyList<GitRefUpdate> Updates, IReadOnlyList<string> Options);

/// <summary>One reference of a push. Object ids are 40 hexadecimal digits; all zeros stand for "none".</summary>
/// <param name="Name">The full name, e.g. <c>refs/heads/main</c>.</param>
/// <param name="Old">What the client takes it to be before.</param>
/// <param name="New">What it is to be after.</param>
public sealed record GitRefUpdate(string Name, string Old, string New)
{
    /// <summary>Whether the reference goes away.</summary>
    public bool IsDeletion => New.AsSpan().Trim('0').IsEmpty;
}

/// <summary>Tells of a push that has been taken.</summary>
/// <param name="push">The push, with the updates that took effect.</param>
public sealed class GitPushEventArgs(GitPush push) : EventArgs
{
    /// <summary>The push, with the updates that took effect.</summary>
    public GitPush Push { get; } = push;
}

/// <summary>A request that has been answered.</summary>
/// <param name="Method">The HTTP method.</param>
/// <param name="Path">The path, e.g. <c>/app.git/info/refs</c>.</param>
/// <param name="Query">The query with its question mark, or empty.</param>
/// <param name="Status">The HTTP status.</param>
public sealed record GitRequest(string Method, string Path, string Query, int Status);

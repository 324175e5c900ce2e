namespace GitOpsToolkit.Git;

/// <summary>What to check out of a repository. Where several are set, the first of commit, name, tag, semver and branch decides;
/// where none is, the branch <c>master</c>.</summary>
public sealed record GitReference
{
    /// <summary>The branch that is taken where nothing is said.</summary>
    public const string DefaultBranch = "master";

    /// <summary>A branch's short name.</summary>
    public string? Branch { get; init; }

    /// <summary>A tag's short name.</summary>
    public string? Tag { get; init; }

    /// <summary>A range of versions; the highest tag in it is taken.</summary>
    public string? SemVer { get; init; }

    /// <summary>A full reference name, e.g. <c>refs/pull/420/head</c>.</summary>
    public string? Name { get; init; }

    /// <summary>A commit's id, 40 hexadecimal digits.</summary>
    public string? Commit { get; init; }
}

/// <summary>A reference as it stands on the server.</summary>
/// <param name="RefName">The full name to fetch; null where the commit is fetched by its id.</param>
/// <param name="CommitId">The commit it stands for.</param>
/// <param name="Revision">How status, events and artifacts name it, e.g. <c>main@sha1:4d5e…</c>.</param>
public sealed record ResolvedReference(string? RefName, string CommitId, string Revision)
{
    /// <summary>The same reference where it turned out to stand for another commit.</summary>
    public ResolvedReference At(string commitId) =>
        this with { CommitId = commitId, Revision = Revision[..^CommitId.Length] + commitId };
}

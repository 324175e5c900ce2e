namespace GitOpsToolkit.Git;

/// <summary>Picks the commit that a <see cref="GitReference"/> means.</summary>
/// <param name="mirror">The repository.</param>
/// <param name="selectTags">Gives, for a range and all tags, the tags with the highest version in the range: several where they differ by
/// build metadata alone, none where no tag is in the range. Throws <see cref="FormatException"/> for a range that is none.</param>
public sealed class ReferenceResolver(GitMirror mirror, Func<string, IReadOnlyList<string>, IReadOnlyList<string>> selectTags)
{
    private const int MaxTies = 20;

    /// <summary>Resolves the reference against the server's list; a pinned commit needs no list and no request.</summary>
    /// <param name="reference">What is meant.</param>
    /// <param name="maxAge">How old the list may be.</param>
    /// <param name="timeout">The deadline of each request.</param>
    /// <param name="cancel">Stops the work.</param>
    /// <exception cref="GitException">The failure and its kind: no such reference, an empty repository, a name that is none, a server that fails.</exception>
    public async Task<ResolvedReference> ResolveAsync(GitReference reference, TimeSpan maxAge, TimeSpan timeout, CancellationToken cancel)
    {
        if (reference.Commit is { Length: > 0 } commit)
        {
            return Pinned(commit, reference.Branch);
        }

        var wanted = WantedName(reference);
        var refs = await mirror.ListRefsAsync(maxAge, timeout, cancel);
        if (refs.IsEmpty)
        {
            throw new GitException(GitFailure.EmptyRepository, "git repository is empty");
        }

        wanted ??= await NewestTagAsync(reference.SemVer!, refs, timeout, cancel);
        return refs.Find(wanted) is { } found
            ? new ResolvedReference(wanted, found.TargetId, Revision(reference.Name is { Length: > 0 } ? wanted : Short(wanted), found.TargetId))
            : throw new GitException(GitFailure.RefNotFound, $"couldn't find remote ref '{wanted}' in '{mirror.Url}'");
    }

    private static ResolvedReference Pinned(string commit, string? branch)
    {
        if (!RefNames.IsObjectId(commit))
        {
            throw new GitException(GitFailure.InvalidInput, $"'{commit}' is no commit id: 40 hexadecimal digits are needed.");
        }

        var id = commit.ToLowerInvariant();
        var refName = branch is { Length: > 0 } ? RefNames.Branch(branch) : null;
        return new ResolvedReference(null, id, Revision(refName is null ? null : branch, id));
    }

    /// <summary>The full name that is meant; null where the tags have to be looked at first.</summary>
    private static string? WantedName(GitReference reference)
    {
        if (reference.Name is { Length: > 0 } name)
        {
            return RefNames.Checked(name);
        }

        if (reference.Tag is { Length: > 0 } tag)
        {
            return RefNames.Tag(tag);
        }

        if (reference.SemVer is { Length: > 0 })
        {
            return null;
        }

        return RefNames.Branch(reference.Branch is { Length: > 0 } branch ? branch : GitReference.DefaultBranch);
    }

    private async Task<string> NewestTagAsync(string range, Advertisement refs, TimeSpan timeout, CancellationToken cancel)
    {
        IReadOnlyList<string> best;
        try
        {
            best = selectTags(range, refs.Tags());
        }
        catch (FormatException error)
        {
            throw new GitException(GitFailure.InvalidInput, $"semver parse error: {error.Message}", error);
        }

        if (best.Count == 0)
        {
            throw new GitException(GitFailure.RefNotFound, $"no match found for semver: {range}");
        }

        return RefNames.Tags + (best.Count == 1 ? best[0] : await YoungestAsync(best, refs, timeout, cancel));
    }

    /// <summary>Versions that differ by build metadata alone are equal; the commit that was made last wins.</summary>
    private async Task<string> YoungestAsync(IReadOnlyList<string> tags, Advertisement refs, TimeSpan timeout, CancellationToken cancel)
    {
        var (winner, youngest) = (tags[0], DateTimeOffset.MinValue);
        foreach (var tag in tags.Take(MaxTies))
        {
            var refName = RefNames.Tags + tag;
            var id = await mirror.FetchAsync(refName, refs.Find(refName)?.TargetId, timeout, cancel);
            var made = mirror.ReadCommit(id).Committer.When;
            if (made > youngest)
            {
                (winner, youngest) = (tag, made);
            }
        }

        return winner;
    }

    private static string Short(string refName) => refName.StartsWith(RefNames.Heads, StringComparison.Ordinal)
        ? refName[RefNames.Heads.Length..]
        : refName[RefNames.Tags.Length..];

    private static string Revision(string? name, string commitId) => name is null ? $"sha1:{commitId}" : $"{name}@sha1:{commitId}";
}

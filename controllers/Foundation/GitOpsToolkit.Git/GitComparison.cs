using LibGit2Sharp;

namespace GitOpsToolkit.Git;

/// <summary>How a branch stands to the one that it is to be merged into.</summary>
/// <param name="Ahead">The commits that it has and the other has not, children before their parents.</param>
/// <param name="IsBehind">Whether the other one has commits that it has not.</param>
/// <param name="MergedId">The commit that a merge would give, which is in the mirror alone; null where they conflict.</param>
public sealed record GitComparison(IReadOnlyList<GitCommit> Ahead, bool IsBehind, string? MergedId)
{
    internal static GitComparison Of(string repositoryPath, string baseId, string tipId, int most) => LibGit2.Guard($"comparing {tipId} with {baseId}", () =>
    {
        LibGit2.Configure();
        using var repository = new Repository(repositoryPath);
        var (start, tip) = (Find(repository, baseId), Find(repository, tipId));
        var ahead = repository.Commits.QueryBy(new CommitFilter
        {
            IncludeReachableFrom = tip,
            ExcludeReachableFrom = start,
            SortBy = CommitSortStrategies.Topological,
        }).Take(most).Select(GitCommit.From).ToList();
        var behind = repository.Commits.QueryBy(new CommitFilter { IncludeReachableFrom = start, ExcludeReachableFrom = tip }).Any();
        return new GitComparison(ahead, behind, !behind ? tip.Sha : ahead.Count == 0 ? start.Sha : Merge(repository, start, tip));
    });

    private static string? Merge(Repository repository, Commit start, Commit tip)
    {
        var merged = repository.ObjectDatabase.MergeCommits(start, tip, new MergeTreeOptions { FailOnConflict = true });
        return merged.Status == MergeTreeStatus.Succeeded
            ? repository.ObjectDatabase.CreateCommit(tip.Author, tip.Committer, "merged", merged.Tree, [start, tip], prettifyMessage: false).Sha
            : null;
    }

    private static Commit Find(Repository repository, string commitId) =>
        repository.Lookup<Commit>(commitId) ?? throw new GitException(GitFailure.Corrupt, $"commit {commitId} is not in the mirror.");
}

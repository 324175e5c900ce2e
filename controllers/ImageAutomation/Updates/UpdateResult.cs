namespace GitOpsToolkit.Controllers.ImageAutomation.Updates;

/// <summary>A pushed commit.</summary>
/// <param name="Branch">The branch.</param>
/// <param name="Commit">Its id.</param>
/// <param name="Time">When it was made.</param>
/// <param name="Message">Its message.</param>
internal sealed record PushedCommit(string Branch, string Commit, DateTimeOffset Time, string Message)
{
    /// <summary>The event's text.</summary>
    public string Summary => $"pushed commit '{Commit[..7]}' to branch '{Branch}'\n{Message}";
}

/// <summary>What a run came to.</summary>
/// <param name="Tip">The commit that the edits were made on.</param>
/// <param name="Update">The edits.</param>
/// <param name="Commits">The commits, each built on the one before; empty if nothing had to change.</param>
internal sealed record UpdateResult(string Tip, TreeUpdate Update, IReadOnlyList<PushedCommit> Commits)
{
    /// <summary>The last commit; null if nothing had to change.</summary>
    public PushedCommit? Pushed => Commits.Count > 0 ? Commits[^1] : null;
}

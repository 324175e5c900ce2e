using GitOpsToolkit.Git;

namespace GitOpsToolkit.Controllers.ImageAutomation.Updates;

/// <summary>Makes the commits of a run on top of a fetched tip: one, or one for each policy or group. Nobody sees them before they are pushed.</summary>
internal sealed class CommitMaker(TreeEditor editor, UpdateRequest request, TimeProvider time)
{
    /// <summary>Makes the commits, each built on the one before.</summary>
    /// <param name="tip">The commit to build on.</param>
    /// <param name="update">All edits of the run.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>The commits; none where the tree stays the same.</returns>
    /// <exception cref="InvalidOperationException">The commits together are not what one would be.</exception>
    /// <exception cref="GitException">A commit could not be made or signed.</exception>
    internal async Task<IReadOnlyList<PushedCommit>> MakeAsync(string tip, TreeUpdate update, CancellationToken cancellation)
    {
        if (request.CommitPer == CommitScope.Run)
        {
            return await CommitAsync(tip, update, cancellation) is { } single ? [single] : [];
        }

        var commits = new List<PushedCommit>();
        var last = tip;
        foreach (var policies in CommitParts.Of(request.CommitPer, update, request.Groups))
        {
            var part = editor.Edit(request.Plan.Mirror, last, request.Folder, request.Values.Only(policies), cancellation);
            if (part.Changed.Count > 0 && await CommitAsync(last, part, cancellation) is { } made)
            {
                commits.Add(made);
                last = made.Commit;
            }
        }

        // The commits together come to what one commit would have been.
        var left = editor.Edit(request.Plan.Mirror, last, request.Folder, request.Values, cancellation);
        return left.Changed.Count == 0 ? commits : throw new InvalidOperationException(
            $"refusing to push: after a commit for each part {left.Changes.Count()} values are still to be set");
    }

    /// <summary>One commit, with its author as committer; null where the tree stays the same.</summary>
    private async Task<PushedCommit?> CommitAsync(string tip, TreeUpdate update, CancellationToken cancellation)
    {
        var message = CommitMessage.Render(request.Commit, request.Automation, update, request.Folder);
        var author = request.Commit.Author;
        var now = time.GetUtcNow();
        var signature = new GitSignature(author.Name is { Length: > 0 } name ? name : author.Email, author.Email, now);
        var builder = request.Plan.Mirror.NewCommit(tip);
        foreach (var (result, _) in update.Changed)
        {
            builder.Write(result.File, result.Content);
        }

        var id = await builder.BuildAsync(signature, signature, message, request.Plan.Signer, cancellation);
        return id is null ? null : new PushedCommit(request.Plan.PushBranch, id, now, message);
    }
}

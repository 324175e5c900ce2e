using System.Diagnostics.CodeAnalysis;
using GitOpsToolkit.Controllers.ImageAutomation.Setters;
using GitOpsToolkit.Git;

namespace GitOpsToolkit.Controllers.ImageAutomation.Updates;

/// <summary>Makes the edits on the tree of a commit: no working tree, only the blobs that can hold a marker are read.</summary>
internal sealed class TreeEditor(MarkerIndex index)
{
    private const int MaxFile = 16 << 20;

    /// <summary>Edits the files below a folder.</summary>
    /// <param name="mirror">Where the commit is.</param>
    /// <param name="commitId">The commit.</param>
    /// <param name="folder">The folder, from <see cref="UpdatePath"/>.</param>
    /// <param name="values">The values.</param>
    /// <param name="cancellation">Gives up between two files.</param>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    /// <exception cref="InvalidOperationException">An edit would touch more than the marked scalars.</exception>
    /// <exception cref="GitException">The tree cannot be read.</exception>
    public TreeUpdate Edit(GitMirror mirror, string commitId, string folder, SetterValues values, CancellationToken cancellation)
    {
        using var tree = mirror.OpenTree(commitId);
        if (!tree.Exists(folder))
        {
            throw new DirectoryNotFoundException($"there is no folder '{folder}' in commit {commitId}, see spec.update.path");
        }

        if (folder.Length > 0 && tree.Read(folder, MaxFile) is not null)
        {
            throw new DirectoryNotFoundException($"'{folder}' is a file in commit {commitId}; spec.update.path must name a folder");
        }

        var changed = new List<(FileResult, byte[])>();
        var unresolved = new List<UnresolvedMarker>();
        int found = 0, upToDate = 0;
        foreach (var file in tree.Files(folder).Where(file => SetterEditor.IsCandidateName(file.Path) && !index.IsWithout(file.BlobId)))
        {
            cancellation.ThrowIfCancellationRequested();
            if (!TryRead(tree, file, out var before))
            {
                found++;
                unresolved.Add(new UnresolvedMarker(file.Path, 1, "", $"the file exceeds {MaxFile >> 20} MiB and is not searched for markers")
                {
                    Reason = UnresolvedReason.Unparsable,
                });
                continue;
            }

            if (!SetterEditor.MayHaveMarkers(before))
            {
                index.Remember(file.BlobId);
                continue;
            }

            var result = SetterEditor.Edit(file.Path, before, values);
            found += result.Found;
            upToDate += result.UpToDate;
            unresolved.AddRange(result.Unresolved);
            if (result.Content is not null)
            {
                EditCheck.Verify(result, before);
                changed.Add((result, before));
            }
        }

        return new TreeUpdate { Changed = changed, Found = found, UpToDate = upToDate, Unresolved = unresolved };
    }

    /// <summary>False where the file is too large to be read.</summary>
    private static bool TryRead(GitTree tree, GitTreeFile file, [NotNullWhen(true)] out byte[]? content)
    {
        try
        {
            content = tree.ReadBlob(file.BlobId, MaxFile);
            return true;
        }
        catch (GitException error) when (error.Failure == GitFailure.TooLarge)
        {
            content = null;
            return false;
        }
    }
}

/// <summary>The folder that an automation edits.</summary>
internal static class UpdatePath
{
    /// <summary>A path below the root in clean form: no . parts, and .. never leads out of the root.</summary>
    internal static string Clean(string? path)
    {
        var parts = new List<string>();
        foreach (var part in (path ?? "").Split('/'))
        {
            if (part == "..")
            {
                parts.RemoveRange(Math.Max(0, parts.Count - 1), Math.Min(1, parts.Count));
            }
            else if (part is not ("" or "."))
            {
                parts.Add(part);
            }
        }

        return string.Join('/', parts);
    }
}

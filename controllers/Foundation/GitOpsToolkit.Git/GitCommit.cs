using LibGit2Sharp;

namespace GitOpsToolkit.Git;

/// <summary>Who did something, and when.</summary>
/// <param name="Name">The person's or program's name.</param>
/// <param name="Email">The mail address.</param>
/// <param name="When">The time, kept to the second with its offset.</param>
public sealed record GitSignature(string Name, string Email, DateTimeOffset When)
{
    internal Signature ToSignature() => new(Name, Email, When);

    internal static GitSignature From(Signature signature) => new(signature.Name, signature.Email, signature.When);
}

/// <summary>A commit.</summary>
/// <param name="Id">Its id.</param>
/// <param name="TreeId">The id of its tree: equal trees have equal ids.</param>
/// <param name="ParentIds">Its parents; none for a commit at the edge of what was fetched.</param>
/// <param name="Author">Who made the change.</param>
/// <param name="Committer">Who made the commit.</param>
/// <param name="Message">The whole message.</param>
public sealed record GitCommit(
    string Id,
    string TreeId,
    IReadOnlyList<string> ParentIds,
    GitSignature Author,
    GitSignature Committer,
    string Message)
{
    private const int SubjectLength = 50;

    /// <summary>The first 50 characters of the message's first line, as events show it.</summary>
    public string ShortMessage
    {
        get
        {
            var subject = Message.Split('\n')[0];
            var runes = subject.EnumerateRunes().ToArray();
            return runes.Length > SubjectLength ? string.Concat(runes[..SubjectLength].Select(rune => rune.ToString())) + "..." : subject;
        }
    }

    internal static GitCommit From(Commit commit) => new(
        commit.Sha,
        commit.Tree.Sha,
        [.. commit.Parents.Select(parent => parent.Sha)],
        GitSignature.From(commit.Author),
        GitSignature.From(commit.Committer),
        commit.Message);
}

namespace GitOpsToolkit.Git;

/// <summary>What a server told of its references at one time.</summary>
public sealed class Advertisement
{
    private readonly Dictionary<string, GitRef> _byName;

    internal Advertisement(IReadOnlyList<GitRef> refs, long askedAt)
    {
        (Refs, AskedAt) = (refs, askedAt);
        _byName = refs.ToDictionary(reference => reference.Name, StringComparer.Ordinal);
    }

    /// <summary>All references, <c>HEAD</c> among them.</summary>
    public IReadOnlyList<GitRef> Refs { get; }

    /// <summary>Whether the repository has no commit.</summary>
    public bool IsEmpty => Refs.Count == 0;

    internal long AskedAt { get; }

    /// <summary>The reference with this full name; null where there is none.</summary>
    public GitRef? Find(string refName) => _byName.GetValueOrDefault(refName);

    /// <summary>The short names of all tags.</summary>
    public IReadOnlyList<string> Tags() =>
        [.. Refs.Where(reference => reference.Name.StartsWith(RefNames.Tags, StringComparison.Ordinal)).Select(reference => reference.Name[RefNames.Tags.Length..])];
}

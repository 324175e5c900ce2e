namespace GitOpsToolkit.Archives;

/// <summary>What one pattern says of a path.</summary>
public enum IgnoreVerdict
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>The path is left out.</summary>
    Exclude,

    /// <summary>The path stays in, whatever weaker patterns say.</summary>
    Include,
}

/// <summary>One line of an ignore file, scoped to the folder that the file is in. The rules are the source controller's, which differ from
/// git's own: a pattern without a slash matches any component of the path, a name with <c>**</c> inside a segment matches nothing.</summary>
public sealed class IgnorePattern
{
    private const string AnyFolders = "**";
    private readonly string[] _scope;
    private readonly string[] _segments;
    private readonly GlobSegment[] _globs;
    private readonly bool _negated;
    private readonly bool _foldersOnly;
    private readonly bool _anchored;

    private IgnorePattern(string text, string[] scope)
    {
        _scope = scope;
        _negated = text.StartsWith('!');
        text = _negated ? text[1..] : text;
        text = text.EndsWith("\\ ", StringComparison.Ordinal) ? text : text.TrimEnd(' ');
        _foldersOnly = text.EndsWith('/');
        text = _foldersOnly ? text[..^1] : text;
        _anchored = text.Contains('/');
        _segments = text.Split('/');
        _globs = [.. _segments.Select(segment => new GlobSegment(segment))];
    }

    /// <summary>Reads one line; comments and blank lines are the caller's to leave out.</summary>
    /// <param name="line">The pattern, e.g. <c>/*</c>, <c>!*.yaml</c>, <c>docs/</c>.</param>
    /// <param name="scope">The components of the folder the pattern is scoped to; empty for the root.</param>
    public static IgnorePattern Parse(string line, IReadOnlyList<string> scope) => new(line, [.. scope]);

    /// <summary>What this pattern says of the path with these components.</summary>
    public IgnoreVerdict Match(ReadOnlySpan<string> path, bool isFolder)
    {
        if (path.Length <= _scope.Length || !path[.._scope.Length].SequenceEqual(_scope))
        {
            return IgnoreVerdict.None;
        }

        var rest = path[_scope.Length..];
        if (!(_anchored ? MatchAnchored(rest, isFolder) : MatchAnyComponent(rest, isFolder)))
        {
            return IgnoreVerdict.None;
        }

        return _negated ? IgnoreVerdict.Include : IgnoreVerdict.Exclude;
    }

    private bool MatchAnyComponent(ReadOnlySpan<string> path, bool isFolder)
    {
        for (var i = 0; i < path.Length; i++)
        {
            if (_globs[0].IsMatch(path[i]))
            {
                return !_foldersOnly || isFolder || i < path.Length - 1;
            }
        }

        return false;
    }

    private bool MatchAnchored(ReadOnlySpan<string> path, bool isFolder)
    {
        var (matched, mayDescend) = (false, false);
        for (var i = 0; i < _segments.Length; i++)
        {
            var segment = _segments[i];
            if (segment.Length == 0)
            {
                mayDescend = false;
                continue;
            }

            if (segment == AnyFolders)
            {
                if (i == _segments.Length - 1)
                {
                    break;
                }

                mayDescend = true;
                continue;
            }

            if (segment.Contains(AnyFolders, StringComparison.Ordinal) || path.IsEmpty || !_globs[i].IsValid)
            {
                return false;
            }

            matched = mayDescend ? Descend(_globs[i], ref path) : _globs[i].IsMatch(path[0]);
            if (!mayDescend)
            {
                if (!matched)
                {
                    return false;
                }

                path = path[1..];
            }

            mayDescend = false;
        }

        return matched && !(_foldersOnly && !isFolder && path.IsEmpty);
    }

    private static bool Descend(GlobSegment glob, ref ReadOnlySpan<string> path)
    {
        while (!path.IsEmpty)
        {
            var name = path[0];
            path = path[1..];
            if (glob.IsMatch(name))
            {
                return true;
            }
        }

        return false;
    }
}

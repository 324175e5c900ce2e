namespace GitOpsToolkit.Registry;

/// <summary>One challenge of a WWW-Authenticate header.</summary>
/// <param name="Scheme">The scheme, for example <c>Bearer</c>.</param>
/// <param name="Parameters">The parameters by lower-case name.</param>
internal sealed record AuthChallenge(string Scheme, IReadOnlyDictionary<string, string> Parameters)
{
    private const int MaxLength = 8192;

    internal string? this[string parameter] => Parameters.GetValueOrDefault(parameter);

    /// <summary>Reads all challenges of a header's values; what cannot be read is passed over.</summary>
    internal static IReadOnlyList<AuthChallenge> Parse(IEnumerable<string> values)
    {
        var challenges = new List<AuthChallenge>();
        foreach (var value in values)
        {
            if (value.Length <= MaxLength)
            {
                ParseValue(value, challenges);
            }
        }

        return challenges;
    }

    private static void ParseValue(ReadOnlySpan<char> rest, List<AuthChallenge> challenges)
    {
        Dictionary<string, string>? parameters = null;
        while (true)
        {
            rest = rest.TrimStart(" \t,");
            var token = TakeToken(ref rest);
            if (token.IsEmpty)
            {
                return;
            }

            var afterToken = rest.TrimStart(" \t");
            if (parameters is not null && afterToken is ['=', ..])
            {
                rest = afterToken[1..].TrimStart(" \t");
                parameters[token.ToString().ToLowerInvariant()] = TakeValue(ref rest);
                continue;
            }

            // A token that is not followed by = starts the next challenge.
            parameters = new Dictionary<string, string>(StringComparer.Ordinal);
            challenges.Add(new AuthChallenge(token.ToString(), parameters));
        }
    }

    private static ReadOnlySpan<char> TakeToken(scoped ref ReadOnlySpan<char> rest)
    {
        var end = rest.IndexOfAny(" \t,=\"");
        var token = end < 0 ? rest : rest[..end];
        rest = rest[token.Length..];
        return token;
    }

    private static string TakeValue(scoped ref ReadOnlySpan<char> rest)
    {
        if (rest is not ['"', ..])
        {
            return TakeToken(ref rest).ToString();
        }

        var value = new System.Text.StringBuilder();
        var i = 1;
        for (; i < rest.Length && rest[i] != '"'; i++)
        {
            i += rest[i] == '\\' && i + 1 < rest.Length ? 1 : 0;
            value.Append(rest[i]);
        }

        rest = rest[Math.Min(rest.Length, i + 1)..];
        return value.ToString();
    }
}

namespace GitOpsToolkit.Registry;

/// <summary>Follows the Link headers of one listing: to the same host only, never twice to the same page, and not for ever.</summary>
/// <param name="first">The address of the listing.</param>
/// <param name="limit">The most pages.</param>
internal sealed class PageTrail(Uri first, int limit)
{
    private readonly HashSet<string> visited = new(StringComparer.Ordinal);

    /// <summary>How many pages were read.</summary>
    internal int Count { get; private set; }

    /// <summary>The address of the page after this one; null after the last.</summary>
    /// <exception cref="RegistryException">The Link leads elsewhere, in circles, or too far.</exception>
    internal Uri? Next(Uri at, HttpResponseMessage answer)
    {
        Count++;
        visited.Add(at.PathAndQuery);
        if (LinkTarget(answer) is not { } target)
        {
            return null;
        }

        var next = Uri.TryCreate(at, target, out var joined) ? joined : throw Refused(at, "a Link that is no address");
        if (next.Scheme != first.Scheme || next.Authority != first.Authority)
        {
            throw Refused(at, $"a Link to another host, {next.Scheme}://{next.Authority}");
        }

        if (visited.Contains(next.PathAndQuery))
        {
            throw Circles(at);
        }

        return Count < limit ? next : throw Refused(at, $"more than {limit} pages");
    }

    internal static RegistryException Circles(Uri at) => Refused(at, "a Link that leads round in circles");

    private static RegistryException Refused(Uri at, string what) =>
        new(RegistryFault.Protocol, $"GET {RegistryAnswers.Show(at)}: the list has {what}; refused");

    private static string? LinkTarget(HttpResponseMessage answer)
    {
        if (!answer.Headers.NonValidated.TryGetValues("Link", out var values))
        {
            return null;
        }

        foreach (var link in values)
        {
            var open = link.IndexOf('<');
            var close = link.IndexOf('>');
            var relation = close < 0 ? "" : link[close..].Replace("\"", "", StringComparison.Ordinal);
            if (open >= 0 && close > open && relation.Contains("rel=next", StringComparison.OrdinalIgnoreCase))
            {
                return link[(open + 1)..close];
            }
        }

        return null;
    }
}

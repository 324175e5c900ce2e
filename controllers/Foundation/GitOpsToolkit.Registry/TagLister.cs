using System.Text.Json;

namespace GitOpsToolkit.Registry;

/// <summary>The complete list of a repository's tags.</summary>
/// <param name="Packed">The distinct tags.</param>
/// <param name="Pages">How many pages it took.</param>
/// <param name="Dropped">How many entries were no tags by the specification's grammar.</param>
public sealed record TagList(PackedTags Packed, int Pages, int Dropped)
{
    /// <summary>The tags as text, in ascending byte order; made anew at each call.</summary>
    public IReadOnlyList<string> Tags => [.. Packed.First(Packed.Count).Reverse()];
}

/// <summary>Collects the pages of one listing. It is complete or it is a fault: a part of a list is never returned.</summary>
internal sealed class TagLister(RegistryClientOptions options, Uri first)
{
    private const int MaxPagesWithoutNews = 3;

    private readonly HashSet<string> visited = new(StringComparer.Ordinal);
    private readonly TagCollector tags = new();
    private long bytes;
    private int pages;
    private int pagesWithoutNews;
    private int dropped;

    internal TagList Result => new(tags.Pack(), pages, dropped);

    /// <summary>Reads a page and says where the next one is, or null after the last.</summary>
    internal async Task<Uri?> ReadAsync(Uri at, HttpResponseMessage answer, CancellationToken cancellation)
    {
        var before = tags.Count;
        await using var stream = await answer.Content.ReadAsStreamAsync(cancellation);
        var reader = new TagPageReader(OnTag, OnBytes);
        try
        {
            await reader.ReadAsync(stream, cancellation);
        }
        catch (JsonException error)
        {
            throw NotATagList(answer, at, error);
        }

        if (!reader.SawTags)
        {
            throw NotATagList(answer, at, inner: null);
        }

        pages++;
        pagesWithoutNews = tags.Count == before ? pagesWithoutNews + 1 : 0;
        return Next(at, answer);
    }

    private static RegistryException NotATagList(HttpResponseMessage answer, Uri at, JsonException? inner)
    {
        var type = answer.Content.Headers.ContentType?.MediaType ?? "no content type";
        var json = type.Contains("json", StringComparison.OrdinalIgnoreCase);

        // Cut-off JSON names its end; anything else was never a tag list.
        return json && inner is not null
            ? new RegistryException(RegistryFault.Truncated, $"GET {at}: the tag list is cut off or no valid JSON", inner)
            : new RegistryException(
                RegistryFault.Protocol, $"GET {at}: the answer ({type}) is no tag list; is the image's name that of a registry?", inner);
    }

    private void OnTag(ReadOnlySpan<byte> tag)
    {
        if (TagGrammar.IsTag(tag))
        {
            tags.Add(tag);
        }
        else
        {
            dropped++;
        }
    }

    private void OnBytes(int count)
    {
        bytes += count;
        if (bytes > options.MaxListBytes)
        {
            throw new RegistryException(RegistryFault.TooLarge, $"GET {first}: the tag list is larger than {options.MaxListBytes} bytes");
        }
    }

    private Uri? Next(Uri at, HttpResponseMessage answer)
    {
        visited.Add(at.PathAndQuery);
        if (LinkTarget(answer) is not { } target)
        {
            return null;
        }

        var next = Uri.TryCreate(at, target, out var joined) ? joined : throw Refused(at, $"a Link that is no address: {target}");
        if (next.Scheme != first.Scheme || next.Authority != first.Authority)
        {
            throw Refused(at, $"a Link to another host, {next.Scheme}://{next.Authority}");
        }

        if (visited.Contains(next.PathAndQuery) || pagesWithoutNews >= MaxPagesWithoutNews)
        {
            throw Refused(at, "a Link that leads round in circles");
        }

        return pages < options.MaxPages ? next : throw Refused(at, $"more than {options.MaxPages} pages");
    }

    private static RegistryException Refused(Uri at, string what) =>
        new(RegistryFault.Protocol, $"GET {at}: the tag list has {what}; refused");

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

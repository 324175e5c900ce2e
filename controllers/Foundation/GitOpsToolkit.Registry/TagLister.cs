using System.Text;
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

    private readonly PageTrail trail = new(first, options.MaxPages);
    private readonly TagCollector tags = new();
    private readonly byte[] last = new byte[PackedTags.MaxTagLength];
    private int lastLength;
    private int onPage;
    private long bytes;
    private int pagesWithoutNews;
    private int dropped;
    private bool linked;

    internal TagList Result => new(tags.Pack(), trail.Count, dropped);

    /// <summary>How many pages were read.</summary>
    internal int Pages => trail.Count;

    /// <summary>
    /// Whether the next page is a guess: the one before was exactly full, and none named a next one, which is the end of a list or of a
    /// registry's knowledge of Link.
    /// </summary>
    internal bool IsGuess { get; private set; }

    /// <summary>Reads a page and says where the next one is, or null after the last.</summary>
    internal async Task<Uri?> ReadAsync(Uri at, HttpResponseMessage answer, CancellationToken cancellation)
    {
        var before = tags.Count;
        onPage = 0;
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

        pagesWithoutNews = tags.Count == before ? pagesWithoutNews + 1 : 0;
        var next = trail.Next(at, answer);
        linked |= next is not null;
        IsGuess = !linked && onPage == options.PageSize && pagesWithoutNews == 0;
        next ??= IsGuess ? new Uri($"{first}?n={options.PageSize}&last={Encoding.ASCII.GetString(last, 0, lastLength)}") : null;
        return next is null || pagesWithoutNews < MaxPagesWithoutNews ? next : throw PageTrail.Circles(at);
    }

    private static RegistryException NotATagList(HttpResponseMessage answer, Uri at, JsonException? inner)
    {
        var type = answer.Content.Headers.ContentType?.MediaType ?? "no content type";
        var json = type.Contains("json", StringComparison.OrdinalIgnoreCase);

        // Cut-off JSON names its end; anything else was never a tag list.
        return json && inner is not null
            ? new RegistryException(RegistryFault.Truncated, $"GET {RegistryAnswers.Show(at)}: the tag list is cut off or no valid JSON", inner)
            : new RegistryException(
                RegistryFault.Protocol, $"GET {RegistryAnswers.Show(at)}: the answer ({type}) is no tag list; is the image's name that of a registry?", inner);
    }

    private void OnTag(ReadOnlySpan<byte> tag)
    {
        onPage++;
        if (TagGrammar.IsTag(tag))
        {
            tags.Add(tag);
            tag.CopyTo(last);
            lastLength = tag.Length;
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
            throw new RegistryException(RegistryFault.TooLarge, $"GET {RegistryAnswers.Show(first)}: the tag list is larger than {options.MaxListBytes} bytes");
        }
    }
}

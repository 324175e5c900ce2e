using System.Collections.Concurrent;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace GitOpsToolkit.TestKit;

/// <summary>
/// The part of a registry that lists tags, over HTTP, in pages, as many as a test wants, and counted. It can be told to misbehave.
/// </summary>
public sealed class ListRegistry : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly ConcurrentDictionary<string, string[]> tags = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, int> lists = new(StringComparer.Ordinal);

    private ListRegistry(WebApplication app) => this.app = app;

    /// <summary>Host and port.</summary>
    public string Host => new Uri(app.Urls.First()).Authority;

    /// <summary>How many listings were begun, of all repositories.</summary>
    public int Lists => lists.Values.Sum();

    /// <summary>
    /// Answers instead of the list where it returns true; it is given the repository and the tag after which the page begins, null for the
    /// first page.
    /// </summary>
    public Func<HttpContext, string, string?, Task<bool>>? Instead { get; set; }

    /// <summary>Starts one on a free port of this machine.</summary>
    public static async Task<ListRegistry> StartAsync()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        var registry = new ListRegistry(builder.Build());
        registry.app.Run(registry.AnswerAsync);
        await registry.app.StartAsync();
        return registry;
    }

    /// <summary>Gives a repository these tags and no others.</summary>
    public void Set(string repository, params IEnumerable<string> all) =>
        tags[repository] = [.. all.Order(StringComparer.Ordinal)];

    /// <summary>Gives a repository a tag more.</summary>
    public void Add(string repository, string tag) => Set(repository, [.. tags.GetValueOrDefault(repository, []), tag]);

    /// <summary>How many listings of a repository were begun.</summary>
    public int ListsOf(string repository) => lists.GetValueOrDefault(repository);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => app.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        const string Before = "/v2/";
        const string After = "/tags/list";
        var path = context.Request.Path.Value!;
        if (path == Before)
        {
            return;
        }

        if (!path.StartsWith(Before, StringComparison.Ordinal) || !path.EndsWith(After, StringComparison.Ordinal))
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        var repository = path[Before.Length..^After.Length];
        string? last = context.Request.Query["last"];
        if (last is null)
        {
            lists.AddOrUpdate(repository, 1, (_, count) => count + 1);
        }

        if (Instead is not null && await Instead(context, repository, last))
        {
            return;
        }

        await PageAsync(context, repository, last);
    }

    private async Task PageAsync(HttpContext context, string repository, string? last)
    {
        var all = tags.GetValueOrDefault(repository, []);
        var from = last is null ? 0 : ~Array.BinarySearch(all, last + "\0", StringComparer.Ordinal);
        var size = int.TryParse(context.Request.Query["n"], out var n) ? n : all.Length;
        var page = all.AsSpan(from, Math.Min(size, all.Length - from));
        var body = new StringBuilder($"{{\"name\":\"{repository}\",\"tags\":[");
        foreach (var tag in page)
        {
            body.Append(body[^1] == '[' ? "\"" : ",\"").Append(tag).Append('"');
        }

        context.Response.ContentType = "application/json";
        if (from + page.Length < all.Length)
        {
            context.Response.Headers.Link = $"<{context.Request.Path}?n={size}&last={page[^1]}>; rel=\"next\"";
        }

        var bytes = Encoding.ASCII.GetBytes(body.Append("]}").ToString());
        context.Response.ContentLength = bytes.Length;
        await context.Response.Body.WriteAsync(bytes);
    }
}

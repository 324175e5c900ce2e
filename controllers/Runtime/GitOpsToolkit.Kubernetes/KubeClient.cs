using System.Net;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace GitOpsToolkit.Kubernetes;

/// <summary>
/// A client for any kind of an API server, in JSON. Safe for concurrent use. Every failure to get the wanted answer is an
/// <see cref="ApiException"/>; a request is bounded in time and size by <see cref="KubeClientOptions"/>.
/// Made by <see cref="KubeConnection"/>.
/// </summary>
public sealed class KubeClient
{
    private readonly KubeTransport _transport;

    internal KubeClient(KubeTransport transport) => _transport = transport;

    /// <summary>The clock by which deadlines and waits run.</summary>
    public TimeProvider Time => _transport.Time;

    /// <summary>The server's address.</summary>
    public Uri ServerUrl => _transport.BaseUri;

    /// <summary>The same connection with another identity's rights.</summary>
    public KubeClient Impersonate(Impersonation identity) => new(_transport.With(identity));

    /// <summary>The same connection under another User-Agent, such as a controller's name.</summary>
    public KubeClient As(string userAgent) => new(_transport.With(_transport.Options with { UserAgent = userAgent }));

    /// <summary>Reads an object or a subresource; null where it does not exist (404 for the object or for its kind).</summary>
    public async Task<JsonObject?> GetAsync(ResourcePath path, CancellationToken cancellation)
    {
        try
        {
            return ToObject(path, await SendAsync(HttpMethod.Get, path, null, null, repeatable: true, cancellation));
        }
        catch (ApiException error) when (error.IsNotFound)
        {
            return null;
        }
    }

    /// <summary>Reads any path of the server, such as <c>version</c> or a discovery document.</summary>
    /// <param name="path">The path below the server's address without a leading slash, with its query.</param>
    /// <param name="accept">The media types to ask for.</param>
    /// <param name="cancellation">Gives up.</param>
    public async Task<JsonElement> GetRawAsync(string path, string accept, CancellationToken cancellation)
    {
        var request = new KubeRequest(HttpMethod.Get, path, $"GET {path}") { Accept = accept, Repeatable = true };
        return Parse(request.What, await _transport.SendAsync(request, cancellation));
    }

    /// <summary>Lists a collection, all its pages.</summary>
    public async Task<KubeList> ListAsync(ResourcePath path, ListOptions? options, CancellationToken cancellation)
    {
        var items = new List<JsonElement>();
        string? token = null;
        while (true)
        {
            var page = await ListPageAsync(path, options ?? new ListOptions(), token, cancellation);
            items.AddRange(page.Items);
            if (page.Continue.Length == 0)
            {
                return page with { Items = items };
            }

            token = page.Continue;
        }
    }

    /// <summary>Lists one page of a collection; the next one begins at <see cref="KubeList.Continue"/>.</summary>
    public async Task<KubeList> ListPageAsync(ResourcePath path, ListOptions options, string? continueToken, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(path);
        ArgumentNullException.ThrowIfNull(options);
        var query = new QueryBuilder()
            .Add("labelSelector", options.LabelSelector)
            .Add("fieldSelector", options.FieldSelector)
            .Add("limit", options.Limit > 0 ? options.Limit.ToString() : null)
            .Add("continue", continueToken)
            // A continue token carries its version; the server refuses both together.
            .Add("resourceVersion", continueToken is null ? options.ResourceVersion : null);
        var request = new KubeRequest(HttpMethod.Get, path.ToUrlPath() + query, $"LIST {path}")
        {
            Accept = options.MetadataOnly ? MediaTypes.PartialList : MediaTypes.Json,
            Repeatable = true,
        };
        var list = Parse(request.What, await _transport.SendAsync(request, cancellation));
        var metadata = list.Member("metadata");
        return new KubeList(
            metadata.Text("resourceVersion"), metadata.Text("continue"), [.. list.Array("items")], list.Text("apiVersion"), list.Text("kind"));
    }

    /// <summary>Creates an object in the collection of <paramref name="path"/>; 409 where it exists (<see cref="ApiException.IsAlreadyExists"/>).</summary>
    public async Task<JsonObject> CreateAsync(ResourcePath path, JsonObject body, WriteOptions? options, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(path);
        // Subresources such as eviction and token are created under the object's name, objects under the collection.
        var target = path.Subresource is null ? path with { Name = null } : path;
        return ToObject(path, await SendAsync(HttpMethod.Post, target, body, options, repeatable: false, cancellation));
    }

    /// <summary>Replaces an object; 409 where the body's resourceVersion is not the present one.</summary>
    public async Task<JsonObject> UpdateAsync(ResourcePath path, JsonObject body, WriteOptions? options, CancellationToken cancellation) =>
        ToObject(path, await SendAsync(HttpMethod.Put, path, body, options, repeatable: false, cancellation));

    /// <summary>Applies a JSON merge patch (RFC 7386).</summary>
    public async Task<JsonObject> MergePatchAsync(ResourcePath path, JsonObject patch, WriteOptions? options, CancellationToken cancellation) =>
        ToObject(path, await SendAsync(HttpMethod.Patch, path, patch, options, repeatable: true, cancellation, MediaTypes.MergePatch));

    /// <summary>Applies a JSON patch (RFC 6902).</summary>
    public async Task<JsonObject> JsonPatchAsync(ResourcePath path, JsonArray patch, WriteOptions? options, CancellationToken cancellation) =>
        ToObject(path, await SendAsync(HttpMethod.Patch, path, patch, options, repeatable: false, cancellation, MediaTypes.JsonPatch));

    /// <summary>Applies an object server-side; <see cref="WriteOptions.FieldManager"/> must be set. 409 with causes on a conflict of managers.</summary>
    public async Task<JsonObject> ApplyAsync(ResourcePath path, JsonObject body, WriteOptions options, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (string.IsNullOrEmpty(options.FieldManager))
        {
            throw new ArgumentException("Server-side apply needs a field manager.", nameof(options));
        }

        return ToObject(path, await SendAsync(HttpMethod.Patch, path, body, options, repeatable: true, cancellation, MediaTypes.ApplyPatch));
    }

    /// <summary>Deletes an object. False where it was not there; 409 where a precondition does not hold.</summary>
    public async Task<bool> DeleteAsync(ResourcePath path, DeleteOptions? options, CancellationToken cancellation)
    {
        options ??= new DeleteOptions();
        var body = new JsonObject { ["apiVersion"] = "v1", ["kind"] = "DeleteOptions" };
        if (options.Propagation != Propagation.Default)
        {
            body["propagationPolicy"] = options.Propagation.ToString();
        }

        if (options.GracePeriodSeconds is { } grace)
        {
            body["gracePeriodSeconds"] = grace;
        }

        if (options.Uid is not null || options.ResourceVersion is not null)
        {
            var preconditions = new JsonObject();
            if (options.Uid is not null)
            {
                preconditions["uid"] = options.Uid;
            }

            if (options.ResourceVersion is not null)
            {
                preconditions["resourceVersion"] = options.ResourceVersion;
            }

            body["preconditions"] = preconditions;
        }

        try
        {
            var write = options.DryRun ? new WriteOptions { DryRun = true } : null;
            await SendAsync(HttpMethod.Delete, path, body, write, repeatable: true, cancellation);
            return true;
        }
        catch (ApiException error) when (error.IsNotFound)
        {
            return false;
        }
    }

    /// <summary>
    /// Watches a collection until the server ends the watch (the enumeration ends), <paramref name="cancellation"/> stops it, or it fails:
    /// an ERROR event, a broken or silent connection and unreadable data throw an <see cref="ApiException"/>;
    /// <see cref="ApiException.IsExpired"/> asks for a new list.
    /// </summary>
    public async IAsyncEnumerable<WatchEvent> WatchAsync(
        ResourcePath path, WatchOptions options, [EnumeratorCancellation] CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(path);
        ArgumentNullException.ThrowIfNull(options);
        var query = new QueryBuilder()
            .Add("watch", "true")
            .Add("allowWatchBookmarks", "true")
            .Add("labelSelector", options.LabelSelector)
            .Add("fieldSelector", options.FieldSelector)
            .Add("resourceVersion", options.ResourceVersion)
            .Add("timeoutSeconds", Math.Max(1, (long)options.Timeout.TotalSeconds).ToString());
        var request = new KubeRequest(HttpMethod.Get, path.ToUrlPath() + query, $"WATCH {path}")
        {
            Accept = options.MetadataOnly ? MediaTypes.Partial : MediaTypes.Json,
        };
        await foreach (var change in WatchStream.ReadAsync(_transport, request, options.Timeout + options.Grace, cancellation))
        {
            yield return change;
        }
    }

    private Task<byte[]> SendAsync(
        HttpMethod method, ResourcePath path, JsonNode? body, WriteOptions? options, bool repeatable, CancellationToken cancellation,
        string contentType = MediaTypes.Json)
    {
        ArgumentNullException.ThrowIfNull(path);
        var query = new QueryBuilder()
            .Add("fieldManager", options?.FieldManager)
            .Add("force", options?.Force == true && contentType == MediaTypes.ApplyPatch ? "true" : null)
            .Add("dryRun", options?.DryRun == true ? "All" : null)
            .Add("fieldValidation", options?.FieldValidation);
        var request = new KubeRequest(method, path.ToUrlPath() + query, $"{method} {path}")
        {
            Body = body is null ? null : JsonBytes.Of(body),
            ContentType = contentType,
            Repeatable = repeatable,
        };
        return _transport.SendAsync(request, cancellation);
    }

    private static JsonObject ToObject(ResourcePath path, byte[] answer)
    {
        try
        {
            if (JsonNode.Parse(answer, documentOptions: JsonBytes.Limits) is JsonObject found)
            {
                return found;
            }
        }
        catch (JsonException error)
        {
            throw BadAnswer(path.ToString(), error);
        }

        throw BadAnswer(path.ToString(), null);
    }

    private static JsonElement Parse(string what, byte[] answer)
    {
        try
        {
            return JsonElement.Parse(answer, JsonBytes.Limits);
        }
        catch (JsonException error)
        {
            throw BadAnswer(what, error);
        }
    }

    private static ApiException BadAnswer(string what, Exception? inner) => new(
        HttpStatusCode.BadGateway, ApiException.BadAnswer, $"{what}: the server's answer is not a JSON object", inner: inner);
}

using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;

namespace GitOpsToolkit.Sandbox.Registry;

/// <summary>
/// A small OCI distribution v1.1 registry on loopback, for trying, testing and preview; never for production. Push and pull of blobs (in
/// one piece, in chunks, mounted) and manifests, deletion, tag and repository lists by pages, referrers, basic or token authentication.
/// </summary>
public sealed class OciRegistry : IAsyncDisposable
{
    private const int MaxRecordedRequests = 10_000;

    private readonly WebApplication app;
    private readonly Catalog catalog;
    private readonly UploadHandler uploads;
    private readonly BlobHandler blobs;
    private readonly ManifestHandler manifests;
    private readonly ListHandler lists;
    private readonly Gatekeeper gatekeeper;
    private readonly ConcurrentQueue<RegistryRequest> requests = new();
    private ImmutableList<Action<RegistryPush>> listeners = [];

    private OciRegistry(OciRegistryOptions options)
    {
        BlobStore store = options.StateDirectory is { } folder ? new DirectoryBlobStore(folder) : new MemoryBlobStore();
        catalog = new Catalog(options.StateDirectory);
        var reader = new ManifestReader(store);
        uploads = new UploadHandler(catalog, store, options.MaxBlobBytes);
        blobs = new BlobHandler(catalog, store);
        manifests = new ManifestHandler(catalog, store, reader, Pushed);
        lists = new ListHandler(catalog, reader, options.MaxPageSize);
        gatekeeper = new Gatekeeper(options, () => $"{Url}token");

        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, options.Port);
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.AddServerHeader = false;
        });
        app = builder.Build();
        app.Run(ServeAsync);
    }

    /// <summary>The address, for example <c>http://127.0.0.1:5000/</c>.</summary>
    public Uri Url { get; private set; } = new("http://127.0.0.1/");

    /// <summary>Host and port as they stand in an image's name, for example <c>127.0.0.1:5000</c>.</summary>
    public string Host => Url.Authority;

    /// <summary>The requests answered so far, oldest first; the last 10 000 are kept.</summary>
    public IReadOnlyCollection<RegistryRequest> Requests => requests;

    /// <summary>Starts a registry; it serves until disposed of.</summary>
    /// <exception cref="IOException">The port is taken, or the state folder cannot be used.</exception>
    public static async Task<OciRegistry> StartAsync(OciRegistryOptions options, CancellationToken cancellation = default)
    {
        var registry = new OciRegistry(options);
        await registry.app.StartAsync(cancellation);
        registry.Url = new Uri(registry.app.Urls.Single());
        return registry;
    }

    /// <summary>Whether a repository holds what a tag or a digest names.</summary>
    public bool Holds(string repository, string reference) => catalog.Repositories().Contains(repository) && catalog.Manifest(repository, reference) is not null;

    /// <summary>Calls back for every manifest that arrives under a tag, after it is stored. Dispose of the result to stop.</summary>
    public IDisposable OnPush(Action<RegistryPush> listener)
    {
        ImmutableInterlocked.Update(ref listeners, list => list.Add(listener));
        return new Subscription(() => ImmutableInterlocked.Update(ref listeners, list => list.Remove(listener)));
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await app.DisposeAsync();
        uploads.Dispose();
    }

    private void Pushed(RegistryPush push)
    {
        foreach (var listener in listeners)
        {
            listener(push);
        }
    }

    private async Task ServeAsync(HttpContext http)
    {
        // Handlers that copy streams synchronously would block a thread; none does, and this keeps it so.
        http.Features.Get<IHttpBodyControlFeature>()!.AllowSynchronousIO = false;
        http.Response.Headers["Docker-Distribution-Api-Version"] = "registry/2.0";
        var recorded = false;

        // With the answer's beginning, so that whoever has the answer finds its request recorded.
        http.Response.OnStarting(() =>
        {
            Record(http, ref recorded);
            return Task.CompletedTask;
        });
        try
        {
            await RouteAsync(http);
        }
        catch (RegistryException error) when (!http.Response.HasStarted)
        {
            await Answers.ErrorAsync(http, error);
        }
        finally
        {
            Record(http, ref recorded);
        }
    }

    private void Record(HttpContext http, ref bool recorded)
    {
        if (recorded)
        {
            return;
        }

        recorded = true;
        requests.Enqueue(new RegistryRequest(http.Request.Method, http.Request.Path + http.Request.QueryString, http.Response.StatusCode));
        if (requests.Count > MaxRecordedRequests)
        {
            requests.TryDequeue(out _);
        }
    }

    private async Task RouteAsync(HttpContext http)
    {
        if (http.Request.Path == "/token")
        {
            await gatekeeper.TokenAsync(http);
            return;
        }

        var path = RegistryPath.Parse(http.Request.Path.Value ?? "");
        if (path.Resource == RegistryResource.Unknown)
        {
            throw new RegistryException(HttpStatusCode.NotFound, "NOT_FOUND", "no such path in the distribution API");
        }

        if (path.Repository.Length > 0 && !RegistryName.IsRepository(path.Repository))
        {
            throw RegistryException.NameInvalid(path.Repository);
        }

        if (await gatekeeper.AdmitsAsync(http, path))
        {
            await HandleAsync(http, path);
        }
    }

    private Task HandleAsync(HttpContext http, RegistryPath path)
    {
        // HEAD is GET without a body.
        var method = HttpMethods.IsHead(http.Request.Method) ? "GET" : http.Request.Method;
        switch (path.Resource, method)
        {
            case (RegistryResource.Ping, "GET"):
                return Answers.JsonAsync(http, new System.Text.Json.Nodes.JsonObject());
            case (RegistryResource.Catalog, "GET"):
                return lists.CatalogAsync(http);
            case (RegistryResource.Tags, "GET"):
                return lists.TagsAsync(http, path.Repository);
            case (RegistryResource.Referrers, "GET"):
                return lists.ReferrersAsync(http, path.Repository, path.Reference);
            case (RegistryResource.Manifest, "GET"):
                return manifests.GetAsync(http, path.Repository, path.Reference);
            case (RegistryResource.Manifest, "PUT"):
                return manifests.PutAsync(http, path.Repository, path.Reference);
            case (RegistryResource.Manifest, "DELETE"):
                manifests.Delete(http, path.Repository, path.Reference);
                return Task.CompletedTask;
            case (RegistryResource.Blob, "GET"):
                return blobs.GetAsync(http, path.Repository, path.Reference);
            case (RegistryResource.Blob, "DELETE"):
                blobs.Delete(http, path.Repository, path.Reference);
                return Task.CompletedTask;
            case (RegistryResource.NewUpload, "POST"):
                return uploads.StartAsync(http, path.Repository);
            case (RegistryResource.Upload, "PATCH"):
                return uploads.AppendAsync(http, path.Repository, path.Reference);
            case (RegistryResource.Upload, "PUT"):
                return uploads.FinishAsync(http, path.Repository, path.Reference);
            case (RegistryResource.Upload, "GET"):
                uploads.Status(http, path.Repository, path.Reference);
                return Task.CompletedTask;
            case (RegistryResource.Upload, "DELETE"):
                uploads.Cancel(http, path.Repository, path.Reference);
                return Task.CompletedTask;
            default:
                throw RegistryException.Unsupported();
        }
    }

    private sealed class Subscription(Action end) : IDisposable
    {
        public void Dispose() => end();
    }
}

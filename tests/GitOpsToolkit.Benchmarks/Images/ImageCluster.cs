using System.Collections.Concurrent;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using GitOpsToolkit.Api.Image.V1;
using GitOpsToolkit.Kubernetes;
using GitOpsToolkit.Sandbox.ApiServer;
using GitOpsToolkit.TestKit;
using GitOpsToolkit.Yaml;

namespace GitOpsToolkit.Benchmarks.Images;

/// <summary>
/// The sandbox's API server and a registry in this process, and the image-reflector-controller, the real executable, as a process of
/// its own.
/// </summary>
internal sealed class ImageCluster : IAsyncDisposable
{
    private readonly TempDirectory folder = new();
    private readonly ApiServer server;
    private readonly KubeClient client;
    private readonly WatchCache<ImagePolicy> cache;
    private readonly CancellationTokenSource stop = new();
    private readonly ConcurrentDictionary<string, string> elected = new(StringComparer.Ordinal);
    private readonly Task watching;

    private ImageCluster(ApiServer server, ListRegistry registry, KubeClient client)
    {
        this.server = server;
        this.client = client;
        Registry = registry;
        cache = WatchCache.ForKind<ImagePolicy>(
            client, new WatchCacheOptions(), Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance);
        cache.OnChange(change =>
        {
            if (change.New?.Value?.Status.LatestRef is { } latest)
            {
                elected[change.Key.Name] = latest.Tag;
                OnElected?.Invoke(change.Key.Name, latest.Tag);
            }
        });
        watching = cache.RunAsync(stop.Token);
    }

    /// <summary>Called when a policy has elected a tag: its name and the tag.</summary>
    public Action<string, string>? OnElected { get; set; }

    public ListRegistry Registry { get; }

    public string Storage => folder["storage"];

    public static async Task<ImageCluster> StartAsync()
    {
        var api = await ApiServer.StartAsync();
        var authority = new X509Certificate2Collection();
        authority.ImportFromPem(api.CertificateAuthorityPem);
        var connection = KubeConnection.ToServer(api.Url, api.Token, authority);
        foreach (var plural in (string[])["imagerepositories", "imagepolicies"])
        {
            var yaml = await File.ReadAllTextAsync(SourceTree.At($"config/crd/bases/image.toolkit.fluxcd.io_{plural}.yaml"));
            var definitions = new ResourcePath("apiextensions.k8s.io", "v1", "customresourcedefinitions");
            await connection.CreateAsync(definitions, YamlReader.ReadOne(yaml).Root!.AsObject(), options: null, CancellationToken.None);
        }

        var cluster = new ImageCluster(api, await ListRegistry.StartAsync(), connection);
        await cluster.cache.WaitForSyncAsync(CancellationToken.None);
        return cluster;
    }

    /// <summary>Starts the controller.</summary>
    public async Task<MeasuredProcess> StartControllerAsync()
    {
        await server.WriteKubeconfigAsync(folder["kubeconfig"]);
        return MeasuredProcess.Start(
            Manager.Path, "--controllers=image-reflector", $"--kubeconfig={folder["kubeconfig"]}", $"--storage-path={Storage}",
            "--metrics-addr=0", "--health-addr=0", "--log-level=error");
    }

    public Task CreateAsync(string kind, string name, string spec) => client.CreateAsync(
        ResourcePath.Of(kind == "ImagePolicy" ? ImagePolicy.ResourceKind : ImageRepository.ResourceKind).In("default"),
        JsonNode.Parse($$"""{"apiVersion":"image.toolkit.fluxcd.io/v1","kind":"{{kind}}","metadata":{"name":"{{name}}"},"spec":{{spec}}}""")!.AsObject(),
        options: null,
        CancellationToken.None);

    /// <summary>Asks for a scan, as `flux reconcile` does.</summary>
    public Task RequestAsync(string name, string token) => client.MergePatchAsync(
        ResourcePath.Of(ImageRepository.ResourceKind, new ObjectKey("default", name)),
        JsonNode.Parse($$$$"""{"metadata":{"annotations":{"reconcile.fluxcd.io/requestedAt":"{{{{token}}}}"}}}""")!.AsObject(),
        options: null,
        CancellationToken.None);

    /// <summary>Waits until every policy has elected the tag.</summary>
    public Task ElectedByAllAsync(int policies, string tag) => Eventually.TrueAsync(
        () => elected.Count == policies && elected.Values.All(value => value == tag), $"{tag} is elected by all", TimeSpan.FromMinutes(5));

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await watching.ContinueWith(_ => { }, TaskScheduler.Default);
        await server.DisposeAsync();
        await Registry.DisposeAsync();
        stop.Dispose();
        folder.Dispose();
    }
}

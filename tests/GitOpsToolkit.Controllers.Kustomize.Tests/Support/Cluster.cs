using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using GitOpsToolkit.Kubernetes;
using GitOpsToolkit.Sandbox.ApiServer;
using GitOpsToolkit.TestKit;
using GitOpsToolkit.Yaml;

namespace GitOpsToolkit.Controllers.Kustomize.Tests.Support;

/// <summary>An API server with the toolkit's CRDs, an artifact server, and the kustomize-controller at work.</summary>
public sealed class Cluster : IAsyncDisposable
{
    public const string Namespace = "apps";
    private readonly CancellationTokenSource _stop = new();
    private readonly TempDirectory _folder = new();
    private readonly HttpClient _http = new();
    private KustomizeModule? _module;
    private Task _running = Task.CompletedTask;

    private Cluster(ApiServer server, ArtifactServer artifacts, KubeClient client)
    {
        Server = server;
        Artifacts = artifacts;
        Client = client;
        Mapper = new RestMapper(client);
    }

    public ApiServer Server { get; }

    public ArtifactServer Artifacts { get; }

    public KubeClient Client { get; }

    public RestMapper Mapper { get; }

    public LogLines Logs { get; } = new();

    public static async Task<Cluster> StartAsync(Func<KustomizeOptions, KustomizeOptions>? configure = null)
    {
        var server = await ApiServer.StartAsync();
        var authority = X509Certificate2.CreateFromPem(server.CertificateAuthorityPem);
        var client = KubeConnection.ToServer(server.Url, server.Token, [authority]);
        var cluster = new Cluster(server, await ArtifactServer.StartAsync(), client);
        await cluster.InstallDefinitionsAsync();
        await cluster.CreateAsync($"{{apiVersion: v1, kind: Namespace, metadata: {{name: {Namespace}}}}}");
        cluster.StartController(configure);
        return cluster;
    }

    public void StartController(Func<KustomizeOptions, KustomizeOptions>? configure = null)
    {
        var options = new KustomizeOptions { CacheDirectory = _folder["cache"], RequeueDependency = TimeSpan.FromSeconds(5), HttpRetry = 3 };
        options = configure?.Invoke(options) ?? options;
        _module = KustomizeModule.Create(Client, options, _http, TimeProvider.System, new Random(1), Logs);
        _running = _module.RunAsync(_stop.Token);
    }

    /// <summary>Puts a new artifact into the status of the GitRepository, which is made if it is not there.</summary>
    public async Task PublishAsync(string revision, params (string Path, string Text)[] files)
    {
        var (url, digest, size) = Artifacts.Publish(files.ToDictionary(file => file.Path, file => file.Text));
        await AnnounceAsync(revision, url, digest, size);
    }

    public async Task AnnounceAsync(string revision, string url, string digest, long size, string source = "app")
    {
        var path = Path("source.toolkit.fluxcd.io/v1", "gitrepositories", source);
        if (await Client.GetAsync(path, default) is null)
        {
            await CreateAsync($"{{apiVersion: source.toolkit.fluxcd.io/v1, kind: GitRepository, metadata: {{name: {source}, namespace: {Namespace}}}, "
                + "spec: {url: 'https://example.invalid/app', interval: 1m}}");
        }

        var artifact = new JsonObject
        {
            ["path"] = "gitrepository/apps/app/x.tar.gz",
            ["url"] = url,
            ["revision"] = revision,
            ["digest"] = digest,
            ["size"] = size,
            ["lastUpdateTime"] = "2026-11-23T12:00:00Z",
        };
        await Client.MergePatchAsync(path.Sub("status"), new JsonObject { ["status"] = new JsonObject { ["artifact"] = artifact } }, null, default);
    }

    /// <summary>Makes a Kustomization of the source <c>app</c>.</summary>
    public Task<JsonObject> CreateKustomizationAsync(string name, string spec = "prune: true") => CreateAsync(
        $"apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {{name: {name}, namespace: {Namespace}}}\nspec:\n"
        + "  interval: 10m\n  retryInterval: 1m\n  sourceRef: {kind: GitRepository, name: app}\n"
        + string.Join('\n', spec.Split('\n').Select(line => "  " + line)) + "\n");

    public async Task<JsonObject> CreateAsync(string yaml)
    {
        var body = (JsonObject)YamlReader.ReadOne(yaml).Root!;
        return await Client.CreateAsync(await PathOfAsync(body), body, null, default);
    }

    /// <summary>Applies as <c>kubectl apply</c> does: an update under kubectl's name.</summary>
    public async Task<JsonObject> KubectlAsync(string yaml, string manager = "kubectl-client-side-apply")
    {
        var body = (JsonObject)YamlReader.ReadOne(yaml).Root!;
        return await Client.MergePatchAsync(await PathOfAsync(body), body, new WriteOptions { FieldManager = manager }, default);
    }

    public Task<JsonObject?> GetAsync(string apiVersion, string plural, string? name) => Client.GetAsync(Path(apiVersion, plural, name), default);

    public Task<JsonObject?> ConfigMapAsync(string name) => GetAsync("v1", "configmaps", name);

    public static ResourcePath Path(string apiVersion, string plural, string? name)
    {
        var slash = apiVersion.IndexOf('/');
        return new ResourcePath(slash < 0 ? "" : apiVersion[..slash], apiVersion[(slash + 1)..], plural, Namespace, name);
    }

    public static ResourcePath KustomizationPath(string name) => Path("kustomize.toolkit.fluxcd.io/v1", "kustomizations", name);

    /// <summary>Waits until the Kustomization is Ready at a revision, and gives it.</summary>
    public Task<JsonObject> ReadyAsync(string name, string revision) => StatusAsync(
        name, status => Condition(status, "Ready")?["status"]?.ToString() == "True" && status["lastAppliedRevision"]?.ToString() == revision);

    /// <summary>Waits until Ready is False with a reason, and gives its message.</summary>
    public async Task<string> FailureAsync(string name, string reason)
    {
        var found = await StatusAsync(
            name, status => Condition(status, "Ready") is { } ready && ready["status"]?.ToString() == "False" && ready["reason"]?.ToString() == reason);
        return Condition((JsonObject)found["status"]!, "Ready")!["message"]!.ToString();
    }

    public async Task<JsonObject> StatusAsync(string name, Func<JsonObject, bool> test)
    {
        JsonObject? last = null;
        try
        {
            return await Eventually.GetAsync(
                async () => (last = await Client.GetAsync(KustomizationPath(name), default)) is { } found && found["status"] is JsonObject status && test(status)
                    ? found
                    : null,
                $"the wanted status of {name}");
        }
        catch (TimeoutException e)
        {
            throw new TimeoutException($"{e.Message}; last: {last?["status"]?.ToJsonString()}\n{Logs}", e);
        }
    }

    public static JsonObject? Condition(JsonObject status, string type) =>
        (status["conditions"] as JsonArray)?.OfType<JsonObject>().FirstOrDefault(condition => condition["type"]?.ToString() == type);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        if (_module is not null)
        {
            await _module.DisposeAsync();
        }

        await Artifacts.DisposeAsync();
        await Server.DisposeAsync();
        _http.Dispose();
        _folder.Dispose();
        _stop.Dispose();
        Mapper.Dispose();
    }

    private async Task<ResourcePath> PathOfAsync(JsonObject body)
    {
        var kind = GroupVersionKind.Parse(body["apiVersion"]!.ToString(), body["kind"]!.ToString());
        // Discovery has a new kind a moment after its definition is established.
        var info = await Eventually.GetAsync(
            async () =>
            {
                var found = await Mapper.FindAsync(kind, default);
                if (found is null)
                {
                    Mapper.Invalidate();
                }

                return found;
            },
            $"the kind {kind}");
        return info.At(new ObjectKey(body["metadata"]!["namespace"]?.ToString() ?? "", body["metadata"]!["name"]!.ToString()));
    }

    private async Task InstallDefinitionsAsync()
    {
        foreach (var file in Directory.EnumerateFiles(SourceTree.At("config/crd/bases"), "*.yaml"))
        {
            await CreateAsync(await File.ReadAllTextAsync(file));
        }

        foreach (var plural in (string[])["kustomizations.kustomize", "gitrepositories.source", "ocirepositories.source", "externalartifacts.source"])
        {
            var path = new ResourcePath("apiextensions.k8s.io", "v1", "customresourcedefinitions", Name: $"{plural}.toolkit.fluxcd.io");
            await Eventually.TrueAsync(
                async () => Condition((JsonObject)(await Client.GetAsync(path, default))!["status"]!, "Established")?["status"]?.ToString() == "True",
                $"{plural} is established");
        }

        Mapper.Invalidate();
    }
}

using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using GitOpsToolkit.Api.Schema;
using GitOpsToolkit.Api.Source.V1;
using GitOpsToolkit.Kubernetes;
using GitOpsToolkit.Sandbox.ApiServer;
using GitOpsToolkit.TestKit;

namespace GitOpsToolkit.Reconciling.Tests;

/// <summary>The sandbox's API server with the kind GitRepository, whose schema lets everything through: garbage must get as far as the reconciler.</summary>
internal sealed class TestCluster : IAsyncDisposable
{
    private TestCluster(ApiServer server) => Server = server;

    public ApiServer Server { get; }

    public KubeClient Client { get; private set; } = null!;

    public static async Task<TestCluster> StartAsync(CancellationToken cancellation)
    {
        var cluster = new TestCluster(await ApiServer.StartAsync(ct: cancellation));
        var authority = new X509Certificate2Collection();
        authority.ImportFromPem(cluster.Server.CertificateAuthorityPem);
        cluster.Client = KubeConnection.ToServer(cluster.Server.Url, cluster.Server.Token, authority, new KubeClientOptions { UserAgent = "test" });
        await cluster.DefineAsync(KindOf<GitRepository>(), cancellation);
        return cluster;
    }

    public static JsonObject Repository(string name, string interval = "10m") => new()
    {
        ["apiVersion"] = "source.toolkit.fluxcd.io/v1",
        ["kind"] = "GitRepository",
        ["metadata"] = new JsonObject { ["name"] = name, ["namespace"] = "default" },
        ["spec"] = new JsonObject { ["url"] = "https://example.com/repo", ["interval"] = interval },
    };

    public static ResourcePath Path(string name) => ResourcePath.Of(KindOf<GitRepository>(), new ObjectKey("default", name));

    public Task<JsonObject> CreateAsync(JsonObject repository, CancellationToken cancellation) =>
        Client.CreateAsync(Path("any"), repository, null, cancellation);

    public async Task<JsonObject> GetAsync(string name, CancellationToken cancellation) =>
        await Client.GetAsync(Path(name), cancellation) ?? throw new InvalidOperationException($"{name} does not exist.");

    public Task<JsonObject> PatchAsync(string name, string patch, CancellationToken cancellation) =>
        Client.MergePatchAsync(Path(name), JsonNode.Parse(patch)!.AsObject(), null, cancellation);

    public Task RequestAsync(string name, string token, CancellationToken cancellation) =>
        PatchAsync(name, $$$$"""{"metadata":{"annotations":{"reconcile.fluxcd.io/requestedAt":"{{{{token}}}}"}}}""", cancellation);

    /// <summary>Waits until a condition of the object has the status, and returns the object.</summary>
    public async Task<JsonObject> WaitForAsync(string name, string type, string status, CancellationToken cancellation, string? reason = null) =>
        await Eventually.GetAsync(
            async () =>
            {
                var found = await GetAsync(name, cancellation);
                var condition = Condition(found, type);
                return (string?)condition?["status"] == status && (reason is null || (string?)condition["reason"] == reason) ? found : null;
            },
            $"{name} {type}={status} {reason}");

    public static JsonNode? Condition(JsonObject obj, string type) =>
        obj["status"]?["conditions"]?.AsArray().FirstOrDefault(condition => (string?)condition!["type"] == type);

    /// <summary>The writes since a point of the request log, events included, as <c>verb path</c>.</summary>
    public IReadOnlyList<string> WritesSince(long number) =>
        [.. Server.Requests.Since(number).Where(request => request.IsWrite && request.UserAgent == "test").Select(request => $"{request.Verb} {request.Path}")];

    public ValueTask DisposeAsync() => Server.DisposeAsync();

    private static ResourceKind KindOf<T>()
        where T : IToolkitKind => T.ResourceKind;

    private async Task DefineAsync(ResourceKind kind, CancellationToken cancellation)
    {
        var definition = JsonNode.Parse($$$"""
            {
              "apiVersion": "apiextensions.k8s.io/v1",
              "kind": "CustomResourceDefinition",
              "metadata": { "name": "{{{kind.Plural}}}.{{{kind.Group}}}" },
              "spec": {
                "group": "{{{kind.Group}}}",
                "names": { "plural": "{{{kind.Plural}}}", "singular": "{{{kind.Singular}}}", "kind": "{{{kind.Kind}}}", "listKind": "{{{kind.Kind}}}List" },
                "scope": "Namespaced",
                "versions": [{
                  "name": "{{{kind.Version}}}", "served": true, "storage": true,
                  "schema": { "openAPIV3Schema": { "type": "object", "x-kubernetes-preserve-unknown-fields": true } },
                  "subresources": { "status": {} }
                }]
              }
            }
            """)!.AsObject();
        await Client.CreateAsync(new ResourcePath("apiextensions.k8s.io", "v1", "customresourcedefinitions"), definition, null, cancellation);
        using var mapper = new RestMapper(Client) { RefreshInterval = TimeSpan.FromMilliseconds(10) };
        await Eventually.TrueAsync(
            async () => await mapper.FindAsync(new GroupVersionKind(kind.Group, kind.Version, kind.Kind), cancellation) is not null, "the kind is served");
    }
}

using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using GitOpsToolkit.Kubernetes;
using GitOpsToolkit.Sandbox.ApiServer;
using GitOpsToolkit.TestKit;
using Xunit;

namespace GitOpsToolkit.Sandbox.Simulator.Tests;

/// <summary>An API server with a simulator in it, and the words that tests use.</summary>
public sealed class Playground : IAsyncDisposable
{
    public const string Namespace = "default";
    private readonly HashSet<string> _failing = new(StringComparer.Ordinal);
    private ClusterSimulator? _simulator;

    private Playground(ApiServer.ApiServer server, KubeClient client) => (Server, Client) = (server, client);

    public ApiServer.ApiServer Server { get; }

    public KubeClient Client { get; }

    public static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static async Task<Playground> StartAsync(bool workloads = true)
    {
        var server = await ApiServer.ApiServer.StartAsync(new ApiServerOptions(), Cancel);
        var client = KubeConnection.ToServer(
            server.Url, server.Token, [X509Certificate2.CreateFromPem(server.CertificateAuthorityPem)], new KubeClientOptions { UserAgent = "test" });
        var playground = new Playground(server, client);
        await playground.RestartSimulatorAsync(workloads);
        return playground;
    }

    public async Task RestartSimulatorAsync(bool workloads = true)
    {
        if (_simulator is not null)
        {
            await _simulator.DisposeAsync();
        }

        _simulator = await ClusterSimulator.StartAsync(
            Client.As("simulator"),
            new SimulatorOptions
            {
                StartupTime = TimeSpan.FromMilliseconds(30),
                JobRunTime = TimeSpan.FromMilliseconds(30),
                FailingImages = image => IsFailing(image),
                Workloads = workloads,
            },
            Cancel);
    }

    public void Fail(string image)
    {
        lock (_failing)
        {
            _failing.Add(image);
        }
    }

    public void Heal(string image)
    {
        lock (_failing)
        {
            _failing.Remove(image);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_simulator is not null)
        {
            await _simulator.DisposeAsync();
        }

        await Server.DisposeAsync();
    }

    public static ResourcePath Path(string group, string plural, string name) => new(group, "v1", plural, Namespace, name);

    public Task<JsonObject> CreateAsync(string group, string plural, string kind, string name, JsonObject spec) =>
        Client.CreateAsync(new ResourcePath(group, "v1", plural, Namespace), new JsonObject
        {
            ["apiVersion"] = group.Length == 0 ? "v1" : group + "/v1",
            ["kind"] = kind,
            ["metadata"] = new JsonObject { ["name"] = name, ["namespace"] = Namespace },
            ["spec"] = spec,
        }, null, Cancel);

    public static JsonObject WorkloadSpec(string app, string image, int? replicas = null)
    {
        var spec = new JsonObject
        {
            ["selector"] = new JsonObject { ["matchLabels"] = new JsonObject { ["app"] = app } },
            ["template"] = Template(app, image),
        };
        if (replicas is not null)
        {
            spec["replicas"] = replicas;
        }

        return spec;
    }

    public static JsonObject Template(string app, string image) => new()
    {
        ["metadata"] = new JsonObject { ["labels"] = new JsonObject { ["app"] = app } },
        ["spec"] = new JsonObject { ["containers"] = new JsonArray(new JsonObject { ["name"] = "web", ["image"] = image }) },
    };

    public Task<JsonObject> MergeAsync(ResourcePath path, string json) =>
        Client.MergePatchAsync(path, JsonNode.Parse(json)!.AsObject(), null, Cancel);

    public async Task<JsonObject> UntilAsync(ResourcePath path, Func<JsonObject, bool> holds, string what)
    {
        JsonObject? last = null;
        try
        {
            return await Eventually.GetAsync(async () => (last = await Client.GetAsync(path, Cancel)) is { } found && holds(found) ? found : null, what);
        }
        catch (TimeoutException error)
        {
            throw new TimeoutException($"{error.Message}; last seen: {last?.ToJsonString()}", error);
        }
    }

    public async Task<List<JsonObject>> ListAsync(string group, string plural) =>
        [.. (await Client.ListAsync(new ResourcePath(group, "v1", plural, Namespace), null, Cancel)).Items.Select(item => JsonObject.Create(item)!)];

    private bool IsFailing(string image)
    {
        lock (_failing)
        {
            return _failing.Contains(image);
        }
    }
}

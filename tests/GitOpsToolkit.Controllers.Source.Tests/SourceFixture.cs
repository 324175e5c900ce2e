using System.Text;
using System.Text.Json.Nodes;
using GitOpsToolkit.Kubernetes;
using GitOpsToolkit.Sandbox.Git;
using GitOpsToolkit.TestKit;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace GitOpsToolkit.Controllers.Source.Tests;

/// <summary>The whole of it: an API server, a Git server, and the source controller between them.</summary>
public abstract class SourceFixture : IAsyncLifetime
{
    private const string Namespace = "default";
    private CancellationTokenSource _stop = new();
    private Task _running = Task.CompletedTask;

    private protected ControlPlane Plane { get; private set; } = null!;

    protected GitServer Git { get; private set; } = null!;

    protected TempDirectory Folder { get; } = new();

    protected SourceControllerModule Module { get; private set; } = null!;

    protected HttpClient Http { get; } = new();

    protected string StoragePath => Folder["storage"];

    private static ResourcePath Repositories => new("source.toolkit.fluxcd.io", "v1", "gitrepositories", Namespace);

    private protected KubeClient Client => Plane.Client;

    public virtual async ValueTask InitializeAsync()
    {
        Plane = await ControlPlane.StartAsync();
        Git = await GitServer.StartAsync(new GitServerOptions { RootDirectory = Folder["repositories"] });
        await StartControllerAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await StopControllerAsync();
        await Git.DisposeAsync();
        await Plane.DisposeAsync();
        Http.Dispose();
        _stop.Dispose();
        Folder.Dispose();
        GC.SuppressFinalize(this);
    }

    protected virtual SourceControllerOptions Options => new()
    {
        StoragePath = StoragePath,
        StorageAddress = "127.0.0.1:0",
        MinRetryDelay = TimeSpan.FromMilliseconds(50),
        MaxRetryDelay = TimeSpan.FromMilliseconds(400),
    };

    protected async Task StartControllerAsync(Func<SourceControllerOptions, SourceControllerOptions>? change = null)
    {
        _stop = new CancellationTokenSource();
        var options = change is null ? Options : change(Options);
        Module = new SourceControllerModule(Client, options, TimeProvider.System, NullLoggerFactory.Instance, new Random(1));
        _running = Module.RunAsync(_stop.Token);
        await Eventually.TrueAsync(() => _running.IsFaulted ? throw _running.Exception! : Module.IsReady, "the controller is ready");
    }

    protected async Task StopControllerAsync()
    {
        await _stop.CancelAsync();
        await _running;
        await Module.DisposeAsync();
    }

    protected async Task<GitWorkingCopy> NewRepositoryAsync(string name, string branch = "main") =>
        await GitWorkingCopy.InitAsync(await Git.CreateRepositoryAsync(name, branch), branch);

    protected JsonObject Spec(string repository, string? reference = "{\"branch\":\"main\"}", string interval = "1h") => new()
    {
        ["url"] = Git.CloneUrl(repository).AbsoluteUri,
        ["interval"] = interval,
        ["timeout"] = "2m",
        ["ref"] = reference is null ? null : JsonNode.Parse(reference),
    };

    protected async Task CreateAsync(string name, JsonObject spec)
    {
        if (spec["ref"] is null)
        {
            spec.Remove("ref");
        }

        var body = new JsonObject
        {
            ["apiVersion"] = "source.toolkit.fluxcd.io/v1",
            ["kind"] = "GitRepository",
            ["metadata"] = new JsonObject { ["name"] = name, ["namespace"] = Namespace },
            ["spec"] = spec,
        };
        await Client.CreateAsync(Repositories, body, null, CancellationToken.None);
    }

    protected async Task CreateSecretAsync(string name, params (string Key, string Value)[] data)
    {
        var body = new JsonObject
        {
            ["apiVersion"] = "v1",
            ["kind"] = "Secret",
            ["metadata"] = new JsonObject { ["name"] = name, ["namespace"] = Namespace },
            ["data"] = new JsonObject(data.Select(pair =>
                new KeyValuePair<string, JsonNode?>(pair.Key, Convert.ToBase64String(Encoding.UTF8.GetBytes(pair.Value))))),
        };
        await Client.CreateAsync(ResourcePath.Core("secrets", Namespace), body, null, CancellationToken.None);
    }

    protected Task PatchAsync(string name, string patch) =>
        Client.MergePatchAsync(Repositories with { Name = name }, JsonNode.Parse(patch)!.AsObject(), null, CancellationToken.None);

    protected Task RequestAsync(string name, string token) =>
        PatchAsync(name, "{\"metadata\":{\"annotations\":{\"reconcile.fluxcd.io/requestedAt\":\"" + token + "\"}}}");

    protected Task DeleteAsync(string name) => Client.DeleteAsync(Repositories with { Name = name }, null, CancellationToken.None);

    protected Task<JsonObject?> GetAsync(string name) => Client.GetAsync(Repositories with { Name = name }, CancellationToken.None);

    /// <summary>Waits until the object is as asked, checks its conditions, and returns it.</summary>
    protected async Task<JsonObject> WaitAsync(string name, string what, Func<JsonObject, bool> isSo)
    {
        JsonObject? last = null;
        try
        {
            var found = await Eventually.GetAsync(async () => (last = await GetAsync(name)) is { } obj && isSo(obj) ? obj : null, what);
            if ((bool?)found["spec"]!["suspend"] != true)
            {
                // The status of a suspended object stays as it was.
                ConditionInvariants.Verify(found, atRest: false);
            }

            return found;
        }
        catch (TimeoutException error)
        {
            throw new TimeoutException($"{what}: {last?["status"]?.ToJsonString()}", error);
        }
    }

    protected Task<JsonObject> WaitReadyAsync(string name, string revision) => WaitAsync(
        name, $"{name} is Ready with {revision}", obj => IsReady(obj) && Revision(obj) == revision);

    protected async Task<JsonObject> WaitFailedAsync(string name, string reason, string message)
    {
        var found = await WaitAsync(name, $"{name} fails with {reason}", obj =>
            Condition(obj, "Ready") is { } ready && (string?)ready["status"] == "False" && (string?)ready["reason"] == reason);
        Assert.Contains(message, (string)Condition(found, "Ready")!["message"]!, StringComparison.Ordinal);
        return found;
    }

    protected static bool IsReady(JsonObject obj) =>
        (string?)Condition(obj, "Ready")?["status"] == "True" && (long?)obj["status"]?["observedGeneration"] == (long?)obj["metadata"]?["generation"];

    protected static string? Revision(JsonObject obj) => (string?)obj["status"]?["artifact"]?["revision"];

    protected static JsonNode? Condition(JsonObject obj, string type) =>
        obj["status"]?["conditions"]?.AsArray().FirstOrDefault(condition => (string?)condition!["type"] == type);

    protected async Task<IReadOnlyList<JsonObject>> EventsAsync(string name)
    {
        var events = await Client.ListAsync(ResourcePath.Core("events", Namespace), null, CancellationToken.None);
        return [.. events.Items.Select(item => JsonNode.Parse(item.GetRawText())!.AsObject()).Where(item => (string?)item["involvedObject"]!["name"] == name)];
    }
}

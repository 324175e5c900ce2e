using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using GitOpsToolkit.Git;
using GitOpsToolkit.Kubernetes;
using GitOpsToolkit.Sandbox.ApiServer;
using GitOpsToolkit.Sandbox.Git;
using GitOpsToolkit.TestKit;
using GitOpsToolkit.Yaml;

namespace GitOpsToolkit.Controllers.ImageAutomation.Tests;

/// <summary>The whole of it: an API server, a Git server, and the image automation controller between them.</summary>
public abstract class AutomationFixture : IAsyncLifetime
{
    protected const string Namespace = "default";
    private const string Image = "image.toolkit.fluxcd.io";
    private CancellationTokenSource _stop = new();
    private Task _running = Task.CompletedTask;
    private ImageAutomationModule? _module;

    protected ApiServer Server { get; private set; } = null!;

    protected GitServer Git { get; private set; } = null!;

    protected TempDirectory Folder { get; } = new();

    private protected KubeClient Client { get; private set; } = null!;

    private protected CollectedLog Log { get; } = new();

    /// <summary>Talks to the Git server in the controller's place; null for the real thing.</summary>
    private protected virtual IGitRemote? Remote => null;

    /// <summary>The controller's clock.</summary>
    protected virtual TimeProvider Clock => TimeProvider.System;

    protected virtual ImageAutomationOptions Options => new()
    {
        StoragePath = Folder["storage"],
        MinRetryDelay = TimeSpan.FromMilliseconds(50),
        MaxRetryDelay = TimeSpan.FromMilliseconds(400),
        PushPause = TimeSpan.FromMilliseconds(50),
        DrainTimeout = TimeSpan.FromMilliseconds(300),
    };

    public virtual async ValueTask InitializeAsync()
    {
        Server = await ApiServer.StartAsync();
        Client = KubeConnection.ToServer(Server.Url, Server.Token, [X509Certificate2.CreateFromPem(Server.CertificateAuthorityPem)]);
        await InstallAsync();
        Git = await GitServer.StartAsync(new GitServerOptions { RootDirectory = Folder["repositories"], PreReceive = BeforePushAsync });
        await StartControllerAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await StopControllerAsync();
        await StopAsync();
        await Git.DisposeAsync();
        await Server.DisposeAsync();
        _stop.Dispose();
        Folder.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Stops what a test added.</summary>
    protected virtual ValueTask StopAsync() => ValueTask.CompletedTask;

    /// <summary>What the server's pre-receive hook does; a text refuses the push.</summary>
    protected virtual ValueTask<string?> BeforePushAsync(GitPush push, CancellationToken cancel) => ValueTask.FromResult<string?>(null);

    protected async Task StartControllerAsync()
    {
        _stop = new CancellationTokenSource();
        _module = new ImageAutomationModule(Client, Options, Clock, Log, new Random(1), Remote);
        _running = _module.RunAsync(_stop.Token);
        await Eventually.TrueAsync(() => _running.IsFaulted ? throw _running.Exception! : _module.IsReady, "the controller is ready");
    }

    protected async Task StopControllerAsync()
    {
        await _stop.CancelAsync();
        await _running;
        _module?.Dispose();
    }

    protected async Task<GitWorkingCopy> SeedAsync(params (string Path, string? Text)[] files)
    {
        var copy = await GitWorkingCopy.InitAsync(await Git.CreateRepositoryAsync("app"));
        await copy.PushCommitAsync("seed", files);
        return copy;
    }

    protected Task CreateRepositoryAsync(string name = "app", Action<JsonObject>? change = null)
    {
        var spec = new JsonObject { ["url"] = Git.CloneUrl("app").AbsoluteUri, ["interval"] = "1h", ["timeout"] = "2m", ["ref"] = new JsonObject { ["branch"] = "main" } };
        change?.Invoke(spec);
        return CreateAsync("source.toolkit.fluxcd.io", "GitRepository", "gitrepositories", name, spec);
    }

    protected async Task CreatePolicyAsync(string name, string? tag, string image = "reg.io/app", JsonObject? labels = null, JsonObject? annotations = null)
    {
        var spec = JsonNode.Parse("""{"imageRepositoryRef":{"name":"app"},"policy":{"semver":{"range":">=0.0.0"}}}""")!.AsObject();
        await CreateAsync(Image, "ImagePolicy", "imagepolicies", name, spec, labels, annotations);
        if (tag is not null)
        {
            await ElectAsync(name, tag, image);
        }
    }

    protected Task ElectAsync(string policy, string tag, string image = "reg.io/app")
    {
        var status = new JsonObject { ["status"] = new JsonObject { ["latestRef"] = new JsonObject { ["name"] = image, ["tag"] = tag } } };
        return Client.MergePatchAsync(new ResourcePath(Image, "v1", "imagepolicies", Namespace, policy, "status"), status, null, CancellationToken.None);
    }

    protected Task CreateAutomationAsync(string name = "auto", Action<JsonObject>? change = null, JsonObject? annotations = null)
    {
        var spec = JsonNode.Parse("""
            {"interval":"1h","sourceRef":{"kind":"GitRepository","name":"app"},
             "git":{"commit":{"author":{"name":"bot","email":"bot@example.com"}}},"update":{"strategy":"Setters"}}
            """)!.AsObject();
        change?.Invoke(spec);
        return CreateAsync(Image, "ImageUpdateAutomation", "imageupdateautomations", name, spec, annotations: annotations);
    }

    protected Task PatchAutomationAsync(string patch, string name = "auto") =>
        Client.MergePatchAsync(Automation(name), JsonNode.Parse(patch)!.AsObject(), null, CancellationToken.None);

    protected Task RequestAsync(string token, string name = "auto") =>
        PatchAutomationAsync("{\"metadata\":{\"annotations\":{\"reconcile.fluxcd.io/requestedAt\":\"" + token + "\"}}}", name);

    protected Task CreateSecretAsync(string name, params (string Key, string Value)[] data) => Client.CreateAsync(
        ResourcePath.Core("secrets", Namespace),
        new JsonObject
        {
            ["apiVersion"] = "v1",
            ["kind"] = "Secret",
            ["metadata"] = new JsonObject { ["name"] = name, ["namespace"] = Namespace },
            ["data"] = new JsonObject(data.Select(pair => KeyValuePair.Create(pair.Key, (JsonNode?)Convert.ToBase64String(Encoding.UTF8.GetBytes(pair.Value))))),
        },
        null,
        CancellationToken.None);

    protected Task DeleteSecretAsync(string name) => Client.DeleteAsync(ResourcePath.Core("secrets", Namespace, name), null, CancellationToken.None);

    protected async Task<JsonObject> WaitAsync(string what, Func<JsonObject, bool> isSo, string name = "auto", bool verify = true)
    {
        JsonObject? last = null;
        try
        {
            var found = await Eventually.GetAsync(
                async () => (last = await Client.GetAsync(Automation(name), CancellationToken.None)) is { } obj && isSo(obj) ? obj : null, what);
            if (verify)
            {
                ConditionInvariants.Verify(found);
            }

            return found;
        }
        catch (TimeoutException error)
        {
            throw new TimeoutException($"{what}: {last?["status"]?.ToJsonString()}\n{Log}", error);
        }
    }

    protected Task<JsonObject> WaitReadyAsync(string name = "auto") => WaitAsync($"{name} is Ready", IsReady, name);

    protected Task<JsonObject> WaitPushedAsync(string? before = null, string name = "auto") =>
        WaitAsync($"{name} pushed", obj => IsReady(obj) && Status(obj, "lastPushCommit") is { } commit && commit != before, name);

    protected async Task<string> WaitFailedAsync(string reason, string name = "auto")
    {
        var found = await WaitAsync($"{name} fails with {reason}", obj => (string?)Condition(obj, "Ready")?["status"] == "False" && (string?)Condition(obj, "Ready")?["reason"] == reason, name);
        return (string)Condition(found, "Ready")!["message"]!;
    }

    protected static bool IsReady(JsonObject obj) =>
        (string?)Condition(obj, "Ready")?["status"] == "True" && (long?)obj["status"]?["observedGeneration"] == (long?)obj["metadata"]?["generation"];

    protected static string? Status(JsonObject obj, string field) => (string?)obj["status"]?[field];

    protected static JsonNode? Condition(JsonObject obj, string type) =>
        obj["status"]?["conditions"]?.AsArray().FirstOrDefault(condition => (string?)condition!["type"] == type);

    /// <summary>Waits for the event about a push: it is sent after the status that tells of the commit.</summary>
    protected Task<JsonObject> WaitPushEventAsync(JsonObject pushed) => WaitEventAsync(
        "the event of the push", e => ((string)e["message"]!).StartsWith($"pushed commit '{Status(pushed, "lastPushCommit")![..7]}'", StringComparison.Ordinal));

    protected Task<JsonObject> WaitEventAsync(string what, Func<JsonObject, bool> isSo) => Eventually.GetAsync(async () => (await EventsAsync()).FirstOrDefault(isSo), what);

    protected async Task<IReadOnlyList<JsonObject>> EventsAsync()
    {
        var events = await Client.ListAsync(ResourcePath.Core("events", Namespace), null, CancellationToken.None);
        return [.. events.Items.Select(item => JsonNode.Parse(item.GetRawText())!.AsObject())];
    }

    protected async Task<string> TipAsync(string branch = "main") => (await Git.ListRefsAsync("app"))["refs/heads/" + branch];

    private static ResourcePath Automation(string name) => new(Image, "v1", "imageupdateautomations", Namespace, name);

    private Task CreateAsync(string group, string kind, string plural, string name, JsonObject spec, JsonObject? labels = null, JsonObject? annotations = null) => Client.CreateAsync(
        new ResourcePath(group, "v1", plural, Namespace),
        new JsonObject
        {
            ["apiVersion"] = $"{group}/v1",
            ["kind"] = kind,
            ["metadata"] = new JsonObject { ["name"] = name, ["namespace"] = Namespace, ["labels"] = labels, ["annotations"] = annotations },
            ["spec"] = spec,
        },
        null,
        CancellationToken.None);

    private async Task InstallAsync()
    {
        foreach (var file in Directory.EnumerateFiles(SourceTree.At("config/crd/bases"), "*.yaml").Where(file => file.Contains("gitrepositories") || file.Contains("imagepolicies") || file.Contains("imageupdateautomations")))
        {
            var definition = YamlReader.ReadOne(await File.ReadAllTextAsync(file), file).Root!.AsObject();
            await Client.CreateAsync(new ResourcePath("apiextensions.k8s.io", "v1", "customresourcedefinitions"), definition, null, CancellationToken.None);
        }

        foreach (var (group, plural) in new[] { (Image, "imagepolicies"), (Image, "imageupdateautomations"), ("source.toolkit.fluxcd.io", "gitrepositories") })
        {
            await Eventually.TrueAsync(() => IsServedAsync(new ResourcePath(group, "v1", plural)), $"{plural} are served");
        }
    }

    private async Task<bool> IsServedAsync(ResourcePath path)
    {
        try
        {
            await Client.ListAsync(path, null, CancellationToken.None);
            return true;
        }
        catch (ApiException error) when (error.IsNotFound)
        {
            return false;
        }
    }
}

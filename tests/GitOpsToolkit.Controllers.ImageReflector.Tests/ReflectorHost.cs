using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using GitOpsToolkit.Api.Image.V1;
using GitOpsToolkit.Kubernetes;
using GitOpsToolkit.Registry;
using GitOpsToolkit.Sandbox.ApiServer;
using GitOpsToolkit.Sandbox.Registry;
using GitOpsToolkit.TestKit;
using GitOpsToolkit.Yaml;

namespace GitOpsToolkit.Controllers.ImageReflector.Tests;

/// <summary>An API server with the CRDs, a registry, and the controller under test, which can be stopped and started again.</summary>
internal sealed class ReflectorHost : IAsyncDisposable
{
    internal const string User = "ann";
    internal const string Password = "secret-1";

    private readonly TempDirectory storage = new();
    private readonly HttpClient http = new();
    private CancellationTokenSource? stop;
    private ImageReflectorModule? module;
    private Task running = Task.CompletedTask;

    private ReflectorHost(ApiServer server, OciRegistry registry, KubeClient client)
    {
        Server = server;
        Registry = registry;
        Client = client;
        Pusher = new ImagePusher(http, registry.Url, User, Password);
    }

    internal ApiServer Server { get; }

    internal OciRegistry Registry { get; }

    internal KubeClient Client { get; }

    internal ImagePusher Pusher { get; }

    internal string StoragePath => storage.Path;

    internal string Image => $"{Registry.Host}/app";

    internal static async Task<ReflectorHost> StartAsync(
        RegistryAuthentication authentication = RegistryAuthentication.None, ImageReflectorOptions? options = null, bool run = true)
    {
        var registry = await OciRegistry.StartAsync(new OciRegistryOptions
        {
            Authentication = authentication,
            Users = new Dictionary<string, string> { [User] = Password },
        });
        var server = await ApiServer.StartAsync();
        var authority = X509Certificate2Collection(server.CertificateAuthorityPem);
        var host = new ReflectorHost(server, registry, KubeConnection.ToServer(server.Url, server.Token, authority));
        foreach (var file in new[] { "imagerepositories", "imagepolicies" })
        {
            await host.ApplyYamlAsync(
                new ResourcePath("apiextensions.k8s.io", "v1", "customresourcedefinitions"),
                await File.ReadAllTextAsync(SourceTree.At($"config/crd/bases/image.toolkit.fluxcd.io_{file}.yaml")));
            await Eventually.TrueAsync(
                async () => await host.TryListAsync(file), $"the API server serves {file}");
        }

        if (run)
        {
            host.StartController(options);
        }

        return host;
    }

    public async ValueTask DisposeAsync()
    {
        await StopControllerAsync();
        await Server.DisposeAsync();
        await Registry.DisposeAsync();
        http.Dispose();
        storage.Dispose();
    }

    internal void StartController(ImageReflectorOptions? options = null, TimeSpan spread = default, TimeProvider? time = null)
    {
        options = (options ?? new ImageReflectorOptions()) with
        {
            StoragePath = storage.Path,
            ScanStartSpread = spread,
            Registry = new RegistryClientOptions { RetryDelay = TimeSpan.FromMilliseconds(1) },
        };
        stop = new CancellationTokenSource();
        module = new ImageReflectorModule(
            Client, options, time ?? TimeProvider.System, new TestLog(Xunit.TestContext.Current.TestOutputHelper), new Random(1));
        running = module.RunAsync(stop.Token);
    }

    internal async Task StopControllerAsync()
    {
        if (stop is not null)
        {
            await stop.CancelAsync();
            await running;
            module!.Dispose();
            stop.Dispose();
            stop = null;
        }
    }

    internal async Task PushAsync(params string[] tags)
    {
        foreach (var tag in tags)
        {
            await Pusher.PushAsync("app", tag);
        }
    }

    internal Task<JsonObject> CreateRepositoryAsync(
        string spec = "", string name = "app", string @namespace = "default", string? image = null) =>
        CreateAsync(ImageRepository.ResourceKind, name, @namespace, $"image: {image ?? Image}\ninterval: 1h\n{spec}");

    internal Task<JsonObject> CreatePolicyAsync(
        string range = ">=0.0.0", string spec = "", string name = "app", string @namespace = "default",
            string repository = "{name: app}") =>
        CreateAsync(ImagePolicy.ResourceKind, name, @namespace,
            $"imageRepositoryRef: {repository}\npolicy: {{semver: {{range: \"{range}\"}}}}\n{spec}");

    internal async Task<JsonObject> CreateAsync(Api.Schema.ResourceKind kind, string name, string @namespace, string spec)
    {
        var path = ResourcePath.Of(kind).In(@namespace);
        var text = $"apiVersion: {kind.ApiVersion}\nkind: {kind.Kind}\nmetadata: {{name: {name}, namespace: {@namespace}}}\nspec:\n{Indent(spec)}";
        await ApplyYamlAsync(path, text);
        return (await Client.GetAsync(path.At(new ObjectKey(@namespace, name)), CancellationToken.None))!;
    }

    /// <summary>Creates a Secret, or replaces its values.</summary>
    internal async Task SetSecretAsync(string name, IReadOnlyDictionary<string, byte[]> data)
    {
        var path = ResourcePath.Core("secrets", "default");
        var body = new JsonObject
        {
            ["apiVersion"] = "v1",
            ["kind"] = "Secret",
            ["metadata"] = new JsonObject { ["name"] = name },
            ["data"] = new JsonObject(data.Select(pair => KeyValuePair.Create(pair.Key, (JsonNode?)Convert.ToBase64String(pair.Value)))),
        };
        await Client.DeleteAsync(path with { Name = name }, options: null, CancellationToken.None);
        await Client.CreateAsync(path, body, options: null, CancellationToken.None);
    }

    internal Task SetSecretAsync(string name, params (string Key, string Value)[] data) =>
        SetSecretAsync(name, data.ToDictionary(pair => pair.Key, pair => Encoding.UTF8.GetBytes(pair.Value)));

    internal Task CreateAccountAsync(string name, params (string Name, string Value)[] annotations) => Client.CreateAsync(
        ResourcePath.Core("serviceaccounts", "default"),
        new JsonObject
        {
            ["apiVersion"] = "v1",
            ["kind"] = "ServiceAccount",
            ["metadata"] = new JsonObject
            {
                ["name"] = name,
                ["annotations"] = new JsonObject(annotations.Select(pair => KeyValuePair.Create(pair.Name, (JsonNode?)pair.Value))),
            },
        },
        options: null,
        CancellationToken.None);

    internal Task CreateSecretAsync(string password, string name = "login") => Client.CreateAsync(
        ResourcePath.Core("secrets", "default"),
        new JsonObject
        {
            ["apiVersion"] = "v1",
            ["kind"] = "Secret",
            ["metadata"] = new JsonObject { ["name"] = name },
            ["type"] = "kubernetes.io/dockerconfigjson",
            ["data"] = new JsonObject { [".dockerconfigjson"] = DockerConfig(password) },
        },
        options: null,
        CancellationToken.None);

    internal string DockerConfig(string password) => Convert.ToBase64String(Encoding.UTF8.GetBytes(new JsonObject
    {
        ["auths"] = new JsonObject { [Registry.Host] = new JsonObject { ["username"] = User, ["password"] = password } },
    }.ToJsonString()));

    internal Task<JsonObject> PatchAsync(Api.Schema.ResourceKind kind, string patch, string name = "app", string @namespace = "default") =>
        Client.MergePatchAsync(
            ResourcePath.Of(kind, new ObjectKey(@namespace, name)), JsonNode.Parse(patch)!.AsObject(), options: null,
                CancellationToken.None);

    /// <summary>Asks for a reconcile and waits until it is acknowledged.</summary>
    internal async Task<JsonObject> RequestAsync(
        Api.Schema.ResourceKind kind, string token, string name = "app", string @namespace = "default")
    {
        await PatchAsync(kind, """{"metadata":{"annotations":{"reconcile.fluxcd.io/requestedAt":"TOKEN"}}}""".Replace("TOKEN", token,
            StringComparison.Ordinal), name, @namespace);
        return await WaitAsync(
            kind, status => (string?)status["lastHandledReconcileAt"] == token, $"{kind.Kind} handled {token}", name, @namespace);
    }

    /// <summary>Waits until the object's status fulfils a condition, and checks the rules of conditions.</summary>
    internal async Task<JsonObject> WaitAsync(
        Api.Schema.ResourceKind kind, Func<JsonObject, bool> condition, string what, string name = "app", string @namespace = "default")
    {
        JsonObject? last = null;
        try
        {
            var found = await Eventually.GetAsync(
                async () =>
                {
                    if (running is { IsFaulted: true, Exception: { } failure })
                    {
                        throw failure;
                    }

                    last = await Client.GetAsync(ResourcePath.Of(kind, new ObjectKey(@namespace, name)), CancellationToken.None);
                    return last?["status"] is JsonObject status && condition(status) ? last : null;
                },
                what);
            ConditionInvariants.Verify(found);
            return found;
        }
        catch (TimeoutException error)
        {
            throw new TimeoutException($"{error.Message}; last: {last?["status"]?.ToJsonString()}", error);
        }
    }

    internal Task<JsonObject> ReadyAsync(Api.Schema.ResourceKind kind, string name = "app", string @namespace = "default") =>
        WaitAsync(kind, status => ReadyIs(status, "True"), $"{kind.Kind} {name} Ready", name, @namespace);

    internal Task<JsonObject> NotReadyAsync(
        Api.Schema.ResourceKind kind, string reason, string name = "app", string @namespace = "default") => WaitAsync(
        kind, status => ReadyIs(status, "False")
            && (string?)Condition(status, "Ready")!["reason"] == reason, $"{kind.Kind} {name}: {reason}", name, @namespace);

    internal Task<JsonObject> ElectedAsync(string tag, string name = "app", string @namespace = "default") => WaitAsync(
        ImagePolicy.ResourceKind, status => (string?)status["latestRef"]?["tag"] == tag, $"{tag} elected by {name}", name, @namespace);

    internal static bool ReadyIs(JsonObject status, string value) => (string?)Condition(status, "Ready")?["status"] == value;

    internal static JsonNode? Condition(JsonObject status, string type) =>
        status["conditions"]?.AsArray().FirstOrDefault(condition => (string?)condition!["type"] == type);

    internal static string Message(JsonObject found, string type = "Ready") =>
        (string?)Condition(found["status"]!.AsObject(), type)?["message"] ?? "";

    internal IEnumerable<RecordedRequest> WritesSince(long number) => Server.Requests.Since(number).Where(
        request => request.IsWrite && request.UserAgent.Contains("image-reflector", StringComparison.Ordinal));

    private static X509Certificate2Collection X509Certificate2Collection(string pem)
    {
        var collection = new X509Certificate2Collection();
        collection.ImportFromPem(pem);
        return collection;
    }

    private static string Indent(string text) => string.Concat(text.Split('\n').Select(line => $"  {line}\n"));

    private async Task<bool> TryListAsync(string plural)
    {
        try
        {
            await Client.ListAsync(new ResourcePath("image.toolkit.fluxcd.io", "v1", plural), options: null, CancellationToken.None);
            return true;
        }
        catch (ApiException)
        {
            return false;
        }
    }

    private Task ApplyYamlAsync(ResourcePath collection, string yaml) =>
        Client.CreateAsync(collection, YamlReader.ReadOne(yaml).Root!.AsObject(), options: null, CancellationToken.None);
}

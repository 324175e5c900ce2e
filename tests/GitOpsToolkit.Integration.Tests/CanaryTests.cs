using System.Text;
using System.Text.Json.Nodes;
using GitOpsToolkit.Kubernetes;
using GitOpsToolkit.Manager.Flags;
using GitOpsToolkit.Sandbox;
using GitOpsToolkit.Sandbox.Git;
using GitOpsToolkit.Sandbox.Registry;
using GitOpsToolkit.TestKit;
using Xunit;

namespace GitOpsToolkit.Integration.Tests;

/// <summary>Secrets are sown wherever a user can put one, good and bad; none of them is found in a status, an event, a log or a stored file.</summary>
[Collection(Machine.Collection)]
public sealed class CanaryTests
{
    private const string GitPassword = "canary-git-right";
    private const string WrongGitPassword = "canary-git-wrong";
    private const string UrlPassword = "canary-git-url";
    private const string BrokenToken = "canary-git-token";
    private const string RegistryPassword = "canary-registry-right";
    private const string WrongRegistryPassword = "canary-registry-wrong";
    private const string BrokenConfig = "canary-registry-config";
    private const string KubeToken = "canary-kube-token";

    /// <summary>All that is in a Secret in Git; the word is in every manifest below.</summary>
    private const string Manifest = "canary-manifest";

    private static readonly string[] Logins =
        [GitPassword, WrongGitPassword, UrlPassword, BrokenToken, RegistryPassword, WrongRegistryPassword, BrokenConfig, KubeToken];

    [Fact]
    public async Task No_secret_is_seen_anywhere()
    {
        using var state = new TempDirectory();
        using var log = new MemoryStream();
        var cancel = TestContext.Current.CancellationToken;
        var seen = new List<(string Place, string Text)>();
        var tokens = new List<string>();
        await using (var sandbox = await SandboxEnvironment.StartAsync(TestCluster.Options(state) with { Log = log }, cancel))
        {
            await sandbox.MakeNamespaceAsync(cancel);
            await SowGitAsync(sandbox, cancel);
            await using var registry = await SowRegistryAsync(sandbox, cancel);
            await CheckOutcomesAsync(sandbox, cancel);

            tokens.AddRange(await TokensAsync(sandbox, cancel));
            foreach (var found in await sandbox.ToolkitObjectsAsync(cancel))
            {
                seen.Add(($"status of {found["kind"]}/{found["metadata"]!["name"]}", found["status"]?.ToJsonString() ?? ""));
            }

            var events = await sandbox.Client.ListAsync(ResourcePath.Core("events"), null, cancel);
            Assert.NotEmpty(events.Items);
            seen.AddRange(events.Items.Select(item => ($"event {item.GetProperty("metadata").GetProperty("name")}", item.GetRawText())));
        }

        var lines = Encoding.UTF8.GetString(log.ToArray());
        Assert.Contains("GitRepository/apps/wrong", lines, StringComparison.Ordinal);
        Assert.DoesNotContain(tokens, token => lines.Contains(token, StringComparison.Ordinal));
        seen.Add(("the log", lines));

        foreach (var (place, text) in seen)
        {
            foreach (var canary in Logins.Append(Manifest).SelectMany(Forms))
            {
                Assert.False(text.Contains(canary, StringComparison.OrdinalIgnoreCase), $"{canary} is in {place}: {Around(text, canary)}");
            }
        }

        CheckFiles(Path.Combine(state.Path, "controllers"));
    }

    /// <summary>What the administrator (where a token makes it one) and the controllers log in with at the API server.</summary>
    private static async Task<List<string>> TokensAsync(SandboxEnvironment sandbox, CancellationToken cancel)
    {
        var controllers = await Task.WhenAll(ControllerNames.All.Select(name => sandbox.Identities.TokenOfAsync(name, cancel)));
        Assert.Equal(controllers.Length, controllers.Distinct().Count());
        return [.. controllers, .. sandbox.Cluster.Administrator().AccessToken is { Length: > 0 } token ? new[] { token } : []];
    }

    /// <summary>Nothing that logs in stays on disk, whether in a mirror's configuration or a file of credentials.</summary>
    private static void CheckFiles(string folder)
    {
        var files = Directory.GetFiles(folder, "*", SearchOption.AllDirectories);
        Assert.NotEmpty(files);
        foreach (var file in files)
        {
            var text = Encoding.Latin1.GetString(File.ReadAllBytes(file));
            Assert.DoesNotContain(Logins.SelectMany(Forms), canary => text.Contains(canary, StringComparison.Ordinal));
        }
    }

    private static async Task SowGitAsync(SandboxEnvironment sandbox, CancellationToken cancel)
    {
        await sandbox.GitServer.CreateRepositoryAsync("private", cancel: cancel);
        using var copy = await GitWorkingCopy.InitAsync(sandbox.GitServer.CloneUrl("private"));
        await copy.PushCommitAsync("Add secrets", [.. Manifests("1")]);
        sandbox.GitServer.SetAccess("private", GitAccess.Basic("dana", GitPassword));
        var url = sandbox.GitServer.CloneUrl("private");
        await sandbox.MakeAsync(
            Login("right", GitPassword) + Login("wrong", WrongGitPassword)
            + Repository("right", url, "secretRef: {name: right}") + Repository("wrong", url, "secretRef: {name: wrong}")
            + Repository("in-url", new UriBuilder(url) { UserName = "dana", Password = UrlPassword }.Uri, "suspend: false")
            + $"kind: Secret\nmetadata: {{name: broken}}\nstringData: {{bearerToken: \"{BrokenToken}\\r\\nX: y\"}}\n---\n"
            + Repository("broken", url, "secretRef: {name: broken}")
            + $"kind: Secret\nmetadata: {{name: kube}}\nstringData: {{value: 'users: [{{user: {{token: {KubeToken}}}}}]'}}\n---\n"
            + Kustomization("good", "suspend: false")
            + Kustomization("elsewhere", "kubeConfig: {secretRef: {name: kube}}", "good")
            + string.Concat(new[] { "not-base64", "no-map", "no-number", "no-anchor", "bad-patch", "immutable" }.Select(name => Kustomization(name, "force: false")))
            + Automation("right") + Automation("wrong"),
            cancel);

        await sandbox.UntilAsync("Kustomization", "immutable", "True", cancel);
        sandbox.GitServer.SetAccess("private", null);
        await copy.PushCommitAsync("Change what must not change", [.. Manifests("2")]);
        sandbox.GitServer.SetAccess("private", GitAccess.Basic("dana", GitPassword));
        await sandbox.UntilAsync("Kustomization", "immutable", "False", cancel);
    }

    private static async Task<OciRegistry> SowRegistryAsync(SandboxEnvironment sandbox, CancellationToken cancel)
    {
        var registry = await OciRegistry.StartAsync(
            new OciRegistryOptions
            {
                Authentication = RegistryAuthentication.Token,
                Users = new Dictionary<string, string> { ["dana"] = RegistryPassword },
            },
            cancel);
        using var http = new HttpClient();
        await new ImagePusher(http, registry.Url, "dana", RegistryPassword).PushAsync("app", "1.0.0", cancellation: cancel);
        await sandbox.MakeAsync(
            Docker("docker-right", Config(registry.Host, RegistryPassword)) + Docker("docker-wrong", Config(registry.Host, WrongRegistryPassword))
            + Docker("docker-broken", $$"""{"auths": {"{{registry.Host}}": {"auth": ["{{BrokenConfig}}"]} } }""")
            + Image("right", registry.Host, "docker-right") + Image("wrong", registry.Host, "docker-wrong") + Image("broken", registry.Host, "docker-broken")
            + "kind: ImagePolicy\nmetadata: {name: right}\nspec: {imageRepositoryRef: {name: right}, policy: {semver: {range: '*'}}}\n",
            cancel);
        return registry;
    }

    private static async Task CheckOutcomesAsync(SandboxEnvironment sandbox, CancellationToken cancel)
    {
        foreach (var (kind, name) in ((string, string)[])
        [
            ("GitRepository", "right"), ("Kustomization", "good"), ("ImageRepository", "right"), ("ImagePolicy", "right"), ("ImageUpdateAutomation", "right"),
        ])
        {
            await sandbox.UntilAsync(kind, name, "True", cancel);
        }

        foreach (var (kind, name) in ((string, string)[])
        [
            ("GitRepository", "wrong"), ("GitRepository", "in-url"), ("GitRepository", "broken"), ("Kustomization", "elsewhere"),
            ("Kustomization", "not-base64"), ("Kustomization", "no-map"), ("Kustomization", "no-number"), ("Kustomization", "no-anchor"),
            ("Kustomization", "bad-patch"), ("ImageRepository", "wrong"), ("ImageRepository", "broken"), ("ImageUpdateAutomation", "wrong"),
        ])
        {
            await sandbox.UntilAsync(kind, name, "False", cancel);
        }
    }

    private static IEnumerable<(string, string?)> Manifests(string version)
    {
        const string Head = "apiVersion: v1\nkind: Secret\nmetadata:\n  name: ";
        yield return ("good/a.yaml", $"{Head}good\n  namespace: apps\nstringData:\n  password: {Manifest}-{version}\n");
        yield return ("immutable/a.yaml", $"{Head}immutable\n  namespace: apps\nimmutable: true\nstringData:\n  password: {Manifest}-{version}\n");
        yield return ("not-base64/a.yaml", $"{Head}not-base64\n  namespace: apps\ndata:\n  password: {Manifest}!\n");
        yield return ("no-map/a.yaml", $"{Head}no-map\n  namespace: apps\ndata: {Manifest}\n");
        yield return ("no-number/a.yaml", $"{Head}no-number\n  namespace: apps\nstringData:\n  password: !!int {Manifest}\n");
        yield return ("no-anchor/a.yaml", $"{Head}no-anchor\n  namespace: apps\nstringData:\n  password: *{Manifest}\n");
        yield return ("bad-patch/a.yaml", $"{Head}bad-patch\n  namespace: apps\nstringData:\n  password: {Manifest}\n");
        yield return (
            "bad-patch/kustomization.yaml",
            "resources: [a.yaml]\npatches:\n- target: {kind: Secret}\n  patch: |\n    - {op: test, path: /stringData/password, value: " + Manifest + "-other}\n");
    }

    private static string Login(string name, string password) =>
        $"kind: Secret\nmetadata: {{name: {name}}}\nstringData: {{username: dana, password: {password}}}\n---\n";

    private static string Repository(string name, Uri url, string rest) =>
        $"kind: GitRepository\nmetadata: {{name: {name}}}\nspec:\n  url: {url}\n  interval: 1s\n  ref: {{branch: main}}\n  {rest}\n---\n";

    private static string Kustomization(string name, string rest, string? folder = null) =>
        $"kind: Kustomization\nmetadata: {{name: {name}}}\nspec:\n  sourceRef: {{kind: GitRepository, name: right}}\n"
        + $"  path: ./{folder ?? name}\n  interval: 1m\n  prune: true\n  {rest}\n---\n";

    private static string Automation(string source) =>
        $"kind: ImageUpdateAutomation\nmetadata: {{name: {source}}}\nspec:\n  sourceRef: {{kind: GitRepository, name: {source}}}\n  interval: 1m\n"
        + "  git: {checkout: {ref: {branch: main}}, commit: {author: {email: a@example.com}}}\n  update: {path: ./, strategy: Setters}\n---\n";

    private static string Docker(string name, string config) => new JsonObject
    {
        ["kind"] = "Secret",
        ["metadata"] = new JsonObject { ["name"] = name },
        ["type"] = "kubernetes.io/dockerconfigjson",
        ["stringData"] = new JsonObject { [".dockerconfigjson"] = config },
    }.ToJsonString() + "\n---\n";

    private static string Config(string host, string password) =>
        new JsonObject { ["auths"] = new JsonObject { [host] = new JsonObject { ["username"] = "dana", ["password"] = password } } }.ToJsonString();

    private static string Image(string name, string host, string secret) =>
        $"kind: ImageRepository\nmetadata: {{name: {name}}}\nspec: {{image: '{host}/app', interval: 1m, insecure: true, secretRef: {{name: {secret}}}}}\n---\n";

    /// <summary>As it is, and as a header or a Secret encodes it: in base64 the letters depend on what stands before.</summary>
    private static IEnumerable<string> Forms(string canary)
    {
        yield return canary;
        for (var before = 0; before < 3; before++)
        {
            var encoded = Convert.ToBase64String(Encoding.UTF8.GetBytes(new string(' ', before) + canary));
            yield return encoded[(before == 0 ? 0 : 4)..(encoded.Length / 4 * 4 - 4)];
        }
    }

    private static string Around(string text, string canary)
    {
        var at = text.IndexOf(canary, StringComparison.OrdinalIgnoreCase);
        return text[Math.Max(0, at - 300)..Math.Min(text.Length, at + 100)];
    }
}

using System.Text.Json.Nodes;
using GitOpsToolkit.Sandbox;
using GitOpsToolkit.Sandbox.Git;
using GitOpsToolkit.Sandbox.Registry;
using GitOpsToolkit.TestKit;
using Xunit;

namespace GitOpsToolkit.Integration.Tests;

/// <summary>The whole loop with a repository and a registry that let nobody in without a password.</summary>
[Collection(Machine.Collection)]
public sealed class CredentialJourneyTests
{
    private const string User = "dana";

    [Fact]
    public async Task A_private_repository_and_a_private_registry_are_followed_and_a_changed_password_is_told_and_taken()
    {
        using var state = new TempDirectory();
        var cancel = TestContext.Current.CancellationToken;
        await using var sandbox = await SandboxEnvironment.StartAsync(TestCluster.Options(state), cancel);
        await using var registry = await OciRegistry.StartAsync(
            new OciRegistryOptions { Authentication = RegistryAuthentication.Token, Users = new Dictionary<string, string> { [User] = "images" } }, cancel);
        using var http = new HttpClient();
        var pusher = new ImagePusher(http, registry.Url, User, "images");
        await pusher.PushAsync("app", "1.0.0", cancellation: cancel);
        using var copy = await CreateRepositoryAsync(sandbox, registry.Host, cancel);
        await sandbox.MakeNamespaceAsync(cancel);
        await sandbox.MakeAsync(Objects(sandbox.GitServer.CloneUrl("private"), registry.Host), cancel);
        await UntilImageAsync(sandbox, $"{registry.Host}/app:1.0.0", cancel);

        await pusher.PushAsync("app", "1.1.0", cancellation: cancel);
        await UntilImageAsync(sandbox, $"{registry.Host}/app:1.1.0", cancel);

        sandbox.GitServer.SetAccess("private", GitAccess.Basic(User, "changed"));
        await sandbox.UntilAsync("GitRepository", "private", "False GitOperationFailed", cancel);
        await pusher.PushAsync("app", "1.2.0", cancellation: cancel);
        await sandbox.UntilAsync("ImagePolicy", "private", "True", cancel);
        await sandbox.UntilAsync("ImageUpdateAutomation", "private", "False", cancel);
        Assert.Equal($"{registry.Host}/app:1.1.0", await ImageAsync(sandbox, cancel));

        await SetPasswordAsync(sandbox, "changed", cancel);
        await UntilImageAsync(sandbox, $"{registry.Host}/app:1.2.0", cancel);
        await sandbox.UntilAsync("GitRepository", "private", "True", cancel);
        await sandbox.UntilAsync("ImageUpdateAutomation", "private", "True", cancel);
    }

    private static async Task<GitWorkingCopy> CreateRepositoryAsync(SandboxEnvironment sandbox, string registry, CancellationToken cancel)
    {
        await sandbox.GitServer.CreateRepositoryAsync("private", cancel: cancel);
        var copy = await GitWorkingCopy.InitAsync(sandbox.GitServer.CloneUrl("private"));
        var manifest = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: app\n  namespace: apps\ndata:\n"
            + $"  image: {registry}/app:1.0.0 # {{\"$imagepolicy\": \"apps:private\"}}\n";
        await copy.PushCommitAsync("Add the app", ("deploy/app.yaml", manifest));
        sandbox.GitServer.SetAccess("private", GitAccess.Basic(User, "commits"));
        return copy;
    }

    private static async Task<string?> ImageAsync(SandboxEnvironment sandbox, CancellationToken cancel) =>
        (string?)(await sandbox.Client.GetAsync(Playing.Kinds["ConfigMap"] with { Name = "app" }, cancel))?["data"]?["image"];

    private static Task UntilImageAsync(SandboxEnvironment sandbox, string image, CancellationToken cancel) =>
        Eventually.TrueAsync(async () => await ImageAsync(sandbox, cancel) == image, $"the cluster holds {image}", TestCluster.Patience);

    private static Task SetPasswordAsync(SandboxEnvironment sandbox, string password, CancellationToken cancel)
    {
        var data = new JsonObject { ["stringData"] = new JsonObject { ["password"] = password } };
        return sandbox.Client.MergePatchAsync(Playing.Kinds["Secret"] with { Name = "git" }, data, null, cancel);
    }

    private static string Objects(Uri url, string registry)
    {
        var login = new JsonObject { ["auths"] = new JsonObject { [registry] = new JsonObject { ["username"] = User, ["password"] = "images" } } };
        var docker = new JsonObject
        {
            ["kind"] = "Secret",
            ["metadata"] = new JsonObject { ["name"] = "registry" },
            ["type"] = "kubernetes.io/dockerconfigjson",
            ["stringData"] = new JsonObject { [".dockerconfigjson"] = login.ToJsonString() },
        };
        return $$"""
            kind: Secret
            metadata: {name: git}
            stringData: {username: {{User}}, password: commits}
            ---
            {{docker.ToJsonString()}}
            ---
            kind: GitRepository
            metadata: {name: private}
            spec: {url: '{{url}}', interval: 1s, ref: {branch: main}, secretRef: {name: git} }
            ---
            kind: Kustomization
            metadata: {name: private}
            spec: {sourceRef: {kind: GitRepository, name: private}, path: ./deploy, interval: 1m, prune: true}
            ---
            kind: ImageRepository
            metadata: {name: private}
            spec: {image: '{{registry}}/app', interval: 1s, timeout: 30s, insecure: true, secretRef: {name: registry} }
            ---
            kind: ImagePolicy
            metadata: {name: private}
            spec: {imageRepositoryRef: {name: private}, policy: {semver: {range: '*'} } }
            ---
            kind: ImageUpdateAutomation
            metadata: {name: private}
            spec:
              sourceRef: {kind: GitRepository, name: private}
              interval: 2s
              git: {checkout: {ref: {branch: main} }, commit: {author: {email: a@example.com} } }
              update: {path: ./deploy, strategy: Setters}
            """;
    }
}

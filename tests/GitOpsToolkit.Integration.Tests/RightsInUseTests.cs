using System.Collections.Concurrent;
using System.Net;
using System.Text.Json.Nodes;
using GitOpsToolkit.Kubernetes;
using GitOpsToolkit.Manager.Flags;
using GitOpsToolkit.Sandbox;
using GitOpsToolkit.Sandbox.Clusters;
using GitOpsToolkit.Sandbox.Story;
using GitOpsToolkit.TestKit;
using Xunit;

namespace GitOpsToolkit.Integration.Tests;

/// <summary>The roles in config/rbac allow all that the controllers ask of the API server, and nothing that they never ask.</summary>
[Collection(Machine.Collection)]
public sealed class RightsInUseTests
{
    private static readonly IReadOnlyList<string> Controllers = ControllerNames.All;

    [Fact]
    public async Task Controllers_use_all_the_rights_of_their_roles_and_no_others()
    {
        using var state = new TempDirectory();
        var cancel = TestContext.Current.CancellationToken;
        var requests = new ConcurrentQueue<ControllerRequest>();
        await using var sandbox = await SandboxEnvironment.StartAsync(TestCluster.Options(state) with { OnControllerRequest = requests.Enqueue }, cancel);
        var scene = await sandbox.BeginAsync(cancel);
        await sandbox.MakeNamespaceAsync(cancel);
        await sandbox.MakeAsync(Everything(scene), cancel);
        // Across namespaces, the labels of the policy's own decide.
        var elsewhere = new JsonObject { ["spec"] = new JsonObject { ["imageRepositoryRef"] = new JsonObject { ["name"] = "all", ["namespace"] = Playing.Space } } };
        await sandbox.Client.MergePatchAsync(Scene.ImagePolicy, elsewhere, null, cancel);

        HashSet<Right> Used(string controller) =>
            requests.Where(request => request.Controller == controller).Select(Right.Of).OfType<Right>().Where(right => IsOfRole(controller, right)).ToHashSet();
        string Unused() => string.Join('\n', Controllers.SelectMany(
            controller => Right.GrantedTo(controller).Except(Used(controller)).Where(right => !IsExcused(right)).Select(right => $"{controller}: {right}")));
        try
        {
            await Eventually.TrueAsync(() => Unused().Length == 0, "every right of the roles is used", TestCluster.Patience);
        }
        catch (TimeoutException late)
        {
            throw new TimeoutException($"{late.Message}; not used:\n{Unused()}", late);
        }

        Assert.Empty(requests.Where(request => request.Status is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden));
        foreach (var controller in Controllers)
        {
            Assert.Empty(Used(controller).Except(Right.GrantedTo(controller)));
            Assert.Empty(Used(controller).Where(IsExcused));
        }
    }

    [Fact]
    public async Task What_no_role_grants_is_refused()
    {
        using var state = new TempDirectory();
        var cancel = TestContext.Current.CancellationToken;
        await using var sandbox = await SandboxEnvironment.StartAsync(TestCluster.Options(state) with { Controllers = [] }, cancel);
        foreach (var controller in Controllers.Where(name => name != ControllerNames.Kustomize))
        {
            await sandbox.Identities.UntilAllowedAsync(controller, cancel);
            var client = sandbox.Identities.For(controller);
            var refused = await Assert.ThrowsAsync<ApiException>(() => client.ListAsync(ResourcePath.Core("secrets"), null, cancel));
            Assert.True(refused.IsForbidden, refused.Message);
            var leases = new ResourcePath("coordination.k8s.io", "v1", "leases", "default");
            var lease = new JsonObject { ["apiVersion"] = "coordination.k8s.io/v1", ["kind"] = "Lease", ["metadata"] = new JsonObject { ["name"] = "x" } };
            refused = await Assert.ThrowsAsync<ApiException>(() => client.CreateAsync(leases, lease, null, cancel));
            Assert.True(refused.IsForbidden, refused.Message);
            Assert.NotNull(await client.CreateAsync(leases with { Namespace = Installation.Namespace }, lease.DeepClone().AsObject(), new WriteOptions { DryRun = true }, cancel));
        }
    }

    /// <summary>The kustomize-controller applies anything, as cluster-admin; its own role is for the toolkit's kinds and events.</summary>
    private static bool IsOfRole(string controller, Right right) =>
        controller != ControllerNames.Kustomize || right.Group.EndsWith(".toolkit.fluxcd.io", StringComparison.Ordinal) || right is { Resource: "events" };

    /// <summary>What no request of the sandbox's controllers needs, and why it is granted all the same.</summary>
    private static bool IsExcused(Right right) => right switch
    {
        // One process holds each role here; with replicas they elect a leader.
        { Group: "coordination.k8s.io", Resource: "leases" } => true,
        // The kind is served and not reconciled yet.
        { Resource: "ocirepositories", Verb: "patch" } or { Resource: "ocirepositories/status" } => true,
        // An event that repeats the last one is counted on the server after some minutes.
        { Resource: "events", Verb: "patch" } => true,
        // The feature gate ExternalArtifact is off by default.
        { Resource: "externalartifacts" } => true,
        // A dependency that another shard has is read by itself.
        { Resource: "kustomizations", Verb: "get" } => true,
        _ => false,
    };

    /// <summary>Objects with every kind of reference, and some that fail.</summary>
    private static string Everything(Scene scene) => $$"""
        kind: Secret
        metadata: {name: login}
        stringData: {username: dana, password: x}
        ---
        kind: Secret
        metadata: {name: registry}
        type: kubernetes.io/dockerconfigjson
        stringData: {.dockerconfigjson: '{"auths": {} }'}
        ---
        kind: ServiceAccount
        metadata: {name: puller}
        imagePullSecrets: [{name: registry}]
        ---
        kind: GitRepository
        metadata: {name: all}
        spec: {url: '{{scene.Files.CloneUrl}}', interval: 1s, ref: {branch: main}, secretRef: {name: login} }
        ---
        kind: GitRepository
        metadata: {name: fails}
        spec: {url: '{{scene.Files.CloneUrl}}', interval: 1s, ref: {branch: absent} }
        ---
        kind: ImageRepository
        metadata: {name: all}
        spec:
          image: {{scene.Files.Image}}
          interval: 1s
          timeout: 30s
          insecure: true
          secretRef: {name: registry}
          serviceAccountName: puller
          accessFrom: {namespaceSelectors: [{matchLabels: {app: other} }]}
        ---
        kind: ImageRepository
        metadata: {name: fails}
        spec: {image: '{{scene.Files.Image}}-absent', interval: 1s, timeout: 30s, insecure: true}
        ---
        kind: ImagePolicy
        metadata: {name: all}
        spec: {imageRepositoryRef: {name: all}, policy: {semver: {range: '*'} } }
        ---
        kind: ImagePolicy
        metadata: {name: signed, annotations: {gitopstoolkit.dev/verify: 'secretRef: {name: keys}'} }
        spec: {imageRepositoryRef: {name: all}, policy: {semver: {range: '*'} } }
        ---
        kind: ImageUpdateAutomation
        metadata: {name: all}
        spec:
          sourceRef: {kind: GitRepository, name: all}
          interval: 1s
          git: {checkout: {ref: {branch: main} }, commit: {author: {email: a@example.com} } }
          update: {path: ./apps, strategy: Setters}
        ---
        kind: ImageUpdateAutomation
        metadata: {name: fails}
        spec:
          sourceRef: {kind: GitRepository, name: fails}
          interval: 1s
          git: {checkout: {ref: {branch: absent} }, commit: {author: {email: a@example.com} } }
          update: {path: ./apps, strategy: Setters}
        """;
}

using System.Net;
using System.Text.Json.Nodes;
using GitOpsToolkit.Kubernetes;
using GitOpsToolkit.TestKit;
using Xunit;

namespace GitOpsToolkit.Sandbox.ControlPlanes.Tests;

/// <summary>What a started control plane does for its user: everything here is Kubernetes' own answer.</summary>
public sealed class ControlPlaneTests(RealControlPlane real)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public void Tells_its_version() => Assert.InRange(real.Plane.ServerVersion, new Version(1, 20), new Version(2, 0));

    [Fact]
    public async Task Knows_its_users_and_gives_them_only_their_rights()
    {
        var dana = real.Plane.ConnectAs(RealControlPlane.DanaToken);

        var refused = await Assert.ThrowsAsync<ApiException>(() => dana.GetAsync(ResourcePath.Core("secrets", "default", "x"), Cancel));

        Assert.Equal(HttpStatusCode.Forbidden, refused.Code);
        Assert.Contains("\"dana\"", refused.Message, StringComparison.Ordinal);
        await Grant("developers-view", new JsonObject { ["kind"] = "Group", ["name"] = "developers" });
        await Eventually.TrueAsync(async () => await MayReadAsync(dana), "the group's right is there");
    }

    [Fact]
    public async Task An_unknown_token_is_nobody()
    {
        var refused = await Assert.ThrowsAsync<ApiException>(() => real.Plane.ConnectAs("unknown").GetAsync(ResourcePath.Core("namespaces", null, "default"), Cancel));

        Assert.Equal(HttpStatusCode.Unauthorized, refused.Code);
    }

    [Fact]
    public async Task Has_the_servers_own_roles()
    {
        var roles = await real.Plane.Connect().ListAsync(new("rbac.authorization.k8s.io", "v1", "clusterroles"), null, Cancel);

        var names = roles.Items.Select(role => role.GetProperty("metadata").GetProperty("name").GetString()).ToList();
        Assert.All((string[])["cluster-admin", "admin", "edit", "view", "system:kube-controller-manager"], name => Assert.Contains(name, names));
    }

    [Fact]
    public async Task Admission_puts_the_service_account_into_a_pod()
    {
        var client = real.Plane.Connect();
        var space = await NamespaceAsync(client, "admission");

        // Until the controller manager has made the account's token, the server refuses pods and says so.
        var pod = await Eventually.GetAsync(() => TryCreateAsync(client, ResourcePath.Core("pods", space), Pod("lonely")), "the pod is admitted");

        Assert.Equal("default", (string?)pod["spec"]!["serviceAccountName"]);
        Assert.Contains(pod["spec"]!["containers"]![0]!["volumeMounts"]!.AsArray(), mount => (string?)mount!["mountPath"] == "/var/run/secrets/kubernetes.io/serviceaccount");
    }

    [Fact]
    public async Task The_controller_manager_makes_pods_collects_garbage_and_empties_namespaces()
    {
        Assert.SkipUnless(real.Plane.HasControllerManager, "there is no kube-controller-manager beside the API server");
        var client = real.Plane.Connect();
        var space = await NamespaceAsync(client, "workloads");
        var deployments = new ResourcePath("apps", "v1", "deployments", space);

        await client.CreateAsync(deployments, Deployment("web", replicas: 2), null, Cancel);
        await Eventually.TrueAsync(async () => await CountAsync(client, ResourcePath.Core("pods", space)) == 2, "two pods");
        await client.DeleteAsync(deployments with { Name = "web" }, null, Cancel);
        await Eventually.TrueAsync(async () => await CountAsync(client, ResourcePath.Core("pods", space)) == 0, "no pods");
        await client.DeleteAsync(ResourcePath.Core("namespaces", null, space), null, Cancel);
        await Eventually.TrueAsync(async () => await client.GetAsync(ResourcePath.Core("namespaces", null, space), Cancel) is null, "the namespace is gone");
    }

    [Fact]
    public async Task A_kubeconfig_leads_to_the_same_cluster()
    {
        using var folder = new TempDirectory();
        await real.Plane.WriteKubeconfigAsync(folder["kubeconfig"]);

        string authority;
        await using (var same = await ControlPlane.FromKubeconfigAsync(folder["kubeconfig"], Cancel))
        {
            authority = same.CertificateAuthorityPath;
            Assert.Equal((real.Plane.Address, real.Plane.AdminToken, real.Plane.ServerVersion), (same.Address, same.AdminToken, same.ServerVersion));
            Assert.NotNull(await same.Connect().GetAsync(ResourcePath.Core("namespaces", null, "default"), Cancel));
            Assert.Empty(same.ProcessIds);
        }

        Assert.False(File.Exists(authority));
        Assert.NotNull(await real.Plane.Connect().GetAsync(ResourcePath.Core("namespaces", null, "default"), Cancel));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(folder["kubeconfig"]));
    }

    [Fact]
    public async Task A_request_by_hand_trusts_this_server_and_no_other()
    {
        using var trusting = new HttpClient(real.Plane.CreateHandler());
        using var stranger = new HttpClient();
        var ready = new Uri(real.Plane.Address, "readyz");

        Assert.Equal("ok", await trusting.GetStringAsync(ready, Cancel));
        await Assert.ThrowsAsync<HttpRequestException>(() => stranger.GetStringAsync(ready, Cancel));
    }

    private static async Task<JsonObject?> TryCreateAsync(KubeClient client, ResourcePath path, JsonObject body)
    {
        try
        {
            return await client.CreateAsync(path, body, null, Cancel);
        }
        catch (ApiException refused) when (refused.Message.Contains("No API token found", StringComparison.Ordinal))
        {
            return null;
        }
    }

    private static async Task<bool> MayReadAsync(KubeClient client)
    {
        try
        {
            return await client.GetAsync(ResourcePath.Core("configmaps", "default", "kube-root-ca.crt"), Cancel) is not null;
        }
        catch (ApiException error) when (error.IsForbidden)
        {
            return false;
        }
    }

    private Task Grant(string name, JsonObject subject) => real.Plane.Connect().CreateAsync(
        new("rbac.authorization.k8s.io", "v1", "rolebindings", "default"),
        new JsonObject
        {
            ["metadata"] = new JsonObject { ["name"] = name },
            ["roleRef"] = new JsonObject { ["apiGroup"] = "rbac.authorization.k8s.io", ["kind"] = "ClusterRole", ["name"] = "view" },
            ["subjects"] = new JsonArray(subject),
        },
        null,
        Cancel);

    private static async Task<string> NamespaceAsync(KubeClient client, string name)
    {
        await client.CreateAsync(ResourcePath.Core("namespaces"), new JsonObject { ["metadata"] = new JsonObject { ["name"] = name } }, null, Cancel);
        await Eventually.TrueAsync(async () => await client.GetAsync(ResourcePath.Core("serviceaccounts", name, "default"), Cancel) is not null, "its service account");
        return name;
    }

    private static async Task<int> CountAsync(KubeClient client, ResourcePath collection) => (await client.ListAsync(collection, null, Cancel)).Items.Count;

    private static JsonObject Pod(string name) => new() { ["metadata"] = new JsonObject { ["name"] = name }, ["spec"] = PodSpec() };

    private static JsonObject Deployment(string name, int replicas) => new()
    {
        ["metadata"] = new JsonObject { ["name"] = name },
        ["spec"] = new JsonObject
        {
            ["replicas"] = replicas,
            ["selector"] = new JsonObject { ["matchLabels"] = new JsonObject { ["app"] = name } },
            ["template"] = new JsonObject { ["metadata"] = new JsonObject { ["labels"] = new JsonObject { ["app"] = name } }, ["spec"] = PodSpec() },
        },
    };

    private static JsonObject PodSpec() => new() { ["containers"] = new JsonArray(new JsonObject { ["name"] = "web", ["image"] = "registry.example.com/web:v1" }) };
}

using System.Text.Json.Nodes;
using GitOpsToolkit.Sandbox.ApiServer.Http;
using GitOpsToolkit.Sandbox.ApiServer.Objects;
using GitOpsToolkit.Sandbox.ApiServer.Rights;
using GitOpsToolkit.Sandbox.ApiServer.Storage;

namespace GitOpsToolkit.Sandbox.ApiServer.Lifecycle;

/// <summary>What every cluster has from its first moment on.</summary>
internal sealed class Bootstrap(Cluster cluster, ObjectWriter writer)
{
    private static readonly string[] Namespaces = ["default", "kube-system", "kube-public", "kube-node-lease"];

    public void EnsureNamespaces()
    {
        foreach (var name in Namespaces)
        {
            Ensure("", "namespaces", "", new JsonObject
            {
                ["apiVersion"] = "v1",
                ["kind"] = "Namespace",
                ["metadata"] = new JsonObject { ["name"] = name },
            });
        }
    }

    /// <summary>The roles that every cluster has. One that is there already is left as it is.</summary>
    public void EnsureRoles()
    {
        foreach (var tree in BootstrapRoles.Objects())
        {
            Ensure("rbac.authorization.k8s.io", tree["kind"]!.GetValue<string>().ToLowerInvariant() + "s", "", tree);
        }
    }

    /// <summary>The Service by which pods would reach the API server.</summary>
    public void EnsureApiService(int port) => Ensure("", "services", "default", new JsonObject
    {
        ["apiVersion"] = "v1",
        ["kind"] = "Service",
        ["metadata"] = new JsonObject
        {
            ["name"] = "kubernetes",
            ["namespace"] = "default",
            ["labels"] = new JsonObject { ["component"] = "apiserver", ["provider"] = "kubernetes" },
        },
        ["spec"] = new JsonObject
        {
            ["clusterIP"] = "10.96.0.1",
            ["type"] = "ClusterIP",
            ["ports"] = new JsonArray(new JsonObject { ["name"] = "https", ["port"] = 443L, ["protocol"] = "TCP", ["targetPort"] = (long)port }),
        },
    });

    private void Ensure(string group, string plural, string space, JsonObject tree)
    {
        var resource = cluster.Registry.Find(group, "v1", plural)!;
        var name = tree["metadata"]!["name"]!.GetValue<string>();
        if (cluster.Store.Get(new ObjectId(resource.StorageKey, space, name)) is not null)
        {
            return;
        }

        try
        {
            writer.Create(resource, space, tree, WriteContext.Internal() with { Manager = "kube-apiserver" });
        }
        catch (ApiError e) when (e.Reason == "AlreadyExists")
        {
            // A client was faster.
        }
    }
}

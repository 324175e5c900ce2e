using System.Text.Json.Nodes;
using GitOpsToolkit.Sandbox.ApiServer.Http;
using GitOpsToolkit.Sandbox.ApiServer.Objects;
using GitOpsToolkit.Sandbox.ApiServer.Storage;

namespace GitOpsToolkit.Sandbox.ApiServer.Lifecycle;

/// <summary>Gives every namespace its ServiceAccount <c>default</c> and its ConfigMap <c>kube-root-ca.crt</c>, again when they are deleted.</summary>
internal sealed class NamespaceContent(Cluster cluster, ObjectWriter writer, string authorityPem) : ILifecycle
{
    private const string Description =
        "Contains a CA bundle that can be used to verify the kube-apiserver when using internal endpoints such as the internal service IP or "
        + "kubernetes.default.svc. No other usage is guaranteed across distributions of Kubernetes clusters.";

    private readonly HashSet<string> dirty = new(StringComparer.Ordinal);

    public void Observe(Change change)
    {
        var id = change.Object.Id;
        if (id.Resource == "/namespaces" && change.Kind != ChangeKind.Deleted && !change.Object.IsTerminating)
        {
            dirty.Add(id.Name);
        }
        else if (change.Kind == ChangeKind.Deleted
            && id is { Resource: "/serviceaccounts", Name: "default" } or { Resource: "/configmaps", Name: "kube-root-ca.crt" })
        {
            dirty.Add(id.Namespace);
        }
    }

    public void Work()
    {
        foreach (var space in dirty.ToList())
        {
            dirty.Remove(space);
            if (cluster.Store.Get(new("/namespaces", "", space)) is not { IsTerminating: false })
            {
                continue;
            }

            Ensure("serviceaccounts", space, "default", new JsonObject { ["apiVersion"] = "v1", ["kind"] = "ServiceAccount" });
            Ensure("configmaps", space, "kube-root-ca.crt", new JsonObject
            {
                ["apiVersion"] = "v1",
                ["kind"] = "ConfigMap",
                ["metadata"] = new JsonObject
                {
                    ["annotations"] = new JsonObject
                    {
                        ["kubernetes.io/description"] = Description,
                    },
                },
                ["data"] = new JsonObject { ["ca.crt"] = authorityPem },
            });
        }
    }

    private void Ensure(string plural, string space, string name, JsonObject tree)
    {
        var resource = cluster.Registry.Find("", "v1", plural)!;
        if (cluster.Store.Get(new(resource.StorageKey, space, name)) is not null)
        {
            return;
        }

        tree["metadata"] ??= new JsonObject();
        tree["metadata"]!["name"] = name;
        try
        {
            writer.Create(resource, space, tree, WriteContext.Internal());
        }
        catch (ApiError e) when (e.Code is 403 or 404 or 409)
        {
            // It is there by now, or the namespace is not any more.
        }
    }
}

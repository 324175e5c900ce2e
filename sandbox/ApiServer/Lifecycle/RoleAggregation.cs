using System.Text.Json.Nodes;
using GitOpsToolkit.Sandbox.ApiServer.Objects;
using GitOpsToolkit.Sandbox.ApiServer.Resources;
using GitOpsToolkit.Sandbox.ApiServer.Storage;
using GitOpsToolkit.Sandbox.Machinery.Selectors;

namespace GitOpsToolkit.Sandbox.ApiServer.Lifecycle;

/// <summary>Fills ClusterRoles that have an aggregation rule with the rules of the roles which it selects.</summary>
internal sealed class RoleAggregation(Cluster cluster, ObjectWriter writer) : ILifecycle
{
    private const string StorageKey = "rbac.authorization.k8s.io/clusterroles";

    private bool dirty;

    public void Observe(Change change) => dirty |= change.Object.Id.Resource == StorageKey;

    public void Work()
    {
        if (!dirty)
        {
            return;
        }

        dirty = false;
        var roles = cluster.Store.Snapshot(StorageKey).All.Values.Select(r => (Stored: r, Tree: r.Parse())).ToList();
        foreach (var (stored, tree) in roles.Where(r => r.Tree.Map("aggregationRule") is not null))
        {
            var rules = Gathered(tree, [.. roles.Where(r => r.Stored.Id != stored.Id)]);
            if (!JsonNode.DeepEquals(rules, tree.List("rules") ?? []))
            {
                Apply(stored.Id, rules);
            }
        }
    }

    private void Apply(ObjectId id, JsonArray rules)
    {
        var wanted = new JsonObject
        {
            ["apiVersion"] = "rbac.authorization.k8s.io/v1",
            ["kind"] = "ClusterRole",
            ["metadata"] = new JsonObject { ["name"] = id.Name },
            ["rules"] = rules,
        };
        var resource = cluster.Registry.Find("rbac.authorization.k8s.io", "v1", "clusterroles")!;
        writer.Apply(resource, id, Part.Main, new(wanted, []), force: true, WriteContext.Internal() with { Manager = "clusterrole-aggregation-controller" });
    }

    private static JsonArray Gathered(JsonObject role, IReadOnlyList<(StoredObject Stored, JsonObject Tree)> others)
    {
        var rules = new JsonArray();
        foreach (var selector in role.Map("aggregationRule").List("clusterRoleSelectors") ?? [])
        {
            if (LabelSelector.FromObject(selector as JsonObject) is not { } wanted)
            {
                continue;
            }

            var selected = others.Where(o => wanted.Matches(o.Stored.Labels)).OrderBy(o => o.Stored.Id.Name, StringComparer.Ordinal);
            foreach (var rule in selected.SelectMany(o => o.Tree.List("rules") ?? []).Where(r => !rules.Any(known => JsonNode.DeepEquals(known, r))))
            {
                rules.Add(rule?.DeepClone());
            }
        }

        return rules;
    }
}

using System.Text.Json.Nodes;

namespace GitOpsToolkit.Sandbox.ApiServer.Rights;

/// <summary>
/// The roles and bindings that a cluster has from its first moment on, as the newest server makes them. The roles of components that do not run here
/// (scheduler, kubelet, controllers, DNS) are left out.
/// </summary>
internal static class BootstrapRoles
{
    private const string Read = "get list watch";
    private const string Write = "create delete deletecollection patch update";
    private const string All = "create delete deletecollection get list patch update watch";
    private const string Aggregate = "rbac.authorization.k8s.io/aggregate-to-";

    private const string Health = "/healthz /livez /readyz";

    /// <summary>Resources of the workloads in two groups, the second one being gone since long but still named by the roles.</summary>
    private const string Workloads = "daemonsets deployments deployments/rollback deployments/scale replicasets replicasets/scale statefulsets statefulsets/scale";

    private const string OldWorkloads =
        "daemonsets deployments deployments/rollback deployments/scale ingresses networkpolicies replicasets replicasets/scale replicationcontrollers/scale";

    /// <summary>All of them, as objects.</summary>
    public static IEnumerable<JsonObject> Objects() =>
    [
        Role("cluster-admin", [Rule("*", "*", "*"), Paths("*", "*")]),
        Aggregated("admin", null),
        Aggregated("edit", "admin"),
        Aggregated("view", "edit"),
        Role("system:aggregate-to-admin", AdminRules(), "admin"),
        Role("system:aggregate-to-edit", EditRules(), "edit"),
        Role("system:aggregate-to-view", ViewRules(), "view"),
        Role("system:auth-delegator",
            [Rule("create", "authentication.k8s.io", "tokenreviews"), Rule("create", "authorization.k8s.io", "subjectaccessreviews")]),
        Role("system:basic-user",
        [
            Rule("create", "authorization.k8s.io", "selfsubjectaccessreviews selfsubjectrulesreviews"),
            Rule("create", "authentication.k8s.io", "selfsubjectreviews"),
        ]),
        Role("system:discovery", [Paths("get", "/api /api/* /apis /apis/* /healthz /livez /openapi /openapi/* /readyz /version /version/")]),
        Role("system:monitoring", [Paths("get", "/healthz /healthz/* /livez /livez/* /metrics /metrics/slis /readyz /readyz/*")]),
        Role("system:public-info-viewer", [Paths("get", $"{Health} /version /version/")]),
        Role("system:service-account-issuer-discovery", [Paths("get", "/.well-known/openid-configuration /openid/v1/jwks")]),
        Binding("cluster-admin", Authorizer.Masters),
        Binding("system:basic-user", "system:authenticated"),
        Binding("system:discovery", "system:authenticated"),
        Binding("system:monitoring", "system:monitoring"),
        Binding("system:public-info-viewer", "system:authenticated system:unauthenticated"),
        Binding("system:service-account-issuer-discovery", "system:serviceaccounts"),
    ];

    private static JsonObject[] AdminRules() =>
    [
        Rule("create", "authorization.k8s.io", "localsubjectaccessreviews"),
        Rule(All, "rbac.authorization.k8s.io", "rolebindings roles"),
    ];

    private static JsonObject[] EditRules() =>
    [
        Rule(Read, "", "pods/attach pods/exec pods/portforward pods/proxy secrets services/proxy"),
        Rule("impersonate", "", "serviceaccounts"),
        Rule(Write, "", "pods pods/attach pods/exec pods/portforward pods/proxy"),
        Rule("create", "", "pods/eviction"),
        Rule(Write, "",
            "configmaps events persistentvolumeclaims replicationcontrollers replicationcontrollers/scale secrets serviceaccounts services services/proxy"),
        Rule("create", "", "serviceaccounts/token"),
        Rule(Write, "apps", Workloads),
        Rule(Write, "autoscaling", "horizontalpodautoscalers"),
        Rule(Write, "batch", "cronjobs jobs"),
        Rule(Write, "extensions", OldWorkloads),
        Rule(Write, "policy", "poddisruptionbudgets"),
        Rule(Write, "networking.k8s.io", "ingresses networkpolicies"),
        Rule(All, "coordination.k8s.io", "leases"),
    ];

    private static JsonObject[] ViewRules() =>
    [
        Rule(Read, "",
            "configmaps endpoints persistentvolumeclaims persistentvolumeclaims/status pods replicationcontrollers replicationcontrollers/scale "
            + "serviceaccounts services services/status"),
        Rule(Read, "",
            "bindings events limitranges namespaces/status pods/log pods/status replicationcontrollers/status resourcequotas resourcequotas/status"),
        Rule(Read, "", "namespaces"),
        Rule(Read, "discovery.k8s.io", "endpointslices"),
        Rule(Read, "apps",
            "controllerrevisions daemonsets daemonsets/status deployments deployments/scale deployments/status replicasets replicasets/scale "
            + "replicasets/status statefulsets statefulsets/scale statefulsets/status"),
        Rule(Read, "autoscaling", "horizontalpodautoscalers horizontalpodautoscalers/status"),
        Rule(Read, "batch", "cronjobs cronjobs/status jobs jobs/status"),
        Rule(Read, "extensions",
            "daemonsets daemonsets/status deployments deployments/scale deployments/status ingresses ingresses/status networkpolicies replicasets "
            + "replicasets/scale replicasets/status replicationcontrollers/scale"),
        Rule(Read, "policy", "poddisruptionbudgets poddisruptionbudgets/status"),
        Rule(Read, "networking.k8s.io", "ingresses ingresses/status networkpolicies"),
    ];

    private static JsonObject Role(string name, JsonObject[] rules, string? partOf = null)
    {
        var role = Bare("ClusterRole", name, partOf);
        role["rules"] = new JsonArray([.. rules]);
        return role;
    }

    private static JsonObject Aggregated(string name, string? partOf)
    {
        var role = Bare("ClusterRole", name, partOf);
        role["aggregationRule"] = new JsonObject
        {
            ["clusterRoleSelectors"] = new JsonArray(new JsonObject { ["matchLabels"] = new JsonObject { [Aggregate + name] = "true" } }),
        };
        return role;
    }

    private static JsonObject Binding(string role, string groups)
    {
        var binding = Bare("ClusterRoleBinding", role, null);
        binding["roleRef"] = new JsonObject { ["apiGroup"] = "rbac.authorization.k8s.io", ["kind"] = "ClusterRole", ["name"] = role };
        binding["subjects"] = new JsonArray([.. groups.Split(' ').Select(g => new JsonObject
        {
            ["apiGroup"] = "rbac.authorization.k8s.io", ["kind"] = "Group", ["name"] = g,
        })]);
        return binding;
    }

    private static JsonObject Bare(string kind, string name, string? partOf)
    {
        var labels = new JsonObject { ["kubernetes.io/bootstrapping"] = "rbac-defaults" };
        if (partOf is not null)
        {
            labels[Aggregate + partOf] = "true";
        }

        return new()
        {
            ["apiVersion"] = "rbac.authorization.k8s.io/v1",
            ["kind"] = kind,
            ["metadata"] = new JsonObject
            {
                ["name"] = name,
                ["annotations"] = new JsonObject { ["rbac.authorization.kubernetes.io/autoupdate"] = "true" },
                ["labels"] = labels,
            },
        };
    }

    private static JsonObject Rule(string verbs, string group, string resources) =>
        new() { ["apiGroups"] = new JsonArray(group), ["resources"] = List(resources), ["verbs"] = List(verbs) };

    private static JsonObject Paths(string verbs, string urls) => new() { ["nonResourceURLs"] = List(urls), ["verbs"] = List(verbs) };

    private static JsonArray List(string words) => new([.. words.Split(' ').Select(w => JsonValue.Create(w))]);
}

using System.Text.Json.Nodes;

namespace GitOpsToolkit.Sandbox.ApiServer.Tests;

/// <summary>Roles, bindings, and what they let others do.</summary>
public sealed class RbacTests : IAsyncLifetime
{
    private const string Group = "/apis/rbac.authorization.k8s.io/v1";

    private TestServer server = null!;

    public async ValueTask InitializeAsync() => server = await TestServer.StartAsync();

    public ValueTask DisposeAsync() => server.DisposeAsync();

    [Theory]
    [InlineData("GET", "/api/v1/namespaces/default/pods",
        "pods is forbidden: User \"alice\" cannot list resource \"pods\" in API group \"\" in the namespace \"default\"")]
    [InlineData("GET", "/api/v1/pods?watch=true", "pods is forbidden: User \"alice\" cannot watch resource \"pods\" in API group \"\" at the cluster scope")]
    [InlineData("GET", "/api/v1/pods?fieldSelector=metadata.name%3Dweb",
        "pods \"web\" is forbidden: User \"alice\" cannot list resource \"pods\" in API group \"\" at the cluster scope")]
    [InlineData("GET", "/api/v1/namespaces/default",
        "namespaces \"default\" is forbidden: User \"alice\" cannot get resource \"namespaces\" in API group \"\" in the namespace \"default\"")]
    [InlineData("DELETE", "/apis/apps/v1/namespaces/default/deployments",
        "deployments.apps is forbidden: User \"alice\" cannot deletecollection resource \"deployments\" in API group \"apps\" in the namespace \"default\"")]
    [InlineData("GET", "/apis/nothing.io/v1/namespaces/default/things/a/status",
        "things.nothing.io \"a\" is forbidden: User \"alice\" cannot get resource \"things/status\" in API group \"nothing.io\" in the namespace \"default\"")]
    [InlineData("GET", "/nothing", "forbidden: User \"alice\" cannot get path \"/nothing\"")]
    [InlineData("GET", "/a<b>", "forbidden: User \"alice\" cannot get path \"/a&lt;b&gt;\"")]
    public async Task What_nobody_granted_is_refused(string method, string path, string message)
    {
        var refused = await AsAsync("alice", method, path);
        Assert.Equal((403, "Forbidden", message), (refused.Number, refused.Reason, refused.Message));
    }

    [Fact]
    public async Task Everybody_known_may_discover_and_ask_about_themselves()
    {
        Assert.Equal(200, (await AsAsync("alice", "GET", "/apis")).Number);
        Assert.Equal(200, (await AsAsync("alice", "GET", "/openapi/v3")).Number);
        Assert.False(await MayAsync("alice", "get", "pods"));
        Assert.Equal(403, (await AsAsync("alice", "POST", "/apis/authorization.k8s.io/v1/subjectaccessreviews", "{}")).Number);
    }

    [Fact]
    public async Task A_role_grants_in_its_namespace_only()
    {
        await RoleAsync("default", "reader", """[{"verbs":["get","list"],"apiGroups":[""],"resources":["configmaps"]}]""");
        await BindAsync("default", "reader", "Role", """{"kind":"User","name":"alice"}""");
        Assert.Equal(200, (await AsAsync("alice", "GET", "/api/v1/namespaces/default/configmaps")).Number);
        Assert.Equal(403, (await AsAsync("alice", "GET", "/api/v1/namespaces/kube-system/configmaps")).Number);
        Assert.Equal(403, (await AsAsync("alice", "GET", "/api/v1/configmaps")).Number);
        Assert.Equal(403, (await AsAsync("bob", "GET", "/api/v1/namespaces/default/configmaps")).Number);

        await server.DeleteAsync($"{Group}/namespaces/default/rolebindings/reader");
        Assert.Equal(403, (await AsAsync("alice", "GET", "/api/v1/namespaces/default/configmaps")).Number);
    }

    [Theory]
    [InlineData("""{"verbs":["update"],"apiGroups":["apps"],"resources":["deployments/scale"]}""", "update", "apps", "deployments", "scale", "x", true)]
    [InlineData("""{"verbs":["update"],"apiGroups":["apps"],"resources":["deployments/scale"]}""", "update", "apps", "deployments", "", "x", false)]
    [InlineData("""{"verbs":["update"],"apiGroups":["apps"],"resources":["deployments"]}""", "update", "apps", "deployments", "scale", "x", false)]
    [InlineData("""{"verbs":["*"],"apiGroups":["*"],"resources":["*/scale"]}""", "patch", "apps", "deployments", "scale", "x", true)]
    [InlineData("""{"verbs":["*"],"apiGroups":["*"],"resources":["*/scale"]}""", "patch", "apps", "deployments", "status", "x", false)]
    [InlineData("""{"verbs":["*"],"apiGroups":["*"],"resources":["*"]}""", "patch", "apps", "deployments", "status", "x", true)]
    [InlineData("""{"verbs":["get"],"apiGroups":[""],"resources":["secrets"],"resourceNames":["a"]}""", "get", "", "secrets", "", "a", true)]
    [InlineData("""{"verbs":["get"],"apiGroups":[""],"resources":["secrets"],"resourceNames":["a"]}""", "get", "", "secrets", "", "b", false)]
    [InlineData("""{"verbs":["list"],"apiGroups":[""],"resources":["secrets"],"resourceNames":["a"]}""", "list", "", "secrets", "", "", false)]
    public async Task Rules_match_verbs_groups_resources_and_names(
        string rule, string verb, string group, string resource, string subresource, string name, bool expected)
    {
        await server.MustPostAsync($"{Group}/clusterroles", $$"""{"metadata":{"name":"r"},"rules":[{{rule}}]}""");
        await BindAllAsync("r", """{"kind":"Group","name":"dev"}""");
        var review = await server.MustPostAsync("/apis/authorization.k8s.io/v1/subjectaccessreviews", $$$"""
            {"spec":{"user":"u","groups":["dev"],"resourceAttributes":{"namespace":"n","verb":"{{{verb}}}","group":"{{{group}}}","resource":"{{{resource}}}",
            "subresource":"{{{subresource}}}","name":"{{{name}}}"} } }
            """);
        Assert.Equal(expected, review.At("status.allowed")!.GetValue<bool>());
        Assert.Equal(expected ? "RBAC: allowed by ClusterRoleBinding \"r\" of ClusterRole \"r\" to Group \"dev\"" : "", review.TextAt("status.reason"));
    }

    [Fact]
    public async Task A_service_account_is_bound_by_name_or_by_its_groups()
    {
        const string Account = "system:serviceaccount:default:robot";
        await BindAsync("default", "view", "ClusterRole", """{"kind":"ServiceAccount","name":"robot"}""");
        Assert.Equal(200, (await AsAsync(Account, "GET", "/api/v1/namespaces/default/pods")).Number);
        Assert.Equal(403, (await AsAsync("system:serviceaccount:apps:robot", "GET", "/api/v1/namespaces/default/pods")).Number);

        await BindAllAsync("view", """{"kind":"Group","name":"system:serviceaccounts:apps"}""");
        Assert.Equal(200, (await AsAsync("system:serviceaccount:apps:robot", "GET", "/api/v1/namespaces/kube-system/pods")).Number);
        Assert.Equal(403, (await AsAsync("system:serviceaccount:apps:robot", "GET", "/api/v1/namespaces/default/secrets")).Number);
    }

    [Fact]
    public async Task A_missing_role_is_named_in_the_refusal()
    {
        await BindAllAsync("ghost", """{"kind":"User","name":"alice"}""");
        var refused = await AsAsync("alice", "GET", "/api/v1/nodes");
        Assert.Equal(
            "nodes is forbidden: User \"alice\" cannot list resource \"nodes\" in API group \"\" at the cluster scope: "
            + "RBAC: clusterrole.rbac.authorization.k8s.io \"ghost\" not found", refused.Message);
    }

    [Fact]
    public async Task Aggregated_roles_take_in_new_parts()
    {
        await server.MustPostAsync($"{Group}/clusterroles", """
            {"metadata":{"name":"flux-view","labels":{"rbac.authorization.k8s.io/aggregate-to-view":"true"}},
             "rules":[{"verbs":["get"],"apiGroups":["source.toolkit.fluxcd.io"],"resources":["*"]}]}
            """);
        await BindAsync("default", "admin", "ClusterRole", """{"kind":"User","name":"alice"}""");
        await Eventually.TrueAsync(() => MayAsync("alice", "get", "gitrepositories", "source.toolkit.fluxcd.io"), "the aggregated role holds the rule");
        Assert.True(await MayAsync("alice", "create", "rolebindings", "rbac.authorization.k8s.io"));
        Assert.False(await MayAsync("alice", "create", "resourcequotas"));
    }

    [Fact]
    public async Task Nobody_grants_what_they_do_not_hold()
    {
        await BindAsync("default", "admin", "ClusterRole", """{"kind":"User","name":"alice"}""");
        var role = """{"metadata":{"name":"more"},"rules":[{"verbs":["get","delete"],"apiGroups":[""],"resources":["nodes","pods"]}]}""";
        var refused = await AsAsync("alice", "POST", $"{Group}/namespaces/default/roles", role);
        Assert.Equal(403, refused.Number);
        Assert.Equal(
            "roles.rbac.authorization.k8s.io \"more\" is forbidden: user \"alice\" (groups=[\"system:authenticated\"]) is attempting to grant RBAC "
            + "permissions not currently held:\n{APIGroups:[\"\"], Resources:[\"nodes\"], Verbs:[\"get\" \"delete\"]}", refused.Message);
        var binding = """
            {"metadata":{"name":"b"},"roleRef":{"apiGroup":"rbac.authorization.k8s.io","kind":"ClusterRole","name":"cluster-admin"},
             "subjects":[{"kind":"User","name":"alice","apiGroup":"rbac.authorization.k8s.io"}]}
            """;
        Assert.Equal(403, (await AsAsync("alice", "POST", $"{Group}/namespaces/default/rolebindings", binding)).Number);
        Assert.Equal(201, (await AsAsync("alice", "POST", $"{Group}/namespaces/default/rolebindings",
            binding.Replace("cluster-admin", "view", StringComparison.Ordinal))).Number);

        await RoleAsync("default", "trusted", """[{"verbs":["bind","escalate"],"apiGroups":["rbac.authorization.k8s.io"],"resources":["roles","clusterroles"]}]""");
        await BindAsync("default", "trusted", "Role", """{"kind":"User","name":"alice"}""");
        Assert.Equal(201, (await AsAsync("alice", "POST", $"{Group}/namespaces/default/roles", role)).Number);
        Assert.Equal(201, (await AsAsync("alice", "POST", $"{Group}/namespaces/default/rolebindings",
            binding.Replace("\"b\"", "\"c\"", StringComparison.Ordinal))).Number);
    }

    [Fact]
    public async Task An_apply_that_creates_needs_the_right_to_create()
    {
        await RoleAsync("default", "patcher", """[{"verbs":["patch"],"apiGroups":[""],"resources":["configmaps"]}]""");
        await BindAsync("default", "patcher", "Role", """{"kind":"User","name":"alice"}""");
        const string Path = "/api/v1/namespaces/default/configmaps/new?fieldManager=t";
        const string Body = """{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"new"}}""";
        var refused = await AsAsync("alice", "PATCH", Path, Body, "application/apply-patch+yaml");
        Assert.Equal((403, "configmaps \"new\" is forbidden: "), (refused.Number, refused.Message));
        await server.ApplyAsync(Path, Body);
        Assert.Equal(200, (await AsAsync("alice", "PATCH", Path, Body, "application/apply-patch+yaml")).Number);
    }

    [Fact]
    public async Task Impersonation_needs_a_right_for_each_part()
    {
        await server.MustPostAsync($"{Group}/clusterroles", """
            {"metadata":{"name":"actor"},"rules":[{"verbs":["impersonate"],"apiGroups":[""],"resources":["users","groups"],"resourceNames":["bob","dev"]}]}
            """);
        await BindAllAsync("actor", """{"kind":"ServiceAccount","name":"default","namespace":"default"}""");
        var token = (await server.MustPostAsync("/api/v1/namespaces/default/serviceaccounts/default/token", "{}")).TextAt("status.token");
        async Task<Answer> ActAsync(params (string, string)[] headers) =>
            await server.SendAsync("GET", "/apis", headers: [("Authorization", "Bearer " + token), .. headers]);
        server.Http.DefaultRequestHeaders.Authorization = null;
        Assert.Equal(200, (await ActAsync(("Impersonate-User", "bob"), ("Impersonate-Group", "dev"))).Number);
        Assert.Equal(
            "users \"carol\" is forbidden: User \"system:serviceaccount:default:default\" cannot impersonate resource \"users\" in API group \"\" at the cluster scope",
            (await ActAsync(("Impersonate-User", "carol"))).Message);
        Assert.Contains("resource \"groups\"", (await ActAsync(("Impersonate-User", "bob"), ("Impersonate-Group", "system:masters"))).Message, StringComparison.Ordinal);
        Assert.Contains("resource \"userextras/reason\" in API group \"authentication.k8s.io\"",
            (await ActAsync(("Impersonate-User", "bob"), ("Impersonate-Extra-Reason", "x"))).Message, StringComparison.Ordinal);
        Assert.Contains("in the namespace \"apps\"", (await ActAsync(("Impersonate-User", "system:serviceaccount:apps:web"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task My_rules_are_listed()
    {
        await BindAsync("default", "system:auth-delegator", "ClusterRole", """{"kind":"User","name":"alice"}""");
        var review = await AsAsync("alice", "POST", "/apis/authorization.k8s.io/v1/selfsubjectrulesreviews", """{"spec":{"namespace":"default"}}""");
        var resources = review.At("status.resourceRules")!.AsArray().SelectMany(r => r!["resources"]!.AsArray()).Select(r => r!.GetValue<string>());
        Assert.Equal(["selfsubjectaccessreviews", "selfsubjectreviews", "selfsubjectrulesreviews", "subjectaccessreviews", "tokenreviews"],
            resources.Order(StringComparer.Ordinal));
        Assert.Equal(2, review.At("status.nonResourceRules")!.AsArray().Count);
        Assert.Equal("no namespace on request",
            (await server.PostAsync("/apis/authorization.k8s.io/v1/selfsubjectrulesreviews", "{}")).Message);
    }

    [Fact]
    public async Task Without_authorization_everybody_known_may_do_everything()
    {
        await using var open = await TestServer.StartAsync(new() { Authorization = AuthorizationMode.AlwaysAllow });
        Assert.Equal(200, (await open.SendAsync("GET", "/api/v1/nodes", headers: [("Impersonate-User", "alice")])).Number);
        open.Http.DefaultRequestHeaders.Authorization = null;
        Assert.Equal(401, (await open.GetAsync("/api/v1/nodes")).Number);
    }

    private Task<Answer> AsAsync(string user, string method, string path, string? body = null, string type = "application/json") =>
        server.SendAsync(method, path, body, type, null, ("Impersonate-User", user));

    private async Task<bool> MayAsync(string user, string verb, string resource, string group = "")
    {
        var review = await AsAsync(user, "POST", "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews",
            new JsonObject
            {
                ["spec"] = new JsonObject
                {
                    ["resourceAttributes"] = new JsonObject
                    {
                        ["namespace"] = "default",
                        ["verb"] = verb,
                        ["group"] = group,
                        ["resource"] = resource,
                    },
                },
            }.ToJsonString());
        return review.At("status.allowed")!.GetValue<bool>();
    }

    private Task RoleAsync(string space, string name, string rules) =>
        server.MustPostAsync($"{Group}/namespaces/{space}/roles", $$$"""{"metadata":{"name":"{{{name}}}"},"rules":{{{rules}}}}""");

    private Task BindAsync(string space, string role, string kind, string subject) =>
        server.MustPostAsync($"{Group}/namespaces/{space}/rolebindings", BindingTo(role, kind, subject));

    private Task BindAllAsync(string role, string subject) =>
        server.MustPostAsync($"{Group}/clusterrolebindings", BindingTo(role, "ClusterRole", subject));

    private static string BindingTo(string role, string kind, string subject) => $$$"""
        {"metadata":{"name":"{{{role}}}"},"roleRef":{"apiGroup":"rbac.authorization.k8s.io","kind":"{{{kind}}}","name":"{{{role}}}"},"subjects":[{{{subject}}}]}
        """;
}

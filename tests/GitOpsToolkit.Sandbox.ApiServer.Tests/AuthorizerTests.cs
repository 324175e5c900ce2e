using System.Diagnostics;
using System.Text.Json.Nodes;
using GitOpsToolkit.Sandbox.ApiServer.Rights;
using GitOpsToolkit.Sandbox.ApiServer.Storage;

namespace GitOpsToolkit.Sandbox.ApiServer.Tests;

/// <summary>The authorizer alone, over a store.</summary>
public sealed class AuthorizerTests
{
    private const string Rbac = "rbac.authorization.k8s.io/";

    private readonly ObjectStore store = new(100, null);

    [Fact]
    public void A_decision_does_not_get_slower_with_the_bindings_of_others()
    {
        var few = Cost(20);
        var many = Cost(4000);
        TestContext.Current.SendDiagnosticMessage($"{few:0.00} µs a decision among 20 bindings, {many:0.00} µs among 4000");
        Assert.True(many < 20 * few, $"{few:0.00} µs a decision among 20 bindings, {many:0.00} µs among 4000");
    }

    [Fact]
    public void The_index_follows_changes_of_roles_and_bindings()
    {
        var authorizer = new Authorizer(new(store), AuthorizationMode.Rbac);
        var request = Request("alice", "pods", "apps");
        Put("clusterrolebindings", "", "b", Binding("r", """{"kind":"User","name":"alice"},{"kind":"User","name":"alice"}"""));
        Assert.Equal("RBAC: clusterrole.rbac.authorization.k8s.io \"r\" not found", authorizer.Authorize(request).Reason);
        Put("clusterroles", "", "r", Role("""{"verbs":["get"],"apiGroups":[""],"resources":["pods"]}"""));
        Assert.True(authorizer.Authorize(request).IsAllowed);
        Assert.Single(authorizer.RulesOf(request.User, "apps").Rules);

        Put("clusterrolebindings", "", "b", Binding("r", """{"kind":"User","name":"bob"}"""));
        Assert.Equal(new(false, ""), authorizer.Authorize(request));
        Assert.True(authorizer.Authorize(Request("bob", "pods", "")).IsAllowed);
        Assert.True(new Authorizer(new(store), AuthorizationMode.Rbac).Authorize(Request("bob", "pods", "")).IsAllowed);
        store.Remove(store.Get(new(Rbac + "clusterroles", "", "r"))!);
        Assert.False(authorizer.Authorize(Request("bob", "pods", "")).IsAllowed);
    }

    [Theory]
    [InlineData("""{"verbs":["get","list"],"apiGroups":[""],"resources":["pods"]}""", """{"verbs":["get"],"apiGroups":[""],"resources":["pods"]}""", "")]
    [InlineData("""{"verbs":["*"],"apiGroups":["*"],"resources":["*"]}""", """{"verbs":["get"],"apiGroups":["apps"],"resources":["deployments/scale"]}""", "")]
    [InlineData("""{"verbs":["get"],"apiGroups":["*"],"resources":["*/scale"]}""", """{"verbs":["get"],"apiGroups":["apps"],"resources":["deployments/scale"]}""", "")]
    [InlineData("""{"verbs":["get"],"apiGroups":[""],"resources":["pods"],"resourceNames":["a"]}""", """{"verbs":["get"],"apiGroups":[""],"resources":["pods"]}""",
        """{APIGroups:[""], Resources:["pods"], Verbs:["get"]}""")]
    [InlineData("""{"verbs":["get"],"apiGroups":[""],"resources":["pods"]}""",
        """{"verbs":["get","watch","list"],"apiGroups":["","apps"],"resources":["pods"],"resourceNames":["b"]}""",
        """{APIGroups:[""], Resources:["pods"], ResourceNames:["b"], Verbs:["watch" "list"]}"""
        + "|" + """{APIGroups:["apps"], Resources:["pods"], ResourceNames:["b"], Verbs:["get" "watch" "list"]}""")]
    [InlineData("""{"verbs":["get"],"nonResourceURLs":["/api/*"]}""", """{"verbs":["get"],"nonResourceURLs":["/api/v1","/metrics"]}""",
        """{NonResourceURLs:["/metrics"], Verbs:["get"]}""")]
    [InlineData("""{"verbs":["get"],"apiGroups":[""],"resources":["pods"]}""", """{"verbs":["get"],"apiGroups":[""],"resources":["*"]}""",
        """{APIGroups:[""], Resources:["*"], Verbs:["get"]}""")]
    public void What_the_held_rules_do_not_grant_is_named(string held, string wanted, string missing) => Assert.Equal(
        missing.Split('|', StringSplitOptions.RemoveEmptyEntries),
        RuleCoverage.Missing([PolicyRule.From(Parse(held))], [PolicyRule.From(Parse(wanted))]));

    /// <summary>Microseconds for a refusal: the least of some rounds, as other processes take their share of the machine.</summary>
    private static double Cost(int bindings)
    {
        var tests = new AuthorizerTests();
        for (var i = 0; i < bindings; i++)
        {
            tests.Put("clusterroles", "", $"role-{i}", Role($$"""{"verbs":["get"],"apiGroups":[""],"resources":["kind-{{i}}"]}"""));
            tests.Put("clusterrolebindings", "", $"binding-{i}", Binding($"role-{i}", $$"""{"kind":"User","name":"user-{{i}}"}"""));
        }

        var authorizer = new Authorizer(new(tests.store), AuthorizationMode.Rbac);
        var refused = Request("user-17", "kind-17", "apps") with { Verb = "delete" };
        Assert.True(authorizer.Authorize(refused with { Verb = "get" }).IsAllowed);
        Assert.False(authorizer.Authorize(refused).IsAllowed);

        const int Size = 500;
        return Enumerable.Range(0, 20).Min(_ =>
        {
            var watch = Stopwatch.StartNew();
            for (var i = 0; i < Size; i++)
            {
                authorizer.Authorize(refused);
            }

            return watch.Elapsed.TotalMicroseconds / Size;
        });
    }

    private static AccessRequest Request(string user, string resource, string space) =>
        new(new(user, "", ["system:authenticated"], new Dictionary<string, IReadOnlyList<string>>()), "get") { Resource = resource, Namespace = space };

    private static JsonObject Parse(string json) => JsonNode.Parse(json)!.AsObject();

    private static JsonObject Role(string rule) => Parse($$"""{"metadata":{},"rules":[{{rule}}]}""");

    private static JsonObject Binding(string role, string subjects) =>
        Parse($$$"""{"metadata":{},"roleRef":{"kind":"ClusterRole","name":"{{{role}}}"},"subjects":[{{{subjects}}}]}""");

    private void Put(string plural, string space, string name, JsonObject tree)
    {
        var id = new ObjectId(Rbac + plural, space, name);
        if (store.Get(id) is { } present)
        {
            store.Replace(present, tree);
            return;
        }

        store.Create(id, tree);
    }
}

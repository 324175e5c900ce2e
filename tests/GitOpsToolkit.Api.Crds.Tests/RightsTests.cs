using System.Text.Json.Nodes;
using Xunit;

namespace GitOpsToolkit.Api.Crds.Tests;

/// <summary>Each controller may do what it needs and nothing else.</summary>
public sealed class RightsTests
{
    private static readonly IReadOnlyList<JsonObject> Rbac = ConfigFiles.In("rbac");

    [Theory]
    [InlineData("source-controller", """
        source.toolkit.fluxcd.io/gitrepositories,ocirepositories: list,watch,patch
        source.toolkit.fluxcd.io/gitrepositories/status,ocirepositories/status: patch
        /secrets: get
        /events: create,patch
        """)]
    [InlineData("kustomize-controller", """
        kustomize.toolkit.fluxcd.io/kustomizations: get,list,watch,patch
        kustomize.toolkit.fluxcd.io/kustomizations/status: patch
        source.toolkit.fluxcd.io/externalartifacts,gitrepositories,ocirepositories: list,watch
        /events: create,patch
        """)]
    [InlineData("image-reflector-controller", """
        image.toolkit.fluxcd.io/imagepolicies,imagerepositories: list,watch,patch
        image.toolkit.fluxcd.io/imagepolicies/status,imagerepositories/status: patch
        /namespaces: get
        /secrets,serviceaccounts: get
        /events: create,patch
        """)]
    [InlineData("image-automation-controller", """
        image.toolkit.fluxcd.io/imageupdateautomations: list,watch,patch
        image.toolkit.fluxcd.io/imageupdateautomations/status: patch
        image.toolkit.fluxcd.io/imagepolicies: list,watch
        source.toolkit.fluxcd.io/gitrepositories: list,watch
        /secrets: get
        /events: create,patch
        """)]
    public void A_controller_has_these_rights(string controller, string rights)
    {
        Assert.Single(Rbac, o => o.Kind() == "ServiceAccount" && o.Name() == controller);
        var role = Assert.Single(Rbac, o => o.Kind() == "ClusterRole" && o.Name() == controller);
        var binding = Assert.Single(Rbac, o => o.Kind() == "ClusterRoleBinding" && o.Name() == controller);

        Assert.Equal(rights.ReplaceLineEndings("\n").TrimEnd(), string.Join('\n', Rules(role).Select(Text)));
        Assert.Equal(controller, (string)binding["roleRef"]!["name"]!);
        Assert.Equal([$"ServiceAccount/{controller}/flux-system"], Subjects(binding));
    }

    [Fact]
    public void No_rule_says_everything()
    {
        var rules = Rbac.Where(o => o.Kind() is "ClusterRole" or "Role").SelectMany(Rules).ToList();

        Assert.NotEmpty(rules);
        Assert.All(rules, rule => Assert.DoesNotContain("*", rule.ToJsonString(), StringComparison.Ordinal));
        Assert.All(rules, rule => Assert.DoesNotContain(rule["verbs"].Strings(), v => v is "escalate" or "bind" or "impersonate"));
    }

    [Fact]
    public void Only_the_cluster_reconciler_is_bound_to_cluster_admin()
    {
        var all = Rbac.Where(o => o["roleRef"]?["name"] is { } name && (string)name! == "cluster-admin").ToList();

        var binding = Assert.Single(all);
        Assert.Equal("cluster-reconciler", binding.Name());
        Assert.Equal(["ServiceAccount/kustomize-controller/flux-system"], Subjects(binding));
    }

    [Fact]
    public void Leases_belong_to_the_own_namespace()
    {
        var role = Assert.Single(Rbac, o => o.Kind() == "Role");
        var binding = Assert.Single(Rbac, o => o.Kind() == "RoleBinding");

        Assert.Equal(["coordination.k8s.io/leases: get,create,update"], Rules(role).Select(Text));
        Assert.Equal("flux-system", (string)role["metadata"]!["namespace"]!);
        Assert.Equal(4, Subjects(binding).Count());
        Assert.DoesNotContain(Rbac.Where(o => o.Kind() == "ClusterRole").SelectMany(Rules), r => r["resources"].Strings().Contains("leases"));
    }

    [Theory]
    [InlineData("flux-view", "get,list,watch", "admin edit view")]
    [InlineData("flux-edit", "create,delete,deletecollection,patch,update", "admin edit")]
    public void Users_of_a_namespace_get_rights_to_every_kind(string name, string verbs, string aggregated)
    {
        var role = Assert.Single(Rbac, o => o.Name() == name);

        Assert.All(Rules(role), rule => Assert.Equal(verbs, string.Join(',', rule["verbs"].Strings())));
        Assert.Equal(
            Crds.All().Select(CrdName).Order(StringComparer.Ordinal),
            Rules(role).SelectMany(r => r["resources"].Strings().Select(p => $"{p}.{r["apiGroups"]![0]}")).Order(StringComparer.Ordinal));
        Assert.Equal(aggregated.Split(' ').Select(a => $"rbac.authorization.k8s.io/aggregate-to-{a}"), role["metadata"]!["labels"]!.AsObject().Select(l => l.Key));
    }

    private static string CrdName(JsonObject crd) => crd.Name();

    private static IEnumerable<JsonObject> Rules(JsonObject role) => role["rules"]!.AsArray().Select(r => r!.AsObject());

    private static string Text(JsonObject rule) =>
        $"{string.Join(',', rule["apiGroups"].Strings())}/{string.Join(',', rule["resources"].Strings())}: {string.Join(',', rule["verbs"].Strings())}";

    private static IEnumerable<string> Subjects(JsonObject binding) => binding["subjects"]!.AsArray().Select(s => $"{s!["kind"]}/{s["name"]}/{s["namespace"]}");
}

using System.Text.Json.Nodes;
using GitOpsToolkit.Controllers.Kustomize.Tests.Support;
using GitOpsToolkit.TestKit;
using Xunit;

namespace GitOpsToolkit.Controllers.Kustomize.Tests;

public sealed class DeliveryTests
{
    private const string One = "main@sha1:1111111111111111111111111111111111111111";
    private const string Two = "main@sha1:2222222222222222222222222222222222222222";
    private const string Three = "main@sha1:3333333333333333333333333333333333333333";

    private static (string, string) ConfigMap(string name, string value, string extra = "") =>
        ($"{name}.yaml", $"apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {name}\n  namespace: apps\n{extra}data:\n  value: \"{value}\"\n");

    private static string? ValueOf(JsonObject? configMap) => configMap?["data"]?["value"]?.ToString();

    [Fact]
    public async Task A_source_is_applied_updated_and_pruned()
    {
        await using var cluster = await Cluster.StartAsync();
        await cluster.PublishAsync(One, ConfigMap("a", "1"), ConfigMap("b", "1"));
        await cluster.CreateKustomizationAsync("app");

        var ready = await cluster.ReadyAsync("app", One);
        Assert.Equal("Applied revision: " + One, Cluster.Condition((JsonObject)ready["status"]!, "Ready")!["message"]!.ToString());
        Assert.Equal(["apps_a__ConfigMap", "apps_b__ConfigMap"], Ids(ready));
        Assert.Equal("v1", ready["status"]!["inventory"]!["entries"]![0]!["v"]!.ToString());
        Assert.Equal(One, ready["status"]!["lastAttemptedRevision"]!.ToString());
        var a = await cluster.ConfigMapAsync("a");
        Assert.Equal("app", a!["metadata"]!["labels"]!["kustomize.toolkit.fluxcd.io/name"]!.ToString());
        Assert.Equal("apps", a["metadata"]!["labels"]!["kustomize.toolkit.fluxcd.io/namespace"]!.ToString());
        Assert.Contains(a["metadata"]!["managedFields"]!.AsArray(), entry =>
            entry!["manager"]!.ToString() == "kustomize-controller" && entry["operation"]!.ToString() == "Apply");

        await cluster.PublishAsync(Two, ConfigMap("a", "2"));
        ready = await cluster.ReadyAsync("app", Two);
        Assert.Equal("2", ValueOf(await cluster.ConfigMapAsync("a")));
        Assert.Null(await cluster.ConfigMapAsync("b"));
        Assert.Equal(["apps_a__ConfigMap"], Ids(ready));
        var history = ready["status"]!["history"]!.AsArray();
        Assert.Equal(2, history.Count);
        Assert.Equal(Two, history[0]!["metadata"]!["revision"]!.ToString());
        Assert.Equal("ReconciliationSucceeded", history[0]!["lastReconciledStatus"]!.ToString());
    }

    [Fact]
    public async Task Without_prune_what_left_the_source_stays()
    {
        await using var cluster = await Cluster.StartAsync();
        await cluster.PublishAsync(One, ConfigMap("a", "1"), ConfigMap("b", "1"));
        await cluster.CreateKustomizationAsync("app", "prune: false");
        await cluster.ReadyAsync("app", One);

        await cluster.PublishAsync(Two, ConfigMap("a", "2"));
        await cluster.ReadyAsync("app", Two);
        Assert.NotNull(await cluster.ConfigMapAsync("b"));
    }

    [Fact]
    public async Task Only_own_objects_without_a_wish_to_stay_are_pruned()
    {
        await using var cluster = await Cluster.StartAsync();
        await cluster.PublishAsync(
            One, ConfigMap("kept", "1", "  annotations:\n    kustomize.toolkit.fluxcd.io/prune: disabled\n"), ConfigMap("taken", "1"), ConfigMap("gone", "1"));
        await cluster.CreateKustomizationAsync("app");
        await cluster.ReadyAsync("app", One);
        await cluster.KubectlAsync(
            "{apiVersion: v1, kind: ConfigMap, metadata: {name: taken, namespace: apps, labels: {kustomize.toolkit.fluxcd.io/name: other}}}", "mover");

        await cluster.PublishAsync(Two, ConfigMap("new", "1"));
        var ready = await cluster.ReadyAsync("app", Two);
        Assert.NotNull(await cluster.ConfigMapAsync("kept"));
        Assert.NotNull(await cluster.ConfigMapAsync("taken"));
        Assert.Null(await cluster.ConfigMapAsync("gone"));
        Assert.Equal(["apps_new__ConfigMap"], Ids(ready));
    }

    [Fact]
    public async Task Drift_is_undone_at_once_and_foreign_fields_stay()
    {
        await using var cluster = await Cluster.StartAsync();
        await cluster.PublishAsync(One, ConfigMap("a", "1"));
        await cluster.CreateKustomizationAsync("app");
        await cluster.ReadyAsync("app", One);

        await cluster.KubectlAsync("{apiVersion: v1, kind: ConfigMap, metadata: {name: a, namespace: apps, annotations: {mine: 'yes'}}}", "somebody");
        await cluster.KubectlAsync("{apiVersion: v1, kind: ConfigMap, metadata: {name: a, namespace: apps}, data: {value: '9', extra: x}}");
        await Eventually.TrueAsync(async () => ValueOf(await cluster.ConfigMapAsync("a")) == "1", "the drift is undone");
        var a = await cluster.ConfigMapAsync("a");
        Assert.Null(a!["data"]!["extra"]);
        Assert.Equal("yes", a["metadata"]!["annotations"]!["mine"]!.ToString());

        await cluster.Client.DeleteAsync(Cluster.Path("v1", "configmaps", "a"), null, default);
        await Eventually.TrueAsync(async () => ValueOf(await cluster.ConfigMapAsync("a")) == "1", "the object is made again");
    }

    [Fact]
    public async Task What_kubectl_applied_before_is_taken_over()
    {
        await using var cluster = await Cluster.StartAsync();
        await cluster.CreateAsync("{apiVersion: v1, kind: ConfigMap, metadata: {name: a, namespace: apps}, data: {old: x}}");
        await cluster.KubectlAsync(
            "{apiVersion: v1, kind: ConfigMap, metadata: {name: a, namespace: apps, annotations: {kubectl.kubernetes.io/last-applied-configuration: '{}'}}, "
            + "data: {value: '0', extra: x}}");
        await cluster.PublishAsync(One, ConfigMap("a", "1"));
        await cluster.CreateKustomizationAsync("app");
        await cluster.ReadyAsync("app", One);

        var a = await cluster.ConfigMapAsync("a");
        Assert.Equal("1", ValueOf(a));
        Assert.Null(a!["data"]!["extra"]);
        Assert.Null(a["metadata"]!["annotations"]?["kubectl.kubernetes.io/last-applied-configuration"]);
        Assert.DoesNotContain(a["metadata"]!["managedFields"]!.AsArray(), entry => entry!["manager"]!.ToString().StartsWith("kubectl", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_broken_manifest_changes_nothing_names_file_and_line_and_the_fix_heals()
    {
        await using var cluster = await Cluster.StartAsync();
        await cluster.PublishAsync(One, ConfigMap("a", "1"), ConfigMap("b", "1"));
        await cluster.CreateKustomizationAsync("app");
        await cluster.ReadyAsync("app", One);

        await cluster.PublishAsync(Two, ConfigMap("a", "2"), ("deploy/bad.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: bad\n data: [\n"));
        var message = await cluster.FailureAsync("app", "BuildFailed");
        Assert.Matches(@"deploy/bad\.yaml:\d+", message);
        Assert.Equal("1", ValueOf(await cluster.ConfigMapAsync("a")));
        Assert.NotNull(await cluster.ConfigMapAsync("b"));
        var status = (await cluster.Client.GetAsync(Cluster.KustomizationPath("app"), default))!["status"]!;
        Assert.Equal(Two, status["lastAttemptedRevision"]!.ToString());
        Assert.Equal(One, status["lastAppliedRevision"]!.ToString());
        Assert.Equal(2, status["inventory"]!["entries"]!.AsArray().Count);

        await cluster.PublishAsync(Three, ConfigMap("a", "3"), ConfigMap("b", "1"));
        await cluster.ReadyAsync("app", Three);
        Assert.Equal("3", ValueOf(await cluster.ConfigMapAsync("a")));
    }

    [Fact]
    public async Task All_refused_objects_are_reported_together_and_nothing_is_applied()
    {
        await using var cluster = await Cluster.StartAsync();
        await cluster.PublishAsync(
            One, ConfigMap("a", "1"),
            ("bad1.yaml", "\n\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: bad1\n  namespace: apps\ndata: wrong\n"),
            ("bad2.yaml", "apiVersion: example.com/v1\nkind: Nothing\nmetadata:\n  name: bad2\n  namespace: apps\n"));
        await cluster.CreateKustomizationAsync("app");

        var message = await cluster.FailureAsync("app", "ReconciliationFailed");
        Assert.Contains("bad1.yaml:3: ConfigMap/apps/bad1 dry-run failed", message, StringComparison.Ordinal);
        Assert.Contains("bad2.yaml:1: Nothing/apps/bad2 dry-run failed: no matches for kind \"Nothing\"", message, StringComparison.Ordinal);
        Assert.Null(await cluster.ConfigMapAsync("a"));
    }

    [Fact]
    public async Task An_immutable_field_needs_force()
    {
        static (string, string) Immutable(string value) => ConfigMapWith(value);
        static (string, string) ConfigMapWith(string value) =>
            ("a.yaml", $"apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n  namespace: apps\nimmutable: true\ndata:\n  value: \"{value}\"\n");

        await using var cluster = await Cluster.StartAsync();
        await cluster.PublishAsync(One, Immutable("1"));
        await cluster.CreateKustomizationAsync("app");
        await cluster.ReadyAsync("app", One);
        var uid = (await cluster.ConfigMapAsync("a"))!["metadata"]!["uid"]!.ToString();

        await cluster.PublishAsync(Two, Immutable("2"));
        Assert.Contains("immutable", await cluster.FailureAsync("app", "ReconciliationFailed"), StringComparison.Ordinal);

        await cluster.Client.MergePatchAsync(
            Cluster.KustomizationPath("app"), new JsonObject { ["spec"] = new JsonObject { ["force"] = true } }, null, default);
        await cluster.ReadyAsync("app", Two);
        var again = await cluster.ConfigMapAsync("a");
        Assert.Equal("2", ValueOf(again));
        Assert.NotEqual(uid, again!["metadata"]!["uid"]!.ToString());
    }

    [Fact]
    public async Task Force_gives_up_no_object_for_a_manifest_that_is_invalid()
    {
        static (string, string) Deployment(string app, string replicas) => ("d.yaml",
            $"apiVersion: apps/v1\nkind: Deployment\nmetadata: {{name: d, namespace: apps}}\nspec:\n  replicas: {replicas}\n"
            + $"  selector: {{matchLabels: {{app: {app}}}}}\n  template:\n    metadata: {{labels: {{app: {app}}}}}\n"
            + "    spec: {containers: [{name: c, image: x}]}\n");

        await using var cluster = await Cluster.StartAsync();
        await cluster.PublishAsync(One, Deployment("a", "1"));
        await cluster.CreateKustomizationAsync("app", "prune: true\nforce: true");
        await cluster.ReadyAsync("app", One);
        var path = Cluster.Path("apps/v1", "deployments", "d");
        var uid = (await cluster.Client.GetAsync(path, default))!["metadata"]!["uid"]!.ToString();

        // Invalid alone, and together with a change that would need a new object.
        foreach (var (revision, app) in new[] { (Two, "a"), (One, "b") })
        {
            await cluster.PublishAsync(revision, Deployment(app, "-3"));
            await cluster.StatusAsync("app", status => status["lastAttemptedRevision"]?.ToString() == revision
                && Cluster.Condition(status, "Ready")?["reason"]?.ToString() == "ReconciliationFailed");
            Assert.Equal(uid, (await cluster.Client.GetAsync(path, default))!["metadata"]!["uid"]!.ToString());
        }

        await cluster.PublishAsync(Two, Deployment("b", "3"));
        await cluster.ReadyAsync("app", Two);
        Assert.NotEqual(uid, (await cluster.Client.GetAsync(path, default))!["metadata"]!["uid"]!.ToString());
    }

    [Fact]
    public async Task A_definition_and_its_objects_come_in_one_go()
    {
        const string definition = """
            apiVersion: apiextensions.k8s.io/v1
            kind: CustomResourceDefinition
            metadata:
              name: widgets.example.com
            spec:
              group: example.com
              scope: Namespaced
              names: {kind: Widget, plural: widgets, singular: widget, listKind: WidgetList}
              versions:
              - name: v1
                served: true
                storage: true
                schema:
                  openAPIV3Schema:
                    type: object
                    properties:
                      spec: {type: object, properties: {size: {type: integer}}}
            """;
        await using var cluster = await Cluster.StartAsync();
        await cluster.PublishAsync(
            One, ("widget.yaml", "apiVersion: example.com/v1\nkind: Widget\nmetadata:\n  name: w\n  namespace: made\nspec:\n  size: 3\n"),
            ("crd.yaml", definition), ("ns.yaml", "apiVersion: v1\nkind: Namespace\nmetadata:\n  name: made\n"));
        await cluster.CreateKustomizationAsync("app");

        var ready = await cluster.ReadyAsync("app", One);
        Assert.Equal(
            ["_made__Namespace", "_widgets.example.com_apiextensions.k8s.io_CustomResourceDefinition", "made_w_example.com_Widget"],
            Ids(ready).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Deleting_a_Kustomization_deletes_what_it_applied()
    {
        await using var cluster = await Cluster.StartAsync();
        await cluster.PublishAsync(One, ConfigMap("a", "1"));
        await cluster.CreateKustomizationAsync("app");
        await cluster.ReadyAsync("app", One);
        await cluster.CreateKustomizationAsync("orphaning", "prune: true\ndeletionPolicy: Orphan\nnamePrefix: x-");
        await cluster.ReadyAsync("orphaning", One);

        await cluster.Client.DeleteAsync(Cluster.KustomizationPath("app"), null, default);
        await cluster.Client.DeleteAsync(Cluster.KustomizationPath("orphaning"), null, default);
        await Eventually.TrueAsync(async () => await cluster.Client.GetAsync(Cluster.KustomizationPath("app"), default) is null, "app is gone");
        await Eventually.TrueAsync(async () => await cluster.Client.GetAsync(Cluster.KustomizationPath("orphaning"), default) is null, "orphaning is gone");
        Assert.Null(await cluster.ConfigMapAsync("a"));
        Assert.NotNull(await cluster.ConfigMapAsync("x-a"));
    }

    private static IEnumerable<string> Ids(JsonObject kustomization) =>
        kustomization["status"]!["inventory"]!["entries"]!.AsArray().Select(entry => entry!["id"]!.ToString());
}

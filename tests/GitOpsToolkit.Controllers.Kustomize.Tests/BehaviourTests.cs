using System.Text.Json.Nodes;
using GitOpsToolkit.Controllers.Kustomize.Tests.Support;
using GitOpsToolkit.TestKit;
using Xunit;

namespace GitOpsToolkit.Controllers.Kustomize.Tests;

public sealed class BehaviourTests
{
    private const string One = "main@sha1:1111111111111111111111111111111111111111";
    private const string Two = "main@sha1:2222222222222222222222222222222222222222";

    private static (string, string) ConfigMap(string name, string value) =>
        ($"{name}.yaml", $"apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {name}\n  namespace: apps\ndata:\n  value: \"{value}\"\n");

    [Fact]
    public async Task A_reconcile_without_news_asks_and_writes_nothing()
    {
        await using var cluster = await Cluster.StartAsync(options => options with { IntervalJitterPercentage = 0 });
        await cluster.PublishAsync(One, ConfigMap("a", "1"), ConfigMap("b", "1"));
        await cluster.CreateKustomizationAsync("app");
        var ready = await cluster.ReadyAsync("app", One);

        // A shorter interval brings reconciles by itself: the new generation is one change, what follows is none.
        await PatchAsync(cluster, "app", new JsonObject { ["interval"] = "300ms" });
        await cluster.StatusAsync("app", status => status["observedGeneration"]!.ToString() == "2");
        await QuietAsync(cluster, TimeSpan.FromSeconds(2));
        Assert.Equal(1, ready["status"]!["history"]![0]!["totalReconciliations"]!.GetValue<int>());
    }

    [Fact]
    public async Task A_request_is_handled_although_nothing_changed()
    {
        await using var cluster = await Cluster.StartAsync();
        await cluster.PublishAsync(One, ConfigMap("a", "1"));
        await cluster.CreateKustomizationAsync("app");
        await cluster.ReadyAsync("app", One);

        var annotations = new JsonObject { ["annotations"] = new JsonObject { ["reconcile.fluxcd.io/requestedAt"] = "now" } };
        await cluster.Client.MergePatchAsync(Cluster.KustomizationPath("app"), new JsonObject { ["metadata"] = annotations }, null, default);
        var found = await cluster.StatusAsync("app", status => status["lastHandledReconcileAt"]?.ToString() == "now");
        Assert.Equal("True", Cluster.Condition((JsonObject)found["status"]!, "Ready")!["status"]!.ToString());
    }

    [Fact]
    public async Task Other_namespaces_are_out_of_bounds_where_the_operator_says_so()
    {
        await using var cluster = await Cluster.StartAsync(options => options with { NoCrossNamespaceRefs = true });
        await cluster.PublishAsync(One, ConfigMap("a", "1"));
        await cluster.CreateAsync(
            "{apiVersion: kustomize.toolkit.fluxcd.io/v1, kind: Kustomization, metadata: {name: thief, namespace: apps}, "
            + "spec: {interval: 1m, prune: true, sourceRef: {kind: GitRepository, name: app, namespace: other}}}");

        Assert.Equal(
            "can't access 'GitRepository/other/app', cross-namespace references have been blocked", await cluster.FailureAsync("thief", "AccessDenied"));
        Assert.Null(await cluster.ConfigMapAsync("a"));
    }

    [Fact]
    public async Task Dependencies_are_applied_first()
    {
        await using var cluster = await Cluster.StartAsync();
        await cluster.CreateKustomizationAsync("second", "prune: true\ndependsOn: [{name: first}]\nnamePrefix: second-");
        await cluster.PublishAsync(One, ConfigMap("a", "1"));
        Assert.Equal("dependency 'apps/first' not found", await cluster.FailureAsync("second", "DependencyNotReady"));
        Assert.Null(await cluster.ConfigMapAsync("second-a"));
        await Eventually.TrueAsync(async () => (await cluster.GetAsync("v1", "events", null))!["items"]!.AsArray().Any(item =>
            item!["reason"]!.ToString() == "DependencyNotReady" && item["type"]!.ToString() == "Normal"
            && item["message"]!.ToString().EndsWith("retrying in 5s: dependency 'apps/first' not found", StringComparison.Ordinal)), "the event about the dependency");

        await cluster.CreateKustomizationAsync("first", "prune: true\nnamePrefix: first-");
        var second = await cluster.ReadyAsync("second", One);
        var first = await cluster.ReadyAsync("first", One);
        Assert.True(string.CompareOrdinal(ReadySince(first), ReadySince(second)) <= 0);

        await cluster.PublishAsync(Two, ConfigMap("a", "2"));
        await cluster.ReadyAsync("second", Two);
        Assert.Equal("2", (await cluster.ConfigMapAsync("first-a"))!["data"]!["value"]!.ToString());
        Assert.Equal("2", (await cluster.ConfigMapAsync("second-a"))!["data"]!["value"]!.ToString());
    }

    [Fact]
    public async Task A_wrong_digest_is_never_unpacked_and_the_right_one_heals()
    {
        await using var cluster = await Cluster.StartAsync();
        var (url, digest, size) = cluster.Artifacts.Publish(new Dictionary<string, string> { ["a.yaml"] = ConfigMap("a", "1").Item2 });
        var other = "sha256:" + new string('0', 64);
        await cluster.AnnounceAsync(One, url, other, size);
        await cluster.CreateKustomizationAsync("app");
        Assert.Contains("does not have the digest", await cluster.FailureAsync("app", "ArtifactFailed"), StringComparison.Ordinal);
        Assert.Null(await cluster.ConfigMapAsync("a"));

        await cluster.AnnounceAsync(One, url, digest, size);
        await cluster.ReadyAsync("app", One);
    }

    [Fact]
    public async Task Garbage_and_missing_artifacts_are_told_and_failing_downloads_retried()
    {
        await using var cluster = await Cluster.StartAsync();
        byte[] garbage = [1, 2, 3];
        var digest = $"sha256:{Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(garbage))}";
        await cluster.AnnounceAsync(One, cluster.Artifacts.Serve("garbage.tar.gz", garbage), digest, 3);
        await cluster.CreateKustomizationAsync("app");
        Assert.Contains("cannot be unpacked", await cluster.FailureAsync("app", "ArtifactFailed"), StringComparison.Ordinal);

        await cluster.AnnounceAsync(One, $"{cluster.Artifacts.BaseUrl}/missing.tar.gz", "sha256:" + new string('1', 64), 3);
        await cluster.StatusAsync("app", status =>
            Cluster.Condition(status, "Ready")!["message"]!.ToString() == "Source is not ready, artifact not found, retrying in 5s");

        cluster.Artifacts.FailNext(2);
        await cluster.PublishAsync(Two, ConfigMap("a", "1"));
        await cluster.ReadyAsync("app", Two);
    }

    [Fact]
    public async Task Spec_shapes_the_manifests()
    {
        await using var cluster = await Cluster.StartAsync();
        await cluster.CreateAsync("{apiVersion: v1, kind: Namespace, metadata: {name: elsewhere}}");
        await cluster.PublishAsync(One, ConfigMap("ignored", "0"), ("deploy/app.yaml", ConfigMap("a", "1").Item2));
        await cluster.CreateKustomizationAsync("app", """
            prune: true
            path: ./deploy
            targetNamespace: elsewhere
            namePrefix: x-
            nameSuffix: -y
            commonMetadata: {labels: {team: blue}, annotations: {note: here}}
            patches:
            - patch: '[{op: replace, path: /data/value, value: patched}]'
              target: {kind: ConfigMap, name: a}
            """);
        var ready = await cluster.ReadyAsync("app", One);
        Assert.Equal("elsewhere_x-a-y__ConfigMap", ready["status"]!["inventory"]!["entries"]![0]!["id"]!.ToString());
        var found = await cluster.Client.GetAsync(Cluster.Path("v1", "configmaps", "x-a-y").In("elsewhere"), default);
        Assert.Equal("patched", found!["data"]!["value"]!.ToString());
        Assert.Equal("blue", found["metadata"]!["labels"]!["team"]!.ToString());
        Assert.Equal("here", found["metadata"]!["annotations"]!["note"]!.ToString());
    }

    [Theory]
    [InlineData("./absent", "spec.path: kustomization path not found: the source has no directory './absent'")]
    [InlineData("../..", "spec.path: ")]
    public async Task A_path_that_leads_nowhere_is_named(string path, string expected)
    {
        await using var cluster = await Cluster.StartAsync();
        await cluster.PublishAsync(One, ConfigMap("a", "1"));
        await cluster.CreateKustomizationAsync("app", $"prune: true\npath: {path}");
        Assert.StartsWith(expected, await cluster.FailureAsync("app", "BuildFailed"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_dependency_may_belong_to_another_shard()
    {
        await using var cluster = await Cluster.StartAsync(options => options with { WatchLabelSelector = "shard=one" });
        await cluster.PublishAsync(One, ConfigMap("a", "1"));
        await cluster.CreateKustomizationAsync("first", "prune: true\nnamePrefix: first-");
        await cluster.CreateKustomizationAsync("second", "prune: true\ndependsOn: [{name: first}]\nnamePrefix: second-");
        var mine = new JsonObject { ["metadata"] = new JsonObject { ["labels"] = new JsonObject { ["shard"] = "one" } } };
        await cluster.Client.MergePatchAsync(Cluster.KustomizationPath("second"), mine, null, default);
        Assert.Equal("dependency 'apps/first' is not ready", await cluster.FailureAsync("second", "DependencyNotReady"));

        var ready = new JsonObject
        {
            ["type"] = "Ready",
            ["status"] = "True",
            ["reason"] = "ReconciliationSucceeded",
            ["message"] = "",
            ["lastTransitionTime"] = "2026-01-01T00:00:00Z",
        };
        var status = new JsonObject
        {
            ["status"] = new JsonObject { ["observedGeneration"] = 1, ["lastAppliedRevision"] = One, ["conditions"] = new JsonArray(ready) },
        };
        await cluster.Client.MergePatchAsync(Cluster.KustomizationPath("first").Sub("status"), status, null, default);
        await cluster.ReadyAsync("second", One);
        Assert.Null(await cluster.ConfigMapAsync("first-a"));
    }

    [Theory]
    [InlineData("prune: true\npostBuild: {substitute: {a: b}}", "spec.postBuild")]
    [InlineData("prune: true\ndecryption: {provider: sops}", "spec.decryption")]
    [InlineData("prune: true\nkubeConfig: {secretRef: {name: x}}", "spec.kubeConfig")]
    [InlineData("prune: true\ndependsOn: [{name: x, readyExpr: 'true'}]", "spec.dependsOn[0].readyExpr")]
    [InlineData("prune: true\nignore: [{paths: [/data]}]", "spec.ignore")]
    public async Task What_is_not_honoured_stalls_and_is_named(string spec, string field)
    {
        await using var cluster = await Cluster.StartAsync();
        await cluster.PublishAsync(One, ConfigMap("a", "1"));
        await cluster.CreateKustomizationAsync("app", spec);
        var found = await cluster.StatusAsync("app", status => Cluster.Condition(status, "Stalled")?["status"]?.ToString() == "True");
        Assert.Contains(field, Cluster.Condition((JsonObject)found["status"]!, "Stalled")!["message"]!.ToString(), StringComparison.Ordinal);
        Assert.Null(await cluster.ConfigMapAsync("a"));
    }

    [Fact]
    public async Task Health_is_waited_for_without_a_worker_and_decides_on_readiness()
    {
        await using var cluster = await Cluster.StartAsync(options => options with { Concurrent = 1 });
        const string claim = "apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: {name: c, namespace: apps}\n"
            + "spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}\n";
        await cluster.PublishAsync(One, ("claim.yaml", claim));
        await cluster.CreateKustomizationAsync("waiting", "prune: true\nwait: true");
        var found = await cluster.StatusAsync("waiting", status => Cluster.Condition(status, "Healthy")?["status"]?.ToString() == "Unknown");
        Assert.StartsWith("Running health checks for revision", Cluster.Condition((JsonObject)found["status"]!, "Ready")!["message"]!.ToString());
        Assert.Equal("Unknown", Cluster.Condition((JsonObject)found["status"]!, "Ready")!["status"]!.ToString());

        Assert.Equal("Unknown", Cluster.Condition((JsonObject)found["status"]!, "Ready")!["status"]!.ToString());

        // The only worker is free meanwhile.
        await cluster.CreateKustomizationAsync("other", "prune: true\nnamePrefix: o-");
        await cluster.ReadyAsync("other", One);

        var bound = new JsonObject { ["status"] = new JsonObject { ["phase"] = "Bound" } };
        await cluster.Client.MergePatchAsync(Cluster.Path("v1", "persistentvolumeclaims", "c").Sub("status"), bound, null, default);
        var ready = await cluster.ReadyAsync("waiting", One);
        Assert.Equal("True", Cluster.Condition((JsonObject)ready["status"]!, "Healthy")!["status"]!.ToString());
    }

    [Fact]
    public async Task A_suspended_Kustomization_is_left_alone_also_at_its_end()
    {
        await using var cluster = await Cluster.StartAsync();
        await cluster.PublishAsync(One, ConfigMap("a", "1"));
        await cluster.CreateKustomizationAsync("app");
        await cluster.ReadyAsync("app", One);
        await PatchAsync(cluster, "app", new JsonObject { ["suspend"] = true });

        // Sources come by another watch than Kustomizations: who has seen the probe has seen the suspension.
        await cluster.CreateKustomizationAsync("probe", "prune: true\nnamePrefix: p-");
        await cluster.ReadyAsync("probe", One);
        await cluster.PublishAsync(Two, ConfigMap("a", "2"));
        await cluster.ReadyAsync("probe", Two);
        Assert.Equal("1", (await cluster.ConfigMapAsync("a"))!["data"]!["value"]!.ToString());

        await cluster.Client.DeleteAsync(Cluster.KustomizationPath("app"), null, default);
        await Eventually.TrueAsync(async () => await cluster.Client.GetAsync(Cluster.KustomizationPath("app"), default) is null, "app is gone");
        Assert.NotNull(await cluster.ConfigMapAsync("a"));
    }

    [Fact]
    public async Task Two_Kustomizations_with_one_object_do_not_fight()
    {
        await using var cluster = await Cluster.StartAsync();
        await cluster.PublishAsync(One, ConfigMap("a", "1"));
        await cluster.CreateKustomizationAsync("first");
        await cluster.ReadyAsync("first", One);
        await cluster.CreateKustomizationAsync("second", "prune: true\ncommonMetadata: {labels: {by: second}}");
        await cluster.ReadyAsync("second", One);

        // Either would hear of the other's write by its watch, and answer it at once.
        await QuietAsync(cluster, TimeSpan.FromSeconds(1));
        Assert.Equal("second", (await cluster.ConfigMapAsync("a"))!["metadata"]!["labels"]!["kustomize.toolkit.fluxcd.io/name"]!.ToString());

        // The other one steps in when the object is gone.
        await cluster.Client.DeleteAsync(Cluster.KustomizationPath("second"), null, default);
        await Eventually.TrueAsync(
            async () => (await cluster.ConfigMapAsync("a"))?["metadata"]?["labels"]?["kustomize.toolkit.fluxcd.io/name"]?.ToString() == "first",
            "the first one has it again");
    }

    [Fact]
    public async Task Marks_on_objects_are_obeyed()
    {
        const string ignored = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ignored\n  namespace: apps\n  annotations:\n    kustomize.toolkit.fluxcd.io/ssa: ignore\n";
        const string once = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: once\n  namespace: apps\n  annotations:\n    kustomize.toolkit.fluxcd.io/ssa: ifNotPresent\ndata:\n  value: \"1\"\n";
        await using var cluster = await Cluster.StartAsync();
        await cluster.PublishAsync(One, ("ignored.yaml", ignored), ("once.yaml", once));
        await cluster.CreateKustomizationAsync("app");
        await cluster.ReadyAsync("app", One);
        Assert.Null(await cluster.ConfigMapAsync("ignored"));

        await cluster.PublishAsync(Two, ("ignored.yaml", ignored), ("once.yaml", once.Replace("\"1\"", "\"2\"", StringComparison.Ordinal)));
        await cluster.ReadyAsync("app", Two);
        Assert.Equal("1", (await cluster.ConfigMapAsync("once"))!["data"]!["value"]!.ToString());
    }

    private static string ReadySince(JsonObject kustomization) =>
        Cluster.Condition((JsonObject)kustomization["status"]!, "Ready")!["lastTransitionTime"]!.ToString();

    private static Task PatchAsync(Cluster cluster, string name, JsonObject spec) =>
        cluster.Client.MergePatchAsync(Cluster.KustomizationPath(name), new JsonObject { ["spec"] = spec }, null, default);

    /// <summary>
    /// Waits for a while in which the controller asks and writes nothing. What it still had to send may come first, on a slow machine much
    /// later than the status that told of it; a controller that asks again and again never has such a while.
    /// </summary>
    private static Task QuietAsync(Cluster cluster, TimeSpan span) => Eventually.TrueAsync(
        async () =>
        {
            var (mark, downloads) = (cluster.Server.Requests.LastNumber, cluster.Artifacts.Requests);
            await Task.Delay(span, TimeProvider.System);
            return downloads == cluster.Artifacts.Requests && !cluster.Server.Requests.Since(mark).Any(
                request => request.Verb is not "watch" && request.UserAgent.Contains("kustomize-controller", StringComparison.Ordinal));
        },
        "the controller is quiet");
}

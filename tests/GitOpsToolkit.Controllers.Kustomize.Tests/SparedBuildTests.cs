using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Text.Json.Nodes;
using GitOpsToolkit.Controllers.Kustomize.Tests.Support;
using Xunit;

namespace GitOpsToolkit.Controllers.Kustomize.Tests;

/// <summary>A revision that changes none of the files that a Kustomization read is acknowledged without a build or an apply.</summary>
public sealed class SparedBuildTests
{
    private const string One = "main@sha1:1111111111111111111111111111111111111111";
    private const string Two = "main@sha1:2222222222222222222222222222222222222222";
    private const string Three = "main@sha1:3333333333333333333333333333333333333333";

    private static (string, string) App(int i, string value = "1") => (
        $"apps/a{i}/config.yaml", $"apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a{i}\n  namespace: apps\ndata:\n  value: \"{value}\"\n");

    [Fact]
    public async Task One_changed_file_among_two_hundred_Kustomizations_is_one_build()
    {
        const int Count = 200;
        using var builds = new BuildCounter("many-");
        await using var cluster = await Cluster.StartAsync();
        await cluster.PublishAsync(One, [.. Enumerable.Range(0, Count).Select(i => App(i))]);
        for (var i = 0; i < Count; i++)
        {
            await cluster.CreateKustomizationAsync($"many-{i}", $"prune: true\npath: ./apps/a{i}");
        }

        await AllReadyAsync(cluster, Count, One);
        Assert.Equal(Count, builds.Built.Count);
        // A new object is looked at again until its watch has brought it; then revisions without a change take no build at all.
        var quiet = One;
        for (var i = 0; builds.Built.Values.Sum() > 0; i++)
        {
            Assert.True(i < 20, "unchanged revisions are built over and over");
            builds.Built.Clear();
            quiet = $"main@sha1:{i:d40}";
            await cluster.PublishAsync(quiet, [.. Enumerable.Range(0, Count).Select(number => App(number))]);
            await AllReadyAsync(cluster, Count, quiet);
        }

        builds.Spared.Clear();
        var untouched = (await cluster.ConfigMapAsync("a0"))!["metadata"]!["resourceVersion"]!.ToString();
        await cluster.PublishAsync(Two, [.. Enumerable.Range(0, Count).Select(i => App(i, i == 117 ? "2" : "1"))]);
        await AllReadyAsync(cluster, Count, Two);

        Assert.Equal(["many-117"], builds.Built.Keys);
        Assert.Equal(1, builds.Built["many-117"]);
        Assert.Equal(Count - 1, builds.Spared.Values.Sum());
        Assert.Equal("2", (await cluster.ConfigMapAsync("a117"))!["data"]!["value"]!.ToString());
        Assert.Equal(untouched, (await cluster.ConfigMapAsync("a0"))!["metadata"]!["resourceVersion"]!.ToString());
    }

    [Fact]
    public async Task A_spared_revision_shows_as_applied_like_any_other()
    {
        using var builds = new BuildCounter("spared");
        await using var cluster = await Cluster.StartAsync();
        await cluster.PublishAsync(One, App(1), App(2));
        await cluster.CreateKustomizationAsync("spared", "prune: true\nwait: true\npath: ./apps/a1");
        var before = await cluster.ReadyAsync("spared", One);

        await cluster.PublishAsync(Two, App(1), App(2, "2"));
        var status = (JsonObject)(await cluster.ReadyAsync("spared", Two))["status"]!;

        Assert.Equal(Two, status["lastAttemptedRevision"]!.ToString());
        Assert.Equal($"Applied revision: {Two}", Cluster.Condition(status, "Ready")!["message"]!.ToString());
        Assert.Equal("True", Cluster.Condition(status, "Healthy")!["status"]!.ToString());
        Assert.Equal(before["status"]!["inventory"]!.ToJsonString(), status["inventory"]!.ToJsonString());
        var latest = status["history"]!.AsArray()[0]!;
        Assert.Equal(Two, latest["metadata"]!["revision"]!.ToString());
        Assert.Equal(2, (int)latest["totalReconciliations"]!);
        Assert.Single(status["history"]!.AsArray());
        Assert.Equal(1, builds.Built["spared"]);
    }

    [Fact]
    public async Task Drift_a_new_spec_a_request_and_a_new_file_are_no_reason_to_spare_a_build()
    {
        using var builds = new BuildCounter("busy");
        await using var cluster = await Cluster.StartAsync();
        await cluster.PublishAsync(One, App(1), App(2));
        await cluster.CreateKustomizationAsync("busy", "prune: true\npath: ./apps/a1");
        await cluster.ReadyAsync("busy", One);

        // A directory without a kustomization takes up what appears in it.
        await cluster.PublishAsync(Two, App(1), App(2), ("apps/a1/more.yaml", App(3).Item2));
        await cluster.ReadyAsync("busy", Two);
        Assert.NotNull(await cluster.ConfigMapAsync("a3"));

        await cluster.Client.MergePatchAsync(
            Cluster.KustomizationPath("busy"), new JsonObject { ["spec"] = new JsonObject { ["namePrefix"] = "x-" } }, null, default);
        await cluster.StatusAsync("busy", status => status["inventory"]!.ToJsonString().Contains("apps_x-a3", StringComparison.Ordinal)
            && Cluster.Condition(status, "Ready")?["status"]?.ToString() == "True");

        await cluster.Client.MergePatchAsync(
            Cluster.KustomizationPath("busy"),
            new JsonObject { ["metadata"] = new JsonObject { ["annotations"] = new JsonObject { ["reconcile.fluxcd.io/requestedAt"] = "now" } } }, null, default);
        await cluster.StatusAsync("busy", status => status["lastHandledReconcileAt"]?.ToString() == "now");
        var count = builds.Built["busy"];
        Assert.True(count >= 4, $"{count} builds");

        await cluster.PublishAsync(Three, App(1), App(2, "3"), ("apps/a1/more.yaml", App(3).Item2));
        await cluster.ReadyAsync("busy", Three);
        Assert.Equal(count, builds.Built["busy"]);
    }

    private static async Task AllReadyAsync(Cluster cluster, int count, string revision)
    {
        for (var i = 0; i < count; i++)
        {
            await cluster.ReadyAsync($"many-{i}", revision);
        }
    }

    /// <summary>Counts builds of the Kustomizations whose name begins so: other tests of this process have their own.</summary>
    private sealed class BuildCounter : IDisposable
    {
        private readonly MeterListener _listener = new();

        internal BuildCounter(string prefix)
        {
            _listener.InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Name.StartsWith("gotk_kustomization_builds", StringComparison.Ordinal))
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            };
            _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) =>
            {
                var name = "";
                foreach (var (key, tag) in tags)
                {
                    name = key == "name" ? (string)tag! : name;
                }

                if (name.StartsWith(prefix, StringComparison.Ordinal))
                {
                    (instrument.Name.Contains("spared", StringComparison.Ordinal) ? Spared : Built).AddOrUpdate(name, value, (_, sum) => sum + value);
                }
            });
            _listener.Start();
        }

        internal ConcurrentDictionary<string, long> Built { get; } = new();

        internal ConcurrentDictionary<string, long> Spared { get; } = new();

        public void Dispose() => _listener.Dispose();
    }
}

using GitOpsToolkit.Sandbox.Clusters;
using GitOpsToolkit.TestKit;

namespace GitOpsToolkit.Benchmarks;

/// <summary>
/// From a new tag to the finished rollout of 3 pods, hop by hop, on the sandbox and on a real control plane. Once told (scan and fetch are asked for
/// by annotation, as webhooks do: pure work), once polled every second. The peer does the same job with standard tools in a row.
/// </summary>
internal sealed class LoopScenario : IScenario
{
    private const int WarmUps = 3;
    private const int Pairs = 10;

    private int _tag;

    public string Name => "loop";

    public string Title => $"a new tag to its finished rollout, {Pairs} runs: median (min-max) in ms";

    public async Task<bool> RunAsync(TextWriter output)
    {
        foreach (var (name, choice) in BenchCluster.All(output).ToList())
        {
            await output.WriteLineAsync($"\n### {name}\n");
            await MeasureAsync(choice, output);
        }

        return true;
    }

    private async Task MeasureAsync(ClusterChoice choice, TextWriter output)
    {
        await using var cluster = await BenchCluster.StartAsync(choice);
        using var http = new HttpClient();
        using var folder = new TempDirectory();
        var journey = new Journey(cluster);
        var peer = ScriptPeer.Missing.Length == 0 ? new ScriptPeer(cluster, http, folder["clone"]) : null;
        await (peer?.PrepareAsync() ?? output.WriteLineAsync($"the peer was not measured: {ScriptPeer.Missing} is missing\n"));

        // Nothing is polled any more while work alone is measured.
        await cluster.PollEveryAsync("1h");
        var told = new HopTable(Journey.Hops);
        var script = new HopTable(ScriptPeer.Hops);
        var ratios = new Ratios();
        for (var run = -WarmUps; run < Pairs; run++)
        {
            // A-B-B-A: neither side always runs second.
            var first = run % 2 == 0 ? null : peer is null ? null : await peer.RunAsync(NextTag());
            var ours = await journey.RunAsync(NextTag(), told: true);
            var other = first ?? (peer is null ? null : await peer.RunAsync(NextTag()));
            if (run >= 0)
            {
                told.Add(ours);
                if (other is not null)
                {
                    script.Add(other);
                    ratios.Add(TimeSpan.FromMilliseconds(other[^1]), TimeSpan.FromMilliseconds(ours.Max()));
                }
            }
        }

        await told.WriteAsync(output, "told");
        if (peer is not null)
        {
            await script.WriteAsync(output, "peer: a script of standard tools");
            await output.WriteLineAsync($"peer / ours, pair by pair: x{ratios.Ratio:0.0} ({ratios.Lowest:0.0}-{ratios.Highest:0.0})\n");
        }

        await cluster.PollEveryAsync("1s");
        var polled = new HopTable(Journey.Hops);
        for (var run = 0; run < Pairs; run++)
        {
            polled.Add(await journey.RunAsync(NextTag(), told: false));
        }

        await polled.WriteAsync(output, "polled every second");
    }

    private string NextTag() => $"v0.6.{_tag++}";
}

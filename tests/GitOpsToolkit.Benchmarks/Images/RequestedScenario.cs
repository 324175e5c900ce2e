using System.Diagnostics;

namespace GitOpsToolkit.Benchmarks.Images;

/// <summary>
/// From `requestedAt` on an ImageRepository to the ImagePolicy's new `latestRef`, as a watch sees it: what a webhook or `flux reconcile`
/// waits for.
/// </summary>
internal sealed class RequestedScenario : IScenario
{
    private const int WarmUps = 20;
    private const int Runs = 300;
    private const int Tags = 1000;
    private static readonly TimeSpan Target = TimeSpan.FromMilliseconds(300);

    public string Name => "requested";

    public string Title => $"requestedAt to the new latestRef, {Runs} runs, a repository of {Tags} tags on a local registry (no peer)";

    public async Task<bool> RunAsync(TextWriter output)
    {
        await using var cluster = await ImageCluster.StartAsync();
        cluster.Registry.Set("app", Enumerable.Range(0, Tags).Select(tag => $"v0.{tag}.0"));
        await cluster.CreateAsync("ImageRepository", "app", $$"""{"image":"{{cluster.Registry.Host}}/app","interval":"1h"}""");
        await cluster.CreateAsync("ImagePolicy", "app", """{"imageRepositoryRef":{"name":"app"},"policy":{"semver":{"range":">=0.0.0"}}}""");
        using var controller = await cluster.StartControllerAsync();
        await cluster.ElectedByAllAsync(1, $"v0.{Tags - 1}.0");

        var times = new List<double>();
        var before = TimeSpan.Zero;
        for (var run = 0; run < WarmUps + Runs; run++)
        {
            before = run == WarmUps ? controller.Cpu : before;
            var took = await OnceAsync(cluster, $"v1.{run}.0");
            if (run >= WarmUps)
            {
                times.Add(took.TotalMilliseconds);
            }
        }

        times.Sort();
        double At(double share) => times[(int)(share * (times.Count - 1))];
        await output.WriteLineAsync("| p50 | p95 | p99 | max | CPU of the controller a run |");
        await output.WriteLineAsync("|---|---|---|---|---|");
        await output.WriteLineAsync(
            $"| {At(0.5):0} ms | {At(0.95):0} ms | {At(0.99):0} ms | {times[^1]:0} ms | {(controller.Cpu - before).TotalMilliseconds / Runs:0.0} ms |");
        await output.WriteLineAsync();
        await output.WriteLineAsync($"target: p95 within {Target.TotalMilliseconds:0} ms: {(At(0.95) <= Target.TotalMilliseconds ? "held" : "MISSED")}");
        return At(0.95) <= Target.TotalMilliseconds;
    }

    private static async Task<TimeSpan> OnceAsync(ImageCluster cluster, string tag)
    {
        var seen = new TaskCompletionSource<long>(TaskCreationOptions.RunContinuationsAsynchronously);
        cluster.OnElected = (_, elected) =>
        {
            if (elected == tag)
            {
                seen.TrySetResult(Stopwatch.GetTimestamp());
            }
        };
        cluster.Registry.Add("app", tag);
        var begun = Stopwatch.GetTimestamp();
        await cluster.RequestAsync("app", tag);
        return Stopwatch.GetElapsedTime(begun, await seen.Task.WaitAsync(TimeSpan.FromSeconds(30), TimeProvider.System));
    }
}

using System.Diagnostics;

namespace GitOpsToolkit.Benchmarks.Images;

/// <summary>
/// 200 repositories of 5 000 tags, one semver policy each: the first scan of the million, then a rescan with one new tag each. The peer is
/// `skopeo list-tags`, which does a part of the work: it lists, and neither elects nor stores nor writes a status.
/// </summary>
internal sealed class ScanScenario : IScenario
{
    private static readonly int Repositories =
        int.Parse(Environment.GetEnvironmentVariable("SCAN_REPOSITORIES") ?? "200", System.Globalization.CultureInfo.InvariantCulture);

    private const int TagsOfEach = 5000;
    private const string Newest = "v1.49.99";
    private const string Next = "v1.50.0";

    public string Name => "scan";

    public string Title => $"{Repositories} repositories x {TagsOfEach} tags with a semver policy each, scanned and rescanned (S7)";

    public async Task<bool> RunAsync(TextWriter output)
    {
        await using var cluster = await ImageCluster.StartAsync();
        for (var i = 0; i < Repositories; i++)
        {
            cluster.Registry.Set($"team/app-{i}", Enumerable.Range(0, TagsOfEach).Select(tag => $"v1.{tag / 100}.{tag % 100}"));
        }

        await output.WriteLineAsync("| phase | wall | CPU of the controller | peak RSS | disk (bytes / 4 KiB blocks) |");
        await output.WriteLineAsync("|---|---|---|---|---|");

        // A process that has started pays for its code once; what a million tags cost is reckoned from there.
        cluster.Registry.Set("team/warm", Newest);
        await CreateAsync(cluster, "warm");
        using var controller = await cluster.StartControllerAsync();
        var watch = Stopwatch.StartNew();
        await cluster.ElectedByAllAsync(1, Newest);
        var start = await RowAsync("start, one tag elected", TimeSpan.Zero);

        watch.Restart();
        for (var i = 0; i < Repositories; i++)
        {
            await CreateAsync(cluster, $"app-{i}");
        }

        await cluster.ElectedByAllAsync(Repositories + 1, Newest);
        var first = await RowAsync("objects created, first scan", start);

        cluster.Registry.Set("team/warm", Newest, Next);
        await cluster.RequestAsync("warm", "1");
        watch.Restart();
        for (var i = 0; i < Repositories; i++)
        {
            cluster.Registry.Add($"team/app-{i}", Next);
            await cluster.RequestAsync($"app-{i}", "1");
        }

        await cluster.ElectedByAllAsync(Repositories + 1, Next);
        await RowAsync("rescan, one new tag each", first);
        await PeerAsync(cluster, first - start, output);
        return true;

        async Task<TimeSpan> RowAsync(string phase, TimeSpan before)
        {
            var wall = watch.Elapsed;
            var cpu = controller.Cpu;
            await output.WriteLineAsync(
                $"| {phase} | {wall.TotalSeconds:0.0} s | {(cpu - before).TotalSeconds:0.00} s | {controller.PeakMemory:0} MiB "
                + $"| {Disk.Bytes(cluster.Storage):0.0} / {Disk.Blocks(cluster.Storage):0.0} MiB |");
            return cpu;
        }
    }

    private static async Task CreateAsync(ImageCluster cluster, string name)
    {
        await cluster.CreateAsync("ImageRepository", name, $$"""{"image":"{{cluster.Registry.Host}}/team/{{name}}","interval":"1h"}""");
        await cluster.CreateAsync(
            "ImagePolicy", name, $$$$"""{"imageRepositoryRef":{"name":"{{{{name}}}}"},"policy":{"semver":{"range":">=1.0.0"}}}""");
    }

    private static async Task PeerAsync(ImageCluster cluster, TimeSpan ours, TextWriter output)
    {
        if (!(Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, "skopeo"))))
        {
            await output.WriteLineAsync("peer not measured: skopeo is not installed");
            return;
        }

        var before = MeasuredProcess.CpuOfEnded;
        var watch = Stopwatch.StartNew();
        for (var i = 0; i < Repositories; i++)
        {
            using var peer = Process.Start(Skopeo($"docker://{cluster.Registry.Host}/team/app-{i}"))!;
            var listed = (await peer.StandardOutput.ReadToEndAsync()).Split("\"v").Length - 1;
            await peer.WaitForExitAsync();
            if (listed != TagsOfEach + 1)
            {
                throw new InvalidOperationException($"skopeo listed {listed} tags: no figure");
            }
        }

        var cpu = MeasuredProcess.CpuOfEnded - before;
        await output.WriteLineAsync(
            $"| skopeo list-tags, {Repositories} times | {watch.Elapsed.TotalSeconds:0.0} s | {cpu.TotalSeconds:0.00} s | | |");
        await output.WriteLineAsync();
        await output.WriteLineAsync($"CPU of skopeo's listings / CPU of our first scan with store, election and status: x{cpu / ours:0.0}");
    }

    private static ProcessStartInfo Skopeo(string image)
    {
        var start = new ProcessStartInfo("skopeo") { RedirectStandardOutput = true };
        foreach (var argument in (string[])["list-tags", "--tls-verify=false", image])
        {
            start.ArgumentList.Add(argument);
        }

        return start;
    }
}

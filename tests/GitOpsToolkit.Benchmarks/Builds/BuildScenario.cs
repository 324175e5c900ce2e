using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;
using GitOpsToolkit.Kustomize;
using GitOpsToolkit.Kustomize.Loader;
using GitOpsToolkit.TestKit;
using GitOpsToolkit.Yaml;

namespace GitOpsToolkit.Benchmarks.Builds;

/// <summary>
/// Builds by a call in a warm process, as a controller makes them, and by <c>gitops kustomize build</c>, against the kustomize program. No figure
/// unless the three outputs are the same bytes. Nothing is taken off for the start of a process; the row of 4 objects shows what that costs.
/// </summary>
internal sealed class BuildScenario : IScenario
{
    private const int Pairs = 5;

    public string Name => "build";

    public string Title => "builds, in a warm process and as a command, against kustomize";

    public async Task<bool> RunAsync(TextWriter output)
    {
        var gitops = SourceTree.At("cli/bin/Release/net10.0/gitops");
        if (BuildProgram.Find("kustomize") is not { } kustomize || !File.Exists(gitops))
        {
            await output.WriteLineAsync("not measured: it takes kustomize (make tools) and the command (make gitops)");
            return true;
        }

        var peer = new BuildProgram(kustomize, "build");
        await output.WriteLineAsync("| objects | kustomize: wall, CPU, peak | warm call: wall, CPU, allocated | ratio (min-max) | `gitops kustomize build`: wall, CPU, peak | ratio |");
        await output.WriteLineAsync("|---|---|---|---|---|---|");
        Dictionary<int, double> walls = [];
        foreach (var objects in (int[])[4, 100, 1000, 2000])
        {
            using var folder = new TempDirectory();
            BuildInput.Write(folder.Path, objects);
            walls[objects] = await MeasureAsync(output, $"{objects}", folder.Path, "overlay", peer, new BuildProgram(gitops, "kustomize", "build"));
        }

        await output.WriteLineAsync($"\nexponent of the warm call between 1000 and 2000 objects: {Math.Log2(walls[2000] / walls[1000]):0.00}\n");
        await SlowestCasesAsync(output, peer);
        return true;
    }

    private static async Task<double> MeasureAsync(TextWriter output, string title, string root, string path, BuildProgram peer, BuildProgram command)
    {
        var directory = Path.Combine(root, path);
        var ours = Call(root, path);
        RequireSame(title, peer.Run(directory).Text, ours(), command.Run(directory).Text);
        // A controller's process is warm: until the code is compiled for good, calls only pay for that.
        var warm = Stopwatch.GetTimestamp();
        for (var calls = 0; calls < 60 || Stopwatch.GetElapsedTime(warm) < TimeSpan.FromSeconds(2); calls++)
        {
            ours();
        }

        var (inProcess, asCommand) = (new Ratios(), new Ratios());
        List<BuildCost> peers = [], calledOnes = [], commands = [];
        for (var pair = 0; pair < Pairs; pair++)
        {
            // A-B-C-C-B-A: no side always runs second.
            foreach (var side in pair % 2 == 0 ? "PCG" : "GCP")
            {
                (side == 'P' ? peers : side == 'C' ? calledOnes : commands).Add(side switch
                {
                    'P' => peer.Run(directory).Cost,
                    'C' => Cost(ours),
                    _ => command.Run(directory).Cost,
                });
            }

            inProcess.Add(peers[^1].Wall, calledOnes[^1].Wall);
            asCommand.Add(peers[^1].Wall, commands[^1].Wall);
        }

        var before = GC.GetAllocatedBytesForCurrentThread();
        ours();
        var allocated = (GC.GetAllocatedBytesForCurrentThread() - before) / 1048576.0;
        await output.WriteLineAsync(
            $"| {title} | {inProcess.Peer:0} ms, {Median(peers):0} ms, {peer.Memory(directory):0} MiB | {inProcess.Ours:0.0} ms, {Median(calledOnes):0.0} ms, {allocated:0.0} MiB "
            + $"| x{inProcess.Ratio:0} ({inProcess.Lowest:0}-{inProcess.Highest:0}) | {asCommand.Ours:0} ms, {Median(commands):0} ms, {command.Memory(directory):0} MiB | x{asCommand.Ratio:0.0} |");
        return inProcess.Ours;
    }

    /// <summary>The ten builds of public repositories that kustomize takes longest for.</summary>
    private static async Task SlowestCasesAsync(TextWriter output, BuildProgram peer)
    {
        if (Corpus.Find() is not { } corpus)
        {
            await output.WriteLineAsync("the real builds are not measured: the conformance corpora are absent");
            return;
        }

        await output.WriteLineAsync("| real build | kustomize | warm call | ratio |");
        await output.WriteLineAsync("|---|---|---|---|");
        foreach (var (name, build, _) in Directory.EnumerateDirectories(Path.Combine(corpus, "kustomize-realworld")).Select(Case).OrderByDescending(found => found.Milliseconds).Take(10))
        {
            var (root, directory) = (Path.Combine(corpus, "kustomize-realworld", name, "input"), Path.Combine(corpus, "kustomize-realworld", name, "input", build));
            var ours = Call(root, build);
            if (ours() != peer.Run(directory).Text)
            {
                await output.WriteLineAsync($"| {name} | the outputs differ: no figure | | |");
                continue;
            }

            for (var calls = 0; calls < 20; calls++)
            {
                ours();
            }

            var ratios = new Ratios();
            for (var pair = 0; pair < 3; pair++)
            {
                ratios.Add(peer.Run(directory).Cost.Wall, Cost(ours).Wall);
            }

            await output.WriteLineAsync($"| {name} | {ratios.Peer:0} ms | {ratios.Ours:0.0} ms | x{ratios.Ratio:0} |");
        }
    }

    private static (string Name, string Build, double Milliseconds) Case(string folder)
    {
        using var json = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "case.json")));
        var root = json.RootElement;
        // A case with flags is none that every user has; one that is refused has no build.
        var counts = root.GetProperty("args").GetArrayLength() == 0 && root.GetProperty("expect").GetString() == "ok";
        return (Path.GetFileName(folder), root.GetProperty("build").GetString()!, counts ? root.GetProperty("oracle_ms").GetDouble() : 0);
    }

    private static Func<string> Call(string root, string path)
    {
        var builder = new KustomizeBuilder(new DirectoryFileSource(root), new BuildOptions { GenerateMissing = false, LegacyOrder = true, FilesBelowKustomization = true });
        return () => YamlWriter.WriteAll(builder.Build(path).Resources.Select(resource => (JsonNode?)resource.Body), YamlWriterOptions.Sorted);
    }

    private static void RequireSame(string title, string peer, params string[] ours)
    {
        if (ours.Any(text => text != peer))
        {
            throw new InvalidOperationException($"the outputs for {title} differ: no figure");
        }
    }

    private static BuildCost Cost(Func<string> build)
    {
        var cpu = Environment.CpuUsage.TotalTime;
        var begun = Stopwatch.GetTimestamp();
        build();
        return new BuildCost(Stopwatch.GetElapsedTime(begun), Environment.CpuUsage.TotalTime - cpu);
    }

    private static double Median(List<BuildCost> costs) => costs.Select(cost => cost.Cpu.TotalMilliseconds).Order().ElementAt(costs.Count / 2);
}

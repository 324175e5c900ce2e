using System.Globalization;
using GitOpsToolkit.TestKit;

namespace GitOpsToolkit.Benchmarks.Images;

/// <summary>
/// The tag store alone against SQLite, each in a process of its own: the million tags of S7, and the store of promise a16, 5 000
/// repositories of 400 tags rescanned again and again. STORE_ROUNDS sets how often (20; the figures in the docs are of 1000).
/// </summary>
internal sealed class StoreScenario : IScenario
{
    public string Name => "store";

    public string Title => "packed files against SQLite (WAL, synchronous=NORMAL, a row a tag), both fed with the same packed lists";

    public async Task<bool> RunAsync(TextWriter output)
    {
        var rounds = int.Parse(Environment.GetEnvironmentVariable("STORE_ROUNDS") ?? "20", CultureInfo.InvariantCulture);
        await output.WriteLineAsync("| repositories x tags | store | phase | wall | CPU | allocated | RSS peak / now | disk (bytes / 4 KiB blocks) |");
        await output.WriteLineAsync("|---|---|---|---|---|---|---|---|");
        foreach (var (repositories, tags, turns) in ((int, int, int)[])[(200, 5000, 0), (5000, 400, rounds)])
        {
            foreach (var kind in (string[])["packed", "sqlite"])
            {
                // A row a tag is no candidate for a thousand rounds over two million: its first phases tell enough.
                await MeasureAsync(kind, repositories, tags, kind == "packed" ? turns : 0, output);
            }
        }

        return true;
    }

    private static async Task MeasureAsync(string kind, int repositories, int tags, int rounds, TextWriter output)
    {
        using var folder = new TempDirectory();
        using var child = MeasuredProcess.StartDotnet(
            "GitOpsToolkit.Benchmarks.dll", StoreChild.Argument, kind, folder.Path, $"{repositories}", $"{tags}", $"{rounds}");
        var before = TimeSpan.Zero;
        while (await child.Output.ReadLineAsync() is { } line)
        {
            var parts = line.Split('|');
            var cpu = child.Cpu;
            await output.WriteLineAsync(
                $"| {repositories} x {tags} | {kind} | {parts[0]} | {parts[1]} s | {(cpu - before).TotalSeconds:0.00} s | {parts[2]} MiB "
                + $"| {child.PeakMemory:0} / {child.PresentMemory:0} MiB | {Disk.Bytes(folder.Path):0.0} / {Disk.Blocks(folder.Path):0.0} MiB |");
            before = cpu;
            child.Input.WriteLine();
        }

        if (child.Wait() != 0)
        {
            throw new InvalidOperationException($"the {kind} store failed: no figure");
        }
    }
}

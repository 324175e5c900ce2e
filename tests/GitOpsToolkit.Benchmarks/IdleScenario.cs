using System.Diagnostics;
using System.Globalization;
using GitOpsToolkit.Sandbox;
using GitOpsToolkit.Sandbox.Clusters;
using GitOpsToolkit.TestKit;

namespace GitOpsToolkit.Benchmarks;

/// <summary>What `gitops-toolkit`, all four controllers in one process of its own, costs while nothing changes.</summary>
internal sealed class IdleScenario : IScenario
{
    private const int Runs = 3;
    private static readonly TimeSpan Settle = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(30);

    public string Name => "idle";

    public string Title => $"one process with four controllers, one object of each kind, idle; {Runs} windows of {Window.TotalSeconds:0} s: median (min-max)";

    public async Task<bool> RunAsync(TextWriter output)
    {
        await output.WriteLineAsync("| cluster | Git and registry polled every | RSS, MiB | of it private, MiB | CPU, % of a core | highest RSS since the start, MiB |");
        await output.WriteLineAsync("|---|---|---|---|---|---|");
        foreach (var (name, choice) in BenchCluster.All(output).ToList())
        {
            await MeasureAsync(name, choice, output);
        }

        await output.WriteLineAsync("\nno peer: Flux's controllers are not to be had as programs here");
        return true;
    }

    private static async Task MeasureAsync(string name, ClusterChoice choice, TextWriter output)
    {
        using var storage = new TempDirectory();
        Process? process = null;
        try
        {
            await using var cluster = await BenchCluster.StartAsync(choice, sandbox =>
            {
                process = Start(sandbox, storage.Path);
                return Task.CompletedTask;
            });
            foreach (var interval in (string[])["1s", "1m"])
            {
                await cluster.PollEveryAsync(interval);
                await Task.Delay(Settle);
                var (resident, own, cpu) = (new Sample(), new Sample(), new Sample());
                for (var run = 0; run < Runs; run++)
                {
                    var before = CpuSeconds(process!.Id);
                    var begun = Stopwatch.GetTimestamp();
                    await Task.Delay(Window);
                    cpu.Add((CpuSeconds(process.Id) - before) / Stopwatch.GetElapsedTime(begun).TotalSeconds * 100);
                    resident.Add(Status(process.Id, "VmRSS"));
                    own.Add(Status(process.Id, "RssAnon"));
                }

                await output.WriteLineAsync(
                    $"| {name} | {interval} | {resident.Text()} | {own.Text()} | {cpu.Text("0.00")} | {Status(process!.Id, "VmHWM"):0} |");
            }
        }
        finally
        {
            process?.Kill();
            process?.WaitForExit();
            process?.Dispose();
        }
    }

    private static Process Start(SandboxEnvironment sandbox, string storage)
    {
        var start = new ProcessStartInfo(
            Manager.Path,
            [
                "--kubeconfig", sandbox.KubeconfigPath, "--storage-path", storage, "--storage-addr", "127.0.0.1:19790", "--storage-adv-addr", "127.0.0.1:19790",
                "--metrics-addr", "0", "--health-addr", "0", "--log-level", "error",
            ])
        { RedirectStandardError = false };
        return Process.Start(start)!;
    }

    /// <summary>Processor time of all threads, from the 14th and 15th field of /proc/ID/stat, in hundredths of a second.</summary>
    private static double CpuSeconds(int id)
    {
        var fields = File.ReadAllText($"/proc/{id}/stat").Split(") ")[^1].Split(' ');
        return (long.Parse(fields[11], CultureInfo.InvariantCulture) + long.Parse(fields[12], CultureInfo.InvariantCulture)) / 100.0;
    }

    private static double Status(int id, string field) => File.ReadLines($"/proc/{id}/status")
        .Where(line => line.StartsWith(field + ":", StringComparison.Ordinal))
        .Select(line => double.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2].Split('\t')[^1], CultureInfo.InvariantCulture) / 1024)
        .Single();
}

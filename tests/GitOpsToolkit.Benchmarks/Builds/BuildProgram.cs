using System.Diagnostics;

namespace GitOpsToolkit.Benchmarks.Builds;

/// <summary>What one run of a program cost, its start included.</summary>
internal sealed record BuildCost(TimeSpan Wall, TimeSpan Cpu);

/// <summary>A program that is asked as <c>PROGRAM ARGUMENTS DIRECTORY</c> and prints manifests.</summary>
internal sealed class BuildProgram(string file, params string[] arguments)
{
    /// <summary>The program of this name, in <c>PATH</c> or where <c>tests/tools.sh</c> puts it; null where there is none.</summary>
    internal static string? Find(string name)
    {
        var tools = Environment.GetEnvironmentVariable("GITOPS_TOOLS") ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache/gitops-toolkit/tools");
        return (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Prepend(Path.Combine(tools, "bin")).Select(folder => Path.Combine(folder, name))
            .FirstOrDefault(File.Exists);
    }

    internal (string Text, BuildCost Cost) Run(string directory)
    {
        var cpu = MeasuredProcess.CpuOfEnded;
        var begun = Stopwatch.GetTimestamp();
        using var process = MeasuredProcess.Start(file, [.. arguments, directory]);
        var text = process.Output.ReadToEnd();
        return process.Wait() == 0
            ? (text, new BuildCost(Stopwatch.GetElapsedTime(begun), MeasuredProcess.CpuOfEnded - cpu))
            : throw new InvalidOperationException($"{file} failed in {directory}");
    }

    /// <summary>The most memory that a run had, in MiB: a run of its own, as looking costs time.</summary>
    internal double Memory(string directory)
    {
        using var process = MeasuredProcess.Start(file, [.. arguments, directory]);
        var reading = process.Output.ReadToEndAsync();
        var peak = 0.0;
        while (true)
        {
            try
            {
                peak = Math.Max(peak, process.PeakMemory);
            }
            catch (Exception gone) when (gone is IOException or InvalidOperationException)
            {
                break;
            }

            Thread.Sleep(1);
        }

        reading.Wait();
        return peak;
    }
}

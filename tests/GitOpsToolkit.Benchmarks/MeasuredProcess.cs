using System.Diagnostics;
using System.Globalization;

namespace GitOpsToolkit.Benchmarks;

/// <summary>A process whose processor time and memory are read from /proc. Disposal ends it.</summary>
internal sealed class MeasuredProcess : IDisposable
{
    private readonly Process process;

    private MeasuredProcess(Process process) => this.process = process;

    /// <summary>Processor time of user and system so far.</summary>
    public TimeSpan Cpu => Times($"{process.Id}", 11);

    /// <summary>Processor time of all processes that this one started and that have ended.</summary>
    public static TimeSpan CpuOfEnded => Times("self", 13);

    /// <summary>The most memory that was resident, in MiB.</summary>
    public double PeakMemory => Memory("VmHWM:");

    /// <summary>The memory that is resident, in MiB.</summary>
    public double PresentMemory => Memory("VmRSS:");

    public TextReader Output => process.StandardOutput;

    public TextWriter Input => process.StandardInput;

    public int Wait()
    {
        process.WaitForExit();
        return process.ExitCode;
    }

    /// <summary>Starts a .NET program that lies beside this one.</summary>
    public static MeasuredProcess StartDotnet(string assembly, params IEnumerable<string> arguments) =>
        Start("dotnet", [Path.Combine(AppContext.BaseDirectory, assembly), .. arguments]);

    public static MeasuredProcess Start(string program, params IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(program) { RedirectStandardOutput = true, RedirectStandardInput = true };
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        return new MeasuredProcess(Process.Start(start)!);
    }

    public void Dispose()
    {
        if (!process.HasExited)
        {
            process.Kill();
            process.WaitForExit();
        }

        process.Dispose();
    }

    /// <summary>Two neighbouring fields of /proc/PID/stat, counted from behind the name in brackets, which may hold blanks; in ticks of 10 ms.</summary>
    private static TimeSpan Times(string process, int field)
    {
        var text = File.ReadAllText($"/proc/{process}/stat");
        var fields = text[(text.LastIndexOf(')') + 2)..].Split(' ');
        return TimeSpan.FromMilliseconds(10 * (Number(fields[field]) + Number(fields[field + 1])));
    }

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);

    private double Memory(string field) => Number(
        File.ReadLines($"/proc/{process.Id}/status").First(line => line.StartsWith(field, StringComparison.Ordinal))
            .Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2].Split('\t')[^1]) / 1024;
}

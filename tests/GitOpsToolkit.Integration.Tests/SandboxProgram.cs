using System.Diagnostics;
using GitOpsToolkit.Sandbox;
using GitOpsToolkit.Sandbox.Clusters;

namespace GitOpsToolkit.Integration.Tests;

/// <summary>The <c>gitops sandbox</c> program, in this process or as one of its own.</summary>
internal static class SandboxProgram
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(6);

    public static async Task<int> RunInProcessAsync(string state, TextWriter output)
    {
        using var deadline = new CancellationTokenSource(Deadline);
        return await SandboxRun.RunAsync(
            new SandboxRunOptions { Story = true, Once = true, StateDirectory = state, Cluster = TestCluster.Choice, Kubeconfig = TestCluster.Kubeconfig }, output, TimeProvider.System, deadline.Token);
    }

    /// <summary>Starts the program; the caller ends it.</summary>
    public static Process Start(string state, List<string> output)
    {
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "gitops"))
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var argument in (string[])["sandbox", "--story", "--once", "--state", state, "--cluster", TestCluster.Choice == ClusterChoice.Real ? "real" : "embedded"])
        {
            start.ArgumentList.Add(argument);
        }

        var process = Process.Start(start)!;
        DataReceivedEventHandler keep = (_, line) =>
        {
            lock (output)
            {
                output.Add(line.Data ?? "");
            }
        };
        process.OutputDataReceived += keep;
        process.ErrorDataReceived += keep;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }

    public static async Task<int> WaitAsync(Process process)
    {
        using var deadline = new CancellationTokenSource(Deadline);
        await process.WaitForExitAsync(deadline.Token);
        return process.ExitCode;
    }
}

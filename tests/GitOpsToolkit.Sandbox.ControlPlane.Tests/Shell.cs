using System.Diagnostics;
using GitOpsToolkit.TestKit;

namespace GitOpsToolkit.Sandbox.ControlPlanes.Tests;

/// <summary>A script that runs with an environment of its own.</summary>
internal sealed class Shell : IDisposable
{
    private readonly Task<string> _output;
    private readonly Task<string> _errors;

    private Shell(Process process)
    {
        Process = process;
        _output = process.StandardOutput.ReadToEndAsync();
        _errors = process.StandardError.ReadToEndAsync();
    }

    public Process Process { get; }

    /// <summary>The checkout's folder tests/cluster.</summary>
    public static string Scripts => SourceTree.At("tests/cluster");

    public static Shell Start(string script, IReadOnlyDictionary<string, string> environment, params string[] arguments)
    {
        var start = new ProcessStartInfo("bash", [script, .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment.Remove("KUBECONFIG");
        start.Environment.Remove("KUBEBUILDER_ASSETS");
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        return new Shell(Process.Start(start)!);
    }

    public static async Task<(int Code, string Output, string Errors)> RunAsync(
        string script, IReadOnlyDictionary<string, string> environment, params string[] arguments)
    {
        using var shell = Start(script, environment, arguments);
        return await shell.EndAsync();
    }

    public async Task<(int Code, string Output, string Errors)> EndAsync()
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromMinutes(3));
        await Process.WaitForExitAsync(deadline.Token);
        return (Process.ExitCode, (await _output).Trim(), await _errors);
    }

    public void Dispose() => Process.Dispose();
}

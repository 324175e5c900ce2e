using System.Diagnostics;

namespace GitOpsToolkit.Sandbox.Git;

/// <summary>Starts git with an argument list and an environment that holds nothing of ours but PATH.</summary>
internal static class GitProcess
{
    private static readonly TimeSpan s_commandDeadline = TimeSpan.FromSeconds(30);

    public static Process Start(IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string> environment, string? directory = null)
    {
        var start = new ProcessStartInfo("git")
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = directory ?? "",
        };
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment.Clear();
        start.Environment["PATH"] = Environment.GetEnvironmentVariable("PATH") ?? "/usr/local/bin:/usr/bin:/bin";
        start.Environment["LC_ALL"] = "C.UTF-8";
        start.Environment["GIT_CONFIG_NOSYSTEM"] = "1";
        start.Environment["GIT_CONFIG_GLOBAL"] = "/dev/null";
        start.Environment["GIT_TERMINAL_PROMPT"] = "0";
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        return Process.Start(start) ?? throw new InvalidOperationException("git did not start.");
    }

    /// <summary>Runs git to its end and gives its output.</summary>
    /// <exception cref="InvalidOperationException">git failed; the message holds its own.</exception>
    public static async Task<string> RunAsync(IReadOnlyList<string> arguments, string? directory, TimeProvider time, CancellationToken cancel)
    {
        using var deadline = new CancellationTokenSource(s_commandDeadline, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, deadline.Token);
        using var process = Start(arguments, new Dictionary<string, string>(), directory);
        try
        {
            process.StandardInput.Close();
            var output = process.StandardOutput.ReadToEndAsync(either.Token);
            var error = await process.StandardError.ReadToEndAsync(either.Token);
            await process.WaitForExitAsync(either.Token);
            return process.ExitCode == 0
                ? await output
                : throw new InvalidOperationException($"git {arguments[0]} ended with {process.ExitCode}: {error.Trim()}");
        }
        finally
        {
            Kill(process);
        }
    }

    /// <summary>Ends the process and its children where they still run.</summary>
    public static void Kill(Process process)
    {
        try
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }
        catch (InvalidOperationException)
        {
            // It ended in between.
        }
    }
}

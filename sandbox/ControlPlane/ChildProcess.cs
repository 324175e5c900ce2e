using System.ComponentModel;
using System.Diagnostics;

namespace GitOpsToolkit.Sandbox.ControlPlanes;

/// <summary>A program that runs beside this process and ends with it, however this one ends. What it prints goes to a file.</summary>
internal sealed class ChildProcess : IAsyncDisposable
{
    private const int TailLines = 12;

    private readonly Process _process;
    private readonly string _program;
    private readonly string _log;
    private readonly Task _printed;
    private volatile bool _disposed;

    private ChildProcess(Process process, string program, string log)
    {
        _process = process;
        _program = Path.GetFileName(program);
        _log = log;
        var file = TextWriter.Synchronized(new StreamWriter(log, append: true) { AutoFlush = true });
        _printed = CopyAllAsync(file);
    }

    /// <summary>The process's id.</summary>
    public int Id => _process.Id;

    /// <summary>Starts a program with an environment that holds nothing of ours but PATH and HOME.</summary>
    public static async Task<ChildProcess> StartAsync(
        string program, IReadOnlyList<string> arguments, string log, IReadOnlyDictionary<string, string>? environment = null)
    {
        // setpriv is part of every Linux distribution's base system; without it a killed parent leaves its children behind.
        string[] guard = FindSetpriv() is { } setpriv ? [setpriv, "--pdeathsig", "KILL", "--"] : [];
        string[] command = [.. guard, program, .. arguments];
        var start = new ProcessStartInfo(command[0], command[1..]) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var name in start.Environment.Keys.Where(name => name is not ("PATH" or "HOME")).ToList())
        {
            start.Environment.Remove(name);
        }

        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }

        try
        {
            return new(await LastingThread.RunAsync(() => Process.Start(start)!), program, log);
        }
        catch (Win32Exception error)
        {
            throw new ControlPlaneException($"{program} cannot be started: {error.Message}", error);
        }
    }

    /// <summary>Waits for a condition; ends early when the program ended.</summary>
    /// <exception cref="ControlPlaneException">The program ended, or the condition did not come in time.</exception>
    public async Task WaitAsync(Func<CancellationToken, Task<bool>> condition, string what, TimeSpan deadline, TimeProvider time, CancellationToken cancellation)
    {
        using var timer = new CancellationTokenSource(deadline, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, cancellation);
        try
        {
            while (!await condition(either.Token))
            {
                if (_process.HasExited)
                {
                    throw await EndAsync($"before {what}");
                }

                await Task.Delay(TimeSpan.FromMilliseconds(20), time, either.Token);
            }
        }
        catch (OperationCanceledException error) when (!cancellation.IsCancellationRequested)
        {
            throw new ControlPlaneException($"{_program}: not within {deadline.TotalSeconds:0} s: {what}; {Tail()}", error);
        }
    }

    /// <summary>Waits until the program ended, and throws what it said.</summary>
    public async Task EndedAsync()
    {
        await _process.WaitForExitAsync();
        if (!_disposed)
        {
            throw await EndAsync("while it was needed");
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _disposed = true;
        try
        {
            _process.Kill();
        }
        catch (InvalidOperationException)
        {
            // It ended in between.
        }

        await _process.WaitForExitAsync();
        await _printed;
        _process.Dispose();
    }

    private static string? FindSetpriv() => OperatingSystem.IsLinux()
        ? (Environment.GetEnvironmentVariable("PATH") ?? "/usr/bin").Split(Path.PathSeparator)
            .Select(folder => Path.Combine(folder, "setpriv")).FirstOrDefault(File.Exists)
        : null;

    private async Task CopyAllAsync(TextWriter file)
    {
        await using (file)
        {
            await Task.WhenAll(CopyAsync(_process.StandardOutput, file), CopyAsync(_process.StandardError, file));
        }
    }

    private static async Task CopyAsync(StreamReader from, TextWriter to)
    {
        while (await from.ReadLineAsync() is { } line)
        {
            await to.WriteLineAsync(line);
        }
    }

    private async Task<ControlPlaneException> EndAsync(string when)
    {
        await _printed;
        return new ControlPlaneException($"{_program} ended with code {_process.ExitCode} {when}; {Tail()}");
    }

    private string Tail()
    {
        using var reader = new StreamReader(new FileStream(_log, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        var lines = reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        return $"the end of {_log}:\n{string.Join('\n', lines.TakeLast(TailLines))}";
    }
}

using System.Diagnostics;

namespace GitOpsToolkit.TestKit;

/// <summary>A program of others that some tests use as a peer, and what it takes to have it.</summary>
/// <param name="Name">What it is called.</param>
public sealed record PeerProgram(string Name)
{
    /// <summary>Signs as sigstore does.</summary>
    public static readonly PeerProgram Cosign = new("cosign");

    /// <summary>Signs as the Notary Project does.</summary>
    public static readonly PeerProgram Notation = new("notation");

    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(3);

    /// <summary>Why tests on it are skipped where it is absent.</summary>
    public string Missing => $"{Name} is not on PATH: make tools takes it from Debian's packages, where that can be";

    /// <summary>Whether it is there.</summary>
    public bool IsInstalled => Find() is not null;

    /// <summary>Runs it and gives what it wrote; fails where it does.</summary>
    public async Task<string> RunAsync(string folder, IReadOnlyDictionary<string, string> environment, params string[] arguments)
    {
        var start = new ProcessStartInfo(Find() ?? throw new InvalidOperationException(Missing), arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = folder,
        };
        start.Environment["HOME"] = folder;
        foreach (var (key, value) in environment)
        {
            start.Environment[key] = value;
        }

        using var process = Process.Start(start)!;
        using var deadline = new CancellationTokenSource(Deadline);
        var output = process.StandardOutput.ReadToEndAsync(deadline.Token);
        var errors = process.StandardError.ReadToEndAsync(deadline.Token);
        await process.WaitForExitAsync(deadline.Token);
        return process.ExitCode == 0
            ? await output
            : throw new InvalidOperationException($"{Name} {string.Join(' ', arguments)}: {await output}{await errors}");
    }

    private string? Find()
    {
        var tools = Environment.GetEnvironmentVariable("GITOPS_TOOLS")
            ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache/gitops-toolkit/tools");
        return (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Append(Path.Combine(tools, "bin"))
            .Select(folder => Path.Combine(folder, Name)).FirstOrDefault(File.Exists);
    }
}

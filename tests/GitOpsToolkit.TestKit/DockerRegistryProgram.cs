using System.Diagnostics;

namespace GitOpsToolkit.TestKit;

/// <summary>Debian's docker-registry, run on loopback with a folder of its own until disposed of.</summary>
public sealed class DockerRegistryProgram : IAsyncDisposable
{
    /// <summary>Why tests on it are skipped where the program is absent.</summary>
    public const string Missing = "docker-registry is not installed (Debian: apt-get install docker-registry, or make tools)";

    private readonly Process process;
    private readonly TempDirectory folder;

    private DockerRegistryProgram(Process process, TempDirectory folder, int port)
    {
        this.process = process;
        this.folder = folder;
        Host = $"127.0.0.1:{port}";
    }

    /// <summary>Whether the program is there.</summary>
    public static bool IsInstalled => Find() is not null;

    /// <summary>Host and port.</summary>
    public string Host { get; }

    /// <summary>Starts it and waits until it listens.</summary>
    /// <param name="settings">Further lines of its configuration, and files beside it by name; <c>$FOLDER</c> stands for the folder.</param>
    /// <param name="tls">The lines below <c>http.tls</c>; null for plain HTTP.</param>
    /// <param name="files">Files that the settings name, by name.</param>
    public static async Task<DockerRegistryProgram> StartAsync(
        string settings = "", string? tls = null, IReadOnlyDictionary<string, string>? files = null)
    {
        var executable = Find() ?? throw new InvalidOperationException(Missing);
        var home = new TempDirectory();
        var port = ToolFolder.FreePort();
        foreach (var (name, content) in files ?? new Dictionary<string, string>())
        {
            await File.WriteAllTextAsync(home[name], content);
        }

        var configuration = $"""
            version: 0.1
            log:
              level: error
            storage:
              filesystem:
                rootdirectory: $FOLDER/data
              delete:
                enabled: true
            http:
              addr: "127.0.0.1:{port}"
            {(tls is null ? "" : $"  tls:\n    {tls.ReplaceLineEndings("\n    ")}")}
            {settings}
            """;
        await File.WriteAllTextAsync(home["config.yml"], configuration.Replace("$FOLDER", home.Path, StringComparison.Ordinal));
        var start = new ProcessStartInfo(executable, ["serve", home["config.yml"]]) { RedirectStandardOutput = true, RedirectStandardError = true };
        var program = Process.Start(start)!;
        program.OutputDataReceived += static (_, _) => { };
        program.ErrorDataReceived += static (_, _) => { };
        program.BeginOutputReadLine();
        program.BeginErrorReadLine();
        var registry = new DockerRegistryProgram(program, home, port);
        await Eventually.TrueAsync(() => program.HasExited || ToolFolder.Listens(port), "docker-registry listens");
        return program.HasExited ? throw new InvalidOperationException("docker-registry ended at once; is its configuration right?") : registry;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        process.Kill();
        await process.WaitForExitAsync();
        process.Dispose();
        folder.Dispose();
    }

    private static string? Find() => ToolFolder.Find("docker-registry");
}

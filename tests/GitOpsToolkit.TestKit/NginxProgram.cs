using System.Diagnostics;

namespace GitOpsToolkit.TestKit;

/// <summary>Debian's nginx on loopback, as a child with a folder of its own until disposed of.</summary>
public sealed class NginxProgram : IAsyncDisposable
{
    /// <summary>Why tests on it are skipped where the program is absent.</summary>
    public const string Missing = "nginx is not there (Debian: make tools)";

    private readonly Process process;
    private readonly TempDirectory folder;

    private NginxProgram(Process process, TempDirectory folder, int port) => (this.process, this.folder, Port) = (process, folder, port);

    /// <summary>Whether the program is there.</summary>
    public static bool IsInstalled => ToolFolder.Find("nginx") is not null;

    /// <summary>The port on 127.0.0.1.</summary>
    public int Port { get; }

    /// <summary>Starts it and waits until it listens.</summary>
    /// <param name="server">The lines of its one server; <c>$FOLDER</c> and <c>$PORT</c> stand for its own.</param>
    /// <param name="files">Files that the lines name, by name.</param>
    public static async Task<NginxProgram> StartAsync(string server, IReadOnlyDictionary<string, string> files)
    {
        var home = new TempDirectory();
        var port = ToolFolder.FreePort();
        foreach (var (name, content) in files)
        {
            await File.WriteAllTextAsync(home[name], content);
        }

        var temporary = string.Concat(new[] { "client_body", "proxy", "fastcgi", "uwsgi", "scgi" }.Select(kind => $"  {kind}_temp_path {home[kind]};\n"));
        await File.WriteAllTextAsync(home["nginx.conf"], $$"""
            daemon off;
            master_process off;
            pid {{home["pid"]}};
            error_log stderr warn;
            events { }
            http {
              access_log off;
            {{temporary}}
              server {
                {{server.Replace("$FOLDER", home.Path, StringComparison.Ordinal).Replace("$PORT", $"{port}", StringComparison.Ordinal)}}
              }
            }
            """);
        var start = new ProcessStartInfo(ToolFolder.Find("nginx")!, ["-p", home.Path, "-e", "stderr", "-c", home["nginx.conf"]]) { RedirectStandardError = true };
        var program = Process.Start(start)!;
        var said = new List<string?>();
        program.ErrorDataReceived += (_, line) => said.Add(line.Data);
        program.BeginErrorReadLine();
        var nginx = new NginxProgram(program, home, port);
        await Eventually.TrueAsync(() => program.HasExited || ToolFolder.Listens(port), "nginx listens");
        return program.HasExited ? throw new InvalidOperationException($"nginx ended at once: {string.Join('\n', said)}") : nginx;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        process.Kill(entireProcessTree: true);
        await process.WaitForExitAsync();
        process.Dispose();
        folder.Dispose();
    }
}

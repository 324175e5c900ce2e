using System.Diagnostics;
using System.Text;

namespace GitOpsToolkit.TestKit;

/// <summary>
/// Debian's sshd on loopback, as a child without rights, with host keys, users and configuration of its own. Its one user is <c>git</c>, whom
/// libnss-wrapper lends this process' account; the repositories are below its folder.
/// </summary>
public sealed class SshServerProgram : IAsyncDisposable
{
    /// <summary>Why tests on it are skipped where something is absent.</summary>
    public const string Missing = "sshd, libnss-wrapper or setpriv is not there (Debian: make tools)";

    private const int Nobody = 65534;

    private readonly Process process;
    private readonly TempDirectory folder;
    private readonly StringBuilder log;

    private SshServerProgram(Process process, TempDirectory folder, StringBuilder log, int port)
    {
        (this.process, this.folder, this.log) = (process, folder, log);
        Port = port;
    }

    /// <summary>Whether all that it takes is there.</summary>
    public static bool IsInstalled => ToolFolder.Find("sshd") is not null && Wrapper() is not null
        && ToolFolder.Find("ssh-keygen") is not null && ToolFolder.Find("setpriv") is not null;

    /// <summary>The port on 127.0.0.1.</summary>
    public int Port { get; }

    /// <summary>What sshd said so far.</summary>
    public string Log
    {
        get
        {
            lock (log)
            {
                return log.ToString();
            }
        }
    }

    /// <summary>A file or folder of its own.</summary>
    public string this[string name] => folder[name];

    /// <summary>Makes a key pair and gives the private key's text; the public one is beside it.</summary>
    public static async Task<string> NewKeyAsync(string path, params string[] arguments)
    {
        await RunAsync(ToolFolder.Find("ssh-keygen")!, ["-q", "-f", path, .. arguments.Contains("-N") ? arguments : ["-N", "", .. arguments]]);
        return await File.ReadAllTextAsync(path);
    }

    /// <summary>Runs a program to its end and gives its output.</summary>
    public static async Task<string> RunAsync(string program, IEnumerable<string> arguments)
    {
        using var run = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var (output, error) = (run.StandardOutput.ReadToEndAsync(), run.StandardError.ReadToEndAsync());
        await run.WaitForExitAsync();
        return run.ExitCode == 0 ? await output : throw new InvalidOperationException($"{program}: {await error}");
    }

    /// <summary>Starts it and waits until it listens.</summary>
    /// <param name="hostKeys">Types of host keys, such as <c>ed25519</c>.</param>
    /// <param name="settings">Further lines of its configuration; <c>$FOLDER</c> stands for its folder.</param>
    /// <param name="prepare">What else to put into its folder once the host keys are there.</param>
    public static async Task<SshServerProgram> StartAsync(string[] hostKeys, string settings = "", Func<TempDirectory, Task>? prepare = null)
    {
        var home = new TempDirectory();
        var port = ToolFolder.FreePort();
        foreach (var type in hostKeys)
        {
            await NewKeyAsync(home[$"host_{type}"], "-t", type);
        }

        await File.WriteAllTextAsync(home["authorized_keys"], "");
        Directory.CreateDirectory(home["repositories"]);
        var uid = Environment.IsPrivilegedProcess ? Nobody : int.Parse(await RunAsync("id", ["-u"]), System.Globalization.CultureInfo.InvariantCulture);
        await File.WriteAllTextAsync(home["passwd"], $"root:x:0:0::/:/bin/sh\ngit:x:{uid}:{uid}::{home.Path}:/bin/sh\n");
        await File.WriteAllTextAsync(home["group"], $"root:x:0:\ngit:x:{uid}:\n");
        await File.WriteAllTextAsync(home["sshd_config"], $"""
            ListenAddress 127.0.0.1
            Port {port}
            {string.Join('\n', hostKeys.Select(type => $"HostKey {home[$"host_{type}"]}"))}
            PidFile none
            UsePAM no
            StrictModes no
            PasswordAuthentication no
            KbdInteractiveAuthentication no
            AuthorizedKeysFile {home["authorized_keys"]}
            AcceptEnv GIT_PROTOCOL
            SetEnv GIT_CONFIG_COUNT=2 GIT_CONFIG_KEY_0=safe.directory GIT_CONFIG_VALUE_0=* GIT_CONFIG_KEY_1=receive.advertisePushOptions GIT_CONFIG_VALUE_1=true
            LogLevel VERBOSE
            {settings.Replace("$FOLDER", home.Path, StringComparison.Ordinal)}

            """);
        await (prepare?.Invoke(home) ?? Task.CompletedTask);
        await OpenAsync(home.Path);
        string[] command = [ToolFolder.Find("sshd")!, "-D", "-e", "-f", home["sshd_config"]];
        if (Environment.IsPrivilegedProcess)
        {
            // Below root's own folder nobody else gets at a program.
            File.Copy(command[0], home["sshd"]);
            command[0] = home["sshd"];
            command = [ToolFolder.Find("setpriv")!, $"--reuid={uid}", $"--regid={uid}", "--clear-groups", .. command];
        }

        var (program, log) = Start(command, home);
        var server = new SshServerProgram(program, home, log, port);
        await Eventually.TrueAsync(() => program.HasExited || ToolFolder.Listens(port), "sshd listens");
        return program.HasExited ? throw new InvalidOperationException($"sshd ended at once: {server.Log}") : server;
    }

    /// <summary>Lets sshd, which may be another account, read and write what was just made in the folder; private host keys stay readable to it.</summary>
    public Task OpenAsync() => OpenAsync(folder.Path);

    /// <summary>The line of known_hosts that pins a host key.</summary>
    public async Task<string> KnownHostAsync(string type)
    {
        var words = (await File.ReadAllTextAsync(folder[$"host_{type}.pub"])).Split(' ');
        return $"[127.0.0.1]:{Port} {words[0]} {words[1]}\n";
    }

    /// <summary>Lets who has a key in.</summary>
    /// <param name="publicKey">The text of the .pub file.</param>
    public Task AllowAsync(string publicKey) => File.AppendAllTextAsync(folder["authorized_keys"], publicKey);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        process.Kill(entireProcessTree: true);
        await process.WaitForExitAsync();
        process.Dispose();
        folder.Dispose();
    }

    private static async Task OpenAsync(string path) => await RunAsync("chmod", ["-R", "a+rwX", path]);

    private static string? Wrapper() => new[] { ToolFolder.Libraries, "/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu" }
        .Select(place => Path.Combine(place, "libnss_wrapper.so")).FirstOrDefault(File.Exists);

    private static (Process Process, StringBuilder Log) Start(string[] command, TempDirectory home)
    {
        var libraries = home["lib"];
        Directory.CreateDirectory(libraries);
        foreach (var file in Directory.Exists(ToolFolder.Libraries) ? Directory.GetFiles(ToolFolder.Libraries) : [])
        {
            File.Copy(file, Path.Combine(libraries, Path.GetFileName(file)));
        }

        var wrapper = Path.Combine(libraries, "libnss_wrapper.so");
        var start = new ProcessStartInfo(command[0], command[1..]) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["LD_LIBRARY_PATH"] = libraries;
        start.Environment["LD_PRELOAD"] = File.Exists(wrapper) ? wrapper : Wrapper()!;
        start.Environment["NSS_WRAPPER_PASSWD"] = home["passwd"];
        start.Environment["NSS_WRAPPER_GROUP"] = home["group"];
        var said = new StringBuilder();
        var program = Process.Start(start)!;
        void Note(object sender, DataReceivedEventArgs line)
        {
            lock (said)
            {
                said.AppendLine(line.Data);
            }
        }

        program.OutputDataReceived += Note;
        program.ErrorDataReceived += Note;
        program.BeginOutputReadLine();
        program.BeginErrorReadLine();
        return (program, said);
    }
}

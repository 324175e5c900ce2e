using System.Diagnostics;

namespace GitOpsToolkit.TestKit;

/// <summary>GnuPG with a home of its own: makes keys as users do, and is what <c>git verify-commit</c> asks.</summary>
public sealed class GpgProgram : IDisposable
{
    /// <summary>Why tests on it are skipped where it is absent.</summary>
    public const string Missing = "gpg is not there (Debian: make tools)";

    private readonly TempDirectory folder = new();

    /// <summary>Makes the home.</summary>
    public GpgProgram()
    {
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(folder.Path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    /// <summary>Whether it is there.</summary>
    public static bool IsInstalled => ToolFolder.Find("gpg") is not null;

    /// <summary>The home, for <c>GNUPGHOME</c>.</summary>
    public string Home => folder.Path;

    /// <summary>Makes a key and gives its fingerprint.</summary>
    /// <param name="algorithm">For example <c>rsa2048</c>, <c>ed25519</c>.</param>
    /// <param name="passphrase">Protects it; empty for none.</param>
    /// <param name="usage">For example <c>sign</c>, <c>cert</c>.</param>
    /// <param name="expires"><c>0</c> for never, or for example <c>1d</c>.</param>
    /// <param name="more">Further arguments, such as <c>--faked-system-time</c>.</param>
    public async Task<string> NewKeyAsync(string algorithm, string passphrase = "", string usage = "sign", string expires = "0", params string[] more)
    {
        var status = await RunAsync(
            [.. more, "--passphrase", passphrase, "--status-fd", "1", "--quick-gen-key", $"Robot {Guid.NewGuid():N} <robot@example.com>", algorithm, usage, expires]);
        return status.Split('\n').First(line => line.Contains("KEY_CREATED", StringComparison.Ordinal)).Split(' ')[^1];
    }

    /// <summary>The private key, armoured.</summary>
    public Task<string> ExportAsync(string passphrase, params string[] fingerprints) =>
        RunAsync(["--passphrase", passphrase, "--armor", "--export-secret-keys", .. fingerprints]);

    /// <summary>Runs gpg and gives its output.</summary>
    public async Task<string> RunAsync(params string[] arguments)
    {
        var start = new ProcessStartInfo(ToolFolder.Find("gpg")!, ["--batch", "--no-tty", "--pinentry-mode", "loopback", .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["GNUPGHOME"] = Home;
        using var run = Process.Start(start)!;
        var (output, error) = (run.StandardOutput.ReadToEndAsync(), run.StandardError.ReadToEndAsync());
        await run.WaitForExitAsync();
        return run.ExitCode == 0 ? await output : throw new InvalidOperationException($"gpg {string.Join(' ', arguments)}: {await error}");
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // Its agent outlives it, and looks for its folder now and then.
        using (var end = Process.Start(new ProcessStartInfo("gpgconf", ["--homedir", Home, "--kill", "all"]) { RedirectStandardError = true }))
        {
            end?.WaitForExit();
        }

        folder.Dispose();
    }
}

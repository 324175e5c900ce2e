using System.Diagnostics;
using System.Text.Json;

namespace GitOpsToolkit.TestKit;

/// <summary>The kubectl of this machine, if it has one. Debian's is old (1.20), so tests say what they need.</summary>
public static class KubectlProgram
{
    private static readonly Lazy<int?> Minor = new(ReadMinor);

    /// <summary>Null where kubectl 1.<paramref name="minor"/> or later is at hand; else why a test on it is skipped.</summary>
    public static string? Missing(int minor) => Minor.Value switch
    {
        null => "kubectl is not on PATH: install it (make tools) to run the tests that use it.",
        { } found when found < minor => $"kubectl is 1.{found}, this needs 1.{minor} or later.",
        _ => null,
    };

    private static int? ReadMinor()
    {
        var start = new ProcessStartInfo("kubectl") { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in (string[])["version", "--client", "-o", "json"])
        {
            start.ArgumentList.Add(argument);
        }

        try
        {
            using var process = Process.Start(start)!;
            using var json = JsonDocument.Parse(process.StandardOutput.ReadToEnd());
            process.WaitForExit();
            var minor = json.RootElement.GetProperty("clientVersion").GetProperty("minor").GetString()!;
            return int.Parse(minor.TrimEnd('+'));
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }
}

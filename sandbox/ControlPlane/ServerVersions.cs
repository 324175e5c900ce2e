using System.Text.RegularExpressions;
using GitOpsToolkit.Kubernetes;

namespace GitOpsToolkit.Sandbox.ControlPlanes;

/// <summary>Reads a server's version.</summary>
public static partial class ServerVersions
{
    /// <summary>Such as 1.20.2; 0.0 where the server does not say.</summary>
    public static async Task<Version> ReadAsync(KubeClient client, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(client);
        var answer = await client.GetRawAsync("version", "application/json", cancellation);
        return Parse(answer.GetProperty("gitVersion").GetString() ?? "");
    }

    /// <summary>"v1.20.2-1+deb" is 1.20.2; what is no version is 0.0.</summary>
    internal static Version Parse(string text) => Version.TryParse(Numbers().Match(text).Value, out var version) ? version : new Version(0, 0);

    [GeneratedRegex(@"(?<=^v?)\d+\.\d+(\.\d+)?", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Numbers();
}

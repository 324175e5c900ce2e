using System.Text.RegularExpressions;

namespace GitOpsToolkit.Git;

/// <summary>Words what OpenSSH noted of a connection that failed.</summary>
internal static partial class SshFailures
{
    private const int MaxPinned = 5;

    /// <summary>The failure's kind and what is to be said of it; null where SSH did its part, so that git's own words count.</summary>
    /// <param name="endpoint">Where to.</param>
    /// <param name="log">OpenSSH's log, at the level DEBUG2.</param>
    public static (GitFailure Failure, string Said)? Read(GitEndpoint endpoint, string log)
    {
        var lines = log.Split('\n').Select(line => line.Trim()).ToList();
        bool Has(string text) => lines.Any(line => line.Contains(text, StringComparison.OrdinalIgnoreCase));
        if (Has("REVOKED HOST KEY") || Has("Host key verification failed"))
        {
            return (GitFailure.HostKey, HostKey(endpoint, lines, Has("REVOKED HOST KEY")));
        }

        if (Has("Permission denied ("))
        {
            return (GitFailure.Authentication, Refused(endpoint, lines));
        }

        if (Has("No user exists for uid"))
        {
            return (GitFailure.Other, "ssh refuses to run for a user id that has no line in /etc/passwd: add one to the image, or run as a user that has one");
        }

        if (Has("Could not resolve hostname"))
        {
            return (GitFailure.Unreachable, Last(lines, "Could not resolve hostname"));
        }

        string[] connecting = ["Connection refused", "No route to host", "Network is unreachable", "Connection timed out", "Operation timed out", "Connection reset", "Connection closed by", "kex_exchange_identification", "banner exchange"];
        if (!Has("Authenticated to ") && Array.Find(connecting, Has) is { } sign)
        {
            return (GitFailure.Unreachable, Last(lines, sign));
        }

        return Has("Unable to negotiate") ? (GitFailure.Unreachable, Last(lines, "Unable to negotiate")) : null;
    }

    private static string HostKey(GitEndpoint endpoint, List<string> lines, bool revoked)
    {
        var url = endpoint.Url;
        var offered = lines.Select(line => ServerKey().Match(line)).LastOrDefault(match => match.Success) is { } match
            ? $"{match.Groups[1].Value} {match.Groups[2].Value}"
            : "a key that it did not tell";
        var pinned = KnownHosts.Find(endpoint.Credentials?.SshKnownHosts ?? "", url.Uri.IdnHost, url.SshPort);
        var host = url.SshPort == 22 ? url.Uri.IdnHost : $"[{url.Uri.IdnHost}]:{url.SshPort}";
        if (revoked)
        {
            return $"the host key of {host} is marked @revoked in the secret's 'known_hosts': it offered {offered}";
        }

        var shown = string.Join(", ", pinned.Take(MaxPinned)) + (pinned.Count > MaxPinned ? $" and {pinned.Count - MaxPinned} more" : "");
        return pinned.Count == 0
            ? $"the host {host} is not in the secret's 'known_hosts'; it offers {offered}: compare that with the fingerprint that the host's owner publishes, then add the key"
            : $"the host key of {host} is not the one that the secret's 'known_hosts' pins; it offers {offered}, pinned is {shown}: somebody may be listening in, or the host's key was changed; ask the host's owner";
    }

    private static string Refused(GitEndpoint endpoint, List<string> lines)
    {
        if (lines.Any(line => line.Contains("bad passphrase given", StringComparison.Ordinal) || line.Contains("incorrect passphrase", StringComparison.Ordinal)))
        {
            return "the passphrase in the secret's 'password' does not open its 'identity'";
        }

        if (lines.Find(line => line.Contains("Load key ", StringComparison.Ordinal)) is { } unread)
        {
            return $"the secret's 'identity' cannot be read ({unread[(unread.LastIndexOf("\":", StringComparison.Ordinal) + 2)..].Trim()}): is it whole, and an RSA, ECDSA or Ed25519 key?";
        }

        var key = lines.Select(line => OfferedKey().Match(line)).LastOrDefault(match => match.Success) is { } match
            ? $" {match.Groups[1].Value} {match.Groups[2].Value}"
            : "";
        return $"the server does not let the user '{endpoint.Url.SshUser}' in with the key{key} of the secret's 'identity'; add its public part to the account or as a deploy key";
    }

    private static string Last(List<string> lines, string text) => lines.FindLast(line => line.Contains(text, StringComparison.OrdinalIgnoreCase))!;

    [GeneratedRegex(@"Server host (?:key|certificate): (\S+) (SHA256:\S+)", RegexOptions.NonBacktracking)]
    private static partial Regex ServerKey();

    [GeneratedRegex(@"Offering public key: .* (\S+) (SHA256:\S+)", RegexOptions.NonBacktracking)]
    private static partial Regex OfferedKey();
}

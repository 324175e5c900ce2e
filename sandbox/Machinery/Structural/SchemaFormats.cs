using System.Buffers.Text;
using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;

namespace GitOpsToolkit.Sandbox.Machinery.Structural;

/// <summary>The text formats that the API server checks; unknown formats are not checked.</summary>
internal static partial class SchemaFormats
{
    public static bool IsValid(string format, string text) => format switch
    {
        "date-time" or "datetime" => Rfc3339.TryParse(text, out _),
        "date" => DateOnly.TryParseExact(text, "yyyy-MM-dd", out _),
        "duration" => DurationPattern().IsMatch(text),
        "ipv4" => IPAddress.TryParse(text, out var four) && four.AddressFamily == AddressFamily.InterNetwork && text.Split('.').Length == 4,
        "ipv6" => text.Contains(':') && IPAddress.TryParse(text, out var six) && six.AddressFamily == AddressFamily.InterNetworkV6,
        "cidr" => IPNetwork.TryParse(text, out _),
        "uri" => Uri.TryCreate(text, UriKind.Absolute, out _) || (text.StartsWith('/') && Uri.TryCreate(text, UriKind.Relative, out _)),
        "hostname" => HostPattern().IsMatch(text) && text.Length <= 255 && text.Split('.').All(label => label.Length <= 63),
        "email" => EmailPattern().IsMatch(text),
        "uuid" => UuidPattern().IsMatch(text),
        "mac" => MacPattern().IsMatch(text),
        "byte" => Base64.IsValid(text),
        "k8s-short-name" => Names.Label(text).Count == 0,
        "k8s-long-name" => Names.Subdomain(text).Count == 0,
        _ => true,
    };

    // A Go duration, or the spelled form such as "3 minutes" that the server's library also takes.
    [GeneratedRegex(@"\A([-+]?([0-9]+(\.[0-9]*)?|\.[0-9]+)(ns|us|µs|μs|ms|s|m|h))+\z|\A0\z|\A[0-9]+ *(nanoseconds?|microseconds?|milliseconds?|seconds?|minutes?|hours?|days?|weeks?|d|w)\z",
        RegexOptions.NonBacktracking)]
    private static partial Regex DurationPattern();

    // One word, or labels that end in a word of letters, two at least: so the server's library reads it.
    [GeneratedRegex(@"\A([a-zA-Z0-9\p{S}\p{L}](-?[a-zA-Z0-9\p{S}\p{L}]{0,62})?|([a-zA-Z0-9\p{S}\p{L}]([a-zA-Z0-9\-\p{S}\p{L}]{0,61}[a-zA-Z0-9\p{S}\p{L}])?\.)+[a-zA-Z\p{L}]{2,63})\z",
        RegexOptions.NonBacktracking)]
    private static partial Regex HostPattern();

    [GeneratedRegex(@"\A[^@\s<>]+@[^@\s<>]+\z", RegexOptions.NonBacktracking)]
    private static partial Regex EmailPattern();

    [GeneratedRegex(@"\A[0-9a-fA-F]{8}-?[0-9a-fA-F]{4}-?[0-9a-fA-F]{4}-?[0-9a-fA-F]{4}-?[0-9a-fA-F]{12}\z", RegexOptions.NonBacktracking)]
    private static partial Regex UuidPattern();

    [GeneratedRegex(@"\A([0-9a-fA-F]{2}[:-]){5}[0-9a-fA-F]{2}\z", RegexOptions.NonBacktracking)]
    private static partial Regex MacPattern();
}

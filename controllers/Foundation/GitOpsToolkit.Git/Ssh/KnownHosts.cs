using System.Security.Cryptography;
using System.Text;

namespace GitOpsToolkit.Git;

/// <summary>A host key that a Secret pins.</summary>
/// <param name="Marker"><c>@cert-authority</c>, <c>@revoked</c> or nothing.</param>
/// <param name="Type">For example <c>ssh-ed25519</c>.</param>
/// <param name="Fingerprint">As OpenSSH shows it, <c>SHA256:…</c>.</param>
internal sealed record PinnedKey(string Marker, string Type, string Fingerprint)
{
    /// <inheritdoc/>
    public override string ToString() => string.Join(' ', new[] { Marker, Type, Fingerprint }.Where(part => part.Length > 0));
}

/// <summary>
/// The text of a known_hosts file (sshd(8)), read to tell what is pinned where a host's key is refused. Whether it is refused is OpenSSH's
/// own decision.
/// </summary>
internal static class KnownHosts
{
    private const int MaxLength = 1 << 20;
    private const int DefaultPort = 22;

    /// <summary>What is wrong with the text; null where it holds a line that pins something.</summary>
    public static string? Problem(string text) =>
        text.Length > MaxLength ? $"'known_hosts' exceeds {MaxLength} characters"
        : Read(text).Any() ? null
        : "'known_hosts' holds no line with hosts, a key type and a key; take the lines that ssh-keyscan gives and compare the fingerprints with the host's own";

    /// <summary>What is pinned for a host.</summary>
    public static IReadOnlyList<PinnedKey> Find(string text, string host, int port)
    {
        var name = host.Trim('[', ']').ToLowerInvariant();
        string[] names = port == DefaultPort ? [name] : [$"[{name}]:{port}", name];
        return [.. Read(text).Where(line => names.Any(wanted => Matches(line.Hosts, wanted))).Select(line => line.Key)];
    }

    private static IEnumerable<(string Hosts, PinnedKey Key)> Read(string text)
    {
        foreach (var raw in text.Split('\n'))
        {
            var words = raw.Split((char[])[' ', '\t', '\r'], StringSplitOptions.RemoveEmptyEntries);
            var marker = words is [['@', ..] first, ..] ? first : "";
            if (words.Skip(marker.Length > 0 ? 1 : 0).Take(3).ToArray() is not [var hosts, var type, var key] || hosts[0] == '#')
            {
                continue;
            }

            var bytes = new byte[key.Length];
            if (Convert.TryFromBase64String(key, bytes, out var length))
            {
                var fingerprint = "SHA256:" + Convert.ToBase64String(SHA256.HashData(bytes.AsSpan(0, length))).TrimEnd('=');
                yield return (hosts, new PinnedKey(marker, type, fingerprint));
            }
        }
    }

    private static bool Matches(string hosts, string name)
    {
        if (hosts.StartsWith("|1|", StringComparison.Ordinal))
        {
            return MatchesHash(hosts.Split('|'), name);
        }

        var matched = false;
        foreach (var pattern in hosts.Split(','))
        {
            var negated = pattern.StartsWith('!');
            if (MatchesPattern((negated ? pattern[1..] : pattern).ToLowerInvariant(), name))
            {
                if (negated)
                {
                    return false;
                }

                matched = true;
            }
        }

        return matched;
    }

    /// <summary>The form <c>|1|salt|hash</c>: HMAC-SHA1 of the name, in base 64.</summary>
    private static bool MatchesHash(string[] parts, string name)
    {
        if (parts is not ["", "1", var salt, var hash])
        {
            return false;
        }

        var (key, expected) = (new byte[salt.Length], new byte[hash.Length]);
        return Convert.TryFromBase64String(salt, key, out var keyLength)
            && Convert.TryFromBase64String(hash, expected, out var hashLength)
#pragma warning disable CA5350 // The form of the file prescribes SHA-1.
            && HMACSHA1.HashData(key.AsSpan(0, keyLength), Encoding.ASCII.GetBytes(name)).AsSpan().SequenceEqual(expected.AsSpan(0, hashLength));
#pragma warning restore CA5350
    }

    /// <summary>Shell-like: <c>*</c> stands for any text, <c>?</c> for one character. Each character of the name is looked at once for each star.</summary>
    private static bool MatchesPattern(string pattern, string name)
    {
        var (p, n, star, mark) = (0, 0, -1, 0);
        while (n < name.Length)
        {
            if (p < pattern.Length && (pattern[p] == '?' || (pattern[p] == name[n] && pattern[p] != '*')))
            {
                (p, n) = (p + 1, n + 1);
            }
            else if (p < pattern.Length && pattern[p] == '*')
            {
                (star, mark) = (p++, n);
            }
            else if (star >= 0)
            {
                (p, n) = (star + 1, ++mark);
            }
            else
            {
                return false;
            }
        }

        return pattern[p..].All(c => c == '*');
    }
}

namespace GitOpsToolkit.Git;

/// <summary>A private key as a Secret holds it: what can be told of it without opening it.</summary>
internal static class SshIdentity
{
    private const int MaxLength = 64 << 10;
    private const string Begin = "-----BEGIN ";
    private const string OpenSshLabel = "OPENSSH PRIVATE KEY";
    private static readonly string[] s_labels = [OpenSshLabel, "RSA PRIVATE KEY", "EC PRIVATE KEY", "PRIVATE KEY", "ENCRYPTED PRIVATE KEY"];

    /// <summary>The text as OpenSSH wants it: with line feeds alone, and one at the end.</summary>
    public static string Normalized(string text) => text.ReplaceLineEndings("\n").Trim() + "\n";

    /// <summary>What is wrong with the key; null where nothing can be told before it is used. Holds nothing of the key.</summary>
    public static string? Problem(string text, bool hasPassphrase)
    {
        var pem = Normalized(text);
        if (pem.Length > MaxLength)
        {
            return $"'identity' exceeds {MaxLength} characters";
        }

        if (pem.StartsWith("PuTTY-User-Key-File", StringComparison.Ordinal))
        {
            return "'identity' is in PuTTY's format: convert it with puttygen -O private-openssh";
        }

        if (pem.StartsWith("ssh-", StringComparison.Ordinal) || pem.StartsWith("ecdsa-", StringComparison.Ordinal) || pem.StartsWith("sk-", StringComparison.Ordinal))
        {
            return "'identity' is a public key: it must be the private key, which begins with -----BEGIN";
        }

        var label = LabelOf(pem);
        if (label is null || !pem.Contains($"-----END {label}-----", StringComparison.Ordinal))
        {
            return "'identity' is no private key in PEM or OpenSSH form, or a part of it is missing";
        }

        if (!s_labels.Contains(label, StringComparer.Ordinal))
        {
            return $"'identity' is of a kind that OpenSSH does not take ({label}): use an RSA, ECDSA or Ed25519 key";
        }

        var (encrypted, type) = label == OpenSshLabel ? Describe(pem) : (label.StartsWith("ENCRYPTED", StringComparison.Ordinal) || HasEncryptedHeader(pem), "");
        return (type, encrypted) switch
        {
            (null, _) => "'identity' is damaged: its OpenSSH form cannot be read",
            ({ } kind, _) when kind.StartsWith("sk-", StringComparison.Ordinal) => $"'identity' is of type {kind}, which needs a security key to be touched: use an RSA, ECDSA or Ed25519 key",
            (_, true) when !hasPassphrase => "'identity' is encrypted: give its passphrase as 'password'",
            _ => null,
        };
    }

    private static string? LabelOf(string pem)
    {
        var end = pem.StartsWith(Begin, StringComparison.Ordinal) ? pem.IndexOf("-----", Begin.Length, StringComparison.Ordinal) : -1;
        return end is > 0 and < 80 ? pem[Begin.Length..end] : null;
    }

    /// <summary>The older PEM form says so in a header (RFC 1421).</summary>
    private static bool HasEncryptedHeader(string pem) => pem.Contains("\nProc-Type: 4,ENCRYPTED\n", StringComparison.Ordinal);

    /// <summary>Reads OpenSSH's own form (PROTOCOL.key) as far as it is never encrypted; a type of null: it cannot be read.</summary>
    private static (bool Encrypted, string? Type) Describe(string pem)
    {
        var (start, end) = (pem.IndexOf('\n') + 1, pem.IndexOf("-----END", StringComparison.Ordinal));
        var bytes = new byte[pem.Length];
        if (!Convert.TryFromBase64String(pem[start..end].Replace("\n", "", StringComparison.Ordinal), bytes, out var length)
            || !bytes.AsSpan().StartsWith("openssh-key-v1\0"u8))
        {
            return (false, null);
        }

        var reader = new WireReader(bytes.AsSpan("openssh-key-v1\0".Length, length - "openssh-key-v1\0".Length));
        if (!reader.TryReadText(out var cipher) || !reader.TryRead(out _) || !reader.TryRead(out _) || !reader.TrySkip(4) || !reader.TryRead(out var publicKey))
        {
            return (false, null);
        }

        var inner = new WireReader(publicKey);
        return (cipher != "none", inner.TryReadText(out var type) ? type : null);
    }
}

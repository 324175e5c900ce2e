namespace GitOpsToolkit.Registry;

/// <summary>The secrets of one call, and how to keep them out of texts: a registry may say back whatever it was told.</summary>
internal sealed class SecretMask
{
    private const string Mask = "***";

    private readonly Lock gate = new();
    private readonly HashSet<string> secrets = new(StringComparer.Ordinal);

    /// <summary>Adds what the credential holds, also as it looks in an address.</summary>
    internal void Add(RegistryCredential? credential)
    {
        foreach (var secret in credential?.Secrets ?? [])
        {
            Add(secret);
        }
    }

    internal void Add(string? secret)
    {
        if (!string.IsNullOrEmpty(secret))
        {
            lock (gate)
            {
                secrets.Add(secret);
                secrets.Add(Uri.EscapeDataString(secret));
            }
        }
    }

    internal string Apply(string text)
    {
        lock (gate)
        {
            // The longest first, so that no rest of one stays behind another.
            return secrets.OrderByDescending(secret => secret.Length)
                .Aggregate(text, (masked, secret) => masked.Replace(secret, Mask, StringComparison.Ordinal));
        }
    }
}

namespace GitOpsToolkit.Connections;

/// <summary>The secrets of one call, and how to keep them out of texts: a server may say back whatever it was told. Safe for several threads.</summary>
public sealed class SecretMask
{
    private const string Mask = "***";

    private readonly Lock gate = new();
    private readonly HashSet<string> secrets = new(StringComparer.Ordinal);

    /// <summary>Adds secrets, also as they look in an address; empty ones are passed over.</summary>
    /// <param name="more">The secrets; null: none.</param>
    public void AddRange(IEnumerable<string?>? more)
    {
        foreach (var secret in more ?? [])
        {
            Add(secret);
        }
    }

    /// <summary>Adds a secret, also as it looks in an address; an empty one is passed over.</summary>
    public void Add(string? secret)
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

    /// <summary>The text with three stars in place of each secret.</summary>
    public string Apply(string text)
    {
        lock (gate)
        {
            // The longest first, so that no rest of one stays behind another.
            return secrets.OrderByDescending(secret => secret.Length)
                .Aggregate(text, (masked, secret) => masked.Replace(secret, Mask, StringComparison.Ordinal));
        }
    }
}

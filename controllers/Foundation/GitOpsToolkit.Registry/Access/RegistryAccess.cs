using System.Security.Cryptography;
using System.Text;
using GitOpsToolkit.Connections;

namespace GitOpsToolkit.Registry;

/// <summary>How to get at a registry.</summary>
/// <param name="Credential">Who asks, or null for nobody.</param>
/// <param name="Insecure">Plain HTTP. Without it only a registry on this machine is spoken to in plain.</param>
public sealed record RegistryAccess(RegistryCredential? Credential = null, bool Insecure = false)
{
    /// <summary>Own authorities and a client certificate; null for the system's authorities.</summary>
    public TlsSettings? Tls { get; init; }

    /// <summary>The proxy between; null for that of the environment, if any.</summary>
    public ProxySettings? Proxy { get; init; }

    /// <summary>
    /// Gets another credential for one that the registry refuses although its time is not up; asked once a call. Null where there is none
    /// to be had.
    /// </summary>
    public Func<RegistryCredential, CancellationToken, Task<RegistryCredential?>>? Renew { get; init; }

    /// <summary>Tells accesses apart that may see different things, without holding a secret.</summary>
    public string Fingerprint => Convert.ToHexStringLower(SHA256.HashData(
        Encoding.UTF8.GetBytes($"{Credential?.Fingerprint} {Insecure} {TransportKey}")).AsSpan(0, 16));

    /// <summary>Tells apart what needs connections of its own.</summary>
    internal string TransportKey => $"{Tls?.Fingerprint} {Proxy?.Fingerprint}";
}

using System.Security.Cryptography;
using System.Text;

namespace GitOpsToolkit.Registry;

/// <summary>A user name and password for one registry. Its text form shows neither.</summary>
/// <param name="Username">The user name.</param>
/// <param name="Password">The password or access token.</param>
public sealed record RegistryCredential(string Username, string Password)
{
    /// <summary>Tells credentials apart without holding them: the first half of a SHA-256.</summary>
    public string Fingerprint => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{Username}\n{Password}")).AsSpan(0, 16));

    internal string BasicValue => Convert.ToBase64String(Encoding.UTF8.GetBytes($"{Username}:{Password}"));

    /// <summary>A text without the secret.</summary>
    public override string ToString() => "RegistryCredential(hidden)";
}

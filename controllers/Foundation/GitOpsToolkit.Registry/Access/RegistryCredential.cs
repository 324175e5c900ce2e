using System.Security.Cryptography;
using System.Text;

namespace GitOpsToolkit.Registry;

/// <summary>A user name and password for one registry. Its text form shows neither.</summary>
/// <param name="Username">The user name.</param>
/// <param name="Password">The password or access token.</param>
public sealed record RegistryCredential(string Username, string Password)
{
    /// <summary>
    /// A token to get access tokens with, instead of a password; null for none. It goes to the registry's own host only.
    /// </summary>
    public string? IdentityToken { get; init; }

    /// <summary>A bearer token that the registry takes as it is; null for none.</summary>
    public string? RegistryToken { get; init; }

    /// <summary>Tells credentials apart without holding them: the first half of a SHA-256.</summary>
    public string Fingerprint => Convert.ToHexStringLower(SHA256.HashData(
        Encoding.UTF8.GetBytes($"{Username}\n{Password}\n{IdentityToken}\n{RegistryToken}")).AsSpan(0, 16));

    internal string BasicValue => Convert.ToBase64String(Encoding.UTF8.GetBytes($"{Username}:{Password}"));

    /// <summary>What must not show in a message.</summary>
    internal IEnumerable<string> Secrets => new[] { Password, BasicValue, IdentityToken, RegistryToken }.OfType<string>().Where(text => text.Length > 0);

    /// <summary>A text without the secret.</summary>
    public override string ToString() => "RegistryCredential(hidden)";
}

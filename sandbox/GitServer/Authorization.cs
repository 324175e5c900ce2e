using System.Security.Cryptography;
using System.Text;

namespace GitOpsToolkit.Sandbox.Git;

/// <summary>Checks an Authorization header against an access rule.</summary>
internal static class Authorization
{
    public static bool Allows(GitAccess access, string? header)
    {
        if (header is null)
        {
            return false;
        }

        var basic = access.Username is { } user && Same(header, "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{access.Password}")));
        var bearer = access.BearerToken is { } token && Same(header, "Bearer " + token);
        return basic | bearer;
    }

    /// <summary>The challenge that tells a client what is asked for.</summary>
    public static string Challenge(GitAccess access) => access.Username is null ? "Bearer realm=\"sandbox\"" : "Basic realm=\"sandbox\"";

    private static bool Same(string a, string b) =>
        CryptographicOperations.FixedTimeEquals(SHA256.HashData(Encoding.UTF8.GetBytes(a)), SHA256.HashData(Encoding.UTF8.GetBytes(b)));
}

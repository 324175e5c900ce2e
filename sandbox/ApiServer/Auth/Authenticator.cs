using System.Security.Cryptography;
using System.Text;
using GitOpsToolkit.Sandbox.ApiServer.Storage;
using Microsoft.AspNetCore.Http;

namespace GitOpsToolkit.Sandbox.ApiServer.Auth;

/// <summary>Tells who sends a request: the administrator, a service account, or nobody known.</summary>
internal sealed class Authenticator(string adminToken, TokenSigner signer, ObjectStore store)
{
    private static readonly string[] Own = [TokenSigner.Issuer];

    private readonly byte[] admin = Encoding.UTF8.GetBytes(adminToken);

    /// <summary>The user of the bearer token; anonymous without one; null for a token that is not valid.</summary>
    public UserInfo? Authenticate(HttpRequest request)
    {
        var header = request.Headers.Authorization.ToString();
        if (header.Length == 0)
        {
            return UserInfo.Anonymous;
        }

        return header.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase) ? FromToken(header[7..].Trim(), Own)?.User : null;
    }

    /// <summary>The user of a token and for which of some audiences it is; null when it is valid for none of them (also when its service account
    /// is gone or was made anew).</summary>
    public (UserInfo User, IReadOnlyList<string> Audiences)? FromToken(string token, IReadOnlyList<string> audiences)
    {
        if (CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(token), admin))
        {
            return (UserInfo.Admin, audiences);
        }

        if (signer.Check(token) is not { } claims)
        {
            return null;
        }

        var (space, name, uid, meant) = claims;
        List<string> common = [.. audiences.Intersect(meant, StringComparer.Ordinal)];
        return common.Count > 0 && store.Get(new("/serviceaccounts", space, name))?.Uid == uid ? (UserInfo.ServiceAccount(space, name, uid), common) : null;
    }
}

using System.Security.Cryptography;
using System.Text;
using GitOpsToolkit.Sandbox.ApiServer.Http;
using GitOpsToolkit.Sandbox.ApiServer.Storage;
using Microsoft.AspNetCore.Http;

namespace GitOpsToolkit.Sandbox.ApiServer.Auth;

/// <summary>Tells who sends a request: the administrator, a service account, or nobody known.</summary>
internal sealed class Authenticator(string adminToken, TokenSigner signer, ObjectStore store)
{
    private readonly byte[] admin = Encoding.UTF8.GetBytes(adminToken);

    /// <summary>The user of the bearer token; anonymous without one; null for a token that is not valid.</summary>
    public UserInfo? Authenticate(HttpRequest request)
    {
        var header = request.Headers.Authorization.ToString();
        if (header.Length == 0)
        {
            return UserInfo.Anonymous;
        }

        return header.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase) ? FromToken(header[7..].Trim()) : null;
    }

    /// <summary>The user of a token; null when it is not valid (also when its service account is gone or was made anew).</summary>
    public UserInfo? FromToken(string token)
    {
        if (CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(token), admin))
        {
            return UserInfo.Admin;
        }

        if (signer.Check(token) is not var (space, name, uid))
        {
            return null;
        }

        return store.Get(new("/serviceaccounts", space, name))?.Uid == uid ? UserInfo.ServiceAccount(space, name, uid) : null;
    }

    /// <summary>The user to act as: the authenticated one, or the one that the impersonation headers name.</summary>
    /// <exception cref="ApiError">The headers are incomplete, or the user may not impersonate.</exception>
    public static UserInfo Acting(UserInfo user, IHeaderDictionary headers)
    {
        var name = headers["Impersonate-User"].ToString();
        var groups = headers["Impersonate-Group"].OfType<string>().ToList();
        var uid = headers["Impersonate-Uid"].ToString();
        var extra = headers
            .Where(h => h.Key.StartsWith("Impersonate-Extra-", StringComparison.OrdinalIgnoreCase))
            .ToDictionary(
                h => Uri.UnescapeDataString(h.Key["Impersonate-Extra-".Length..].ToLowerInvariant()),
                h => (IReadOnlyList<string>)[.. h.Value.OfType<string>()]);
        if (name.Length == 0)
        {
            return groups.Count == 0 && uid.Length == 0 && extra.Count == 0
                ? user
                : throw ApiError.Internal("requested impersonation without impersonating a user");
        }

        return new(name, uid, Groups(name, groups), extra);
    }

    private static List<string> Groups(string name, List<string> groups)
    {
        if (groups.Count == 0 && name.Split(':') is ["system", "serviceaccount", var space, _])
        {
            groups.Add("system:serviceaccounts");
            groups.Add("system:serviceaccounts:" + space);
        }

        var implied = name == "system:anonymous" ? "system:unauthenticated" : "system:authenticated";
        if (!groups.Contains(implied, StringComparer.Ordinal))
        {
            groups.Add(implied);
        }

        return groups;
    }
}

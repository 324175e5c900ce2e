using GitOpsToolkit.Sandbox.ApiServer.Auth;
using GitOpsToolkit.Sandbox.ApiServer.Http;
using Microsoft.AspNetCore.Http;

namespace GitOpsToolkit.Sandbox.ApiServer.Rights;

/// <summary>Acting as somebody else, by the Impersonate headers: every part of the other identity needs its own right.</summary>
internal static class Impersonation
{
    private const string ExtraHeader = "Impersonate-Extra-";
    private const string AuthenticationGroup = "authentication.k8s.io";

    /// <summary>The user to act as: the authenticated one, or the one that the headers name.</summary>
    /// <exception cref="ApiError">403: the user may not act as them.</exception>
    /// <exception cref="IncompleteImpersonationException">The headers name a group, a uid or an extra without a user.</exception>
    public static UserInfo Resolve(UserInfo user, IHeaderDictionary headers, Authorizer authorizer)
    {
        var name = headers["Impersonate-User"].ToString();
        var groups = headers["Impersonate-Group"].OfType<string>().ToList();
        var uid = headers["Impersonate-Uid"].ToString();
        var extras = headers.Where(h => h.Key.StartsWith(ExtraHeader, StringComparison.OrdinalIgnoreCase)).ToDictionary(
            h => Uri.UnescapeDataString(h.Key[ExtraHeader.Length..].ToLowerInvariant()), h => (IReadOnlyList<string>)[.. h.Value.OfType<string>()]);
        if (name.Length == 0)
        {
            return groups.Count == 0 && uid.Length == 0 && extras.Count == 0 ? user : throw new IncompleteImpersonationException(Shown(groups, uid, extras));
        }

        var account = ServiceAccount(name);
        authorizer.Require(account is var (space, own)
            ? new(user, "impersonate") { Resource = "serviceaccounts", Namespace = space, Name = own }
            : new(user, "impersonate") { Resource = "users", Name = name });
        foreach (var group in groups)
        {
            authorizer.Require(new(user, "impersonate") { Resource = "groups", Name = group });
        }

        foreach (var (key, value) in extras.SelectMany(e => e.Value, (e, v) => (e.Key, v)))
        {
            authorizer.Require(new(user, "impersonate") { Group = AuthenticationGroup, Resource = "userextras", Subresource = key, Name = value });
        }

        if (uid.Length > 0)
        {
            authorizer.Require(new(user, "impersonate") { Group = AuthenticationGroup, Resource = "uids", Name = uid });
        }

        return new(name, uid, Groups(name, groups, account?.Namespace), extras);
    }

    private static (string Namespace, string Name)? ServiceAccount(string user) =>
        user.Split(':') is ["system", "serviceaccount", { Length: > 0 } space, { Length: > 0 } name] ? (space, name) : null;

    private static List<string> Groups(string name, List<string> named, string? accountNamespace)
    {
        List<string> groups = named.Count == 0 && accountNamespace is not null
            ? ["system:serviceaccounts", "system:serviceaccounts:" + accountNamespace]
            : [.. named];
        const string Known = "system:authenticated";
        const string Unknown = "system:unauthenticated";
        if (!groups.Contains(Unknown) && (name == UserInfo.Anonymous.Name || !groups.Contains(Known)))
        {
            groups.Add(name == UserInfo.Anonymous.Name ? Unknown : Known);
        }

        return groups;
    }

    /// <summary>What was asked for, as Go prints a list of object references.</summary>
    private static string Shown(List<string> groups, string uid, Dictionary<string, IReadOnlyList<string>> extras)
    {
        var parts = groups.Select(g => $"{{Group  {g}    }}")
            .Concat(extras.SelectMany(e => e.Value, (e, v) => $"{{UserExtra  {v}  authentication.k8s.io/v1  {e.Key}}}"))
            .Concat(uid.Length == 0 ? [] : [$"{{UID  {uid}  authentication.k8s.io/v1  }}"]);
        return $"[{string.Join(' ', parts)}]";
    }
}

/// <summary>Impersonation headers without a user: the server answers in plain text.</summary>
internal sealed class IncompleteImpersonationException(string requested) : Exception($"requested {requested} without impersonating a user");

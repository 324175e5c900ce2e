using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace GitOpsToolkit.Sandbox.Registry;

/// <summary>Who may do what: basic authentication, or bearer tokens for scopes which it issues itself.</summary>
internal sealed class Gatekeeper(OciRegistryOptions options, Func<string> realm)
{
    private const string Service = "sandbox-registry";
    private const int MaxTokens = 10_000;

    private readonly ConcurrentDictionary<string, Grant> tokens = new(StringComparer.Ordinal);

    /// <summary>Whether the request may go on; otherwise the answer already says how to ask.</summary>
    internal async Task<bool> AdmitsAsync(HttpContext http, RegistryPath path)
    {
        var reads = HttpMethods.IsGet(http.Request.Method) || HttpMethods.IsHead(http.Request.Method);
        if (options.Authentication == RegistryAuthentication.None
            || (reads && options.AnonymousPull && path.Resource != RegistryResource.Ping))
        {
            return true;
        }

        var authorization = http.Request.Headers.Authorization.ToString();
        var scope = ScopeOf(path, reads, HttpMethods.IsDelete(http.Request.Method));
        if (options.Authentication == RegistryAuthentication.Basic ? UserOf(authorization) is not null : Holds(authorization, scope))
        {
            return true;
        }

        http.Response.Headers.WWWAuthenticate = options.Authentication == RegistryAuthentication.Basic
            ? "Basic realm=\"sandbox registry\""
            : $"Bearer realm=\"{realm()}\",service=\"{Service}\"" + (scope.Length == 0 ? "" : $",scope=\"{scope}\"");
        await Answers.ErrorAsync(
            http, new RegistryException(System.Net.HttpStatusCode.Unauthorized, "UNAUTHORIZED", "authentication required"));
        return false;
    }

    /// <summary>Answers <c>GET /token</c> (with basic authentication) and <c>POST /token</c> (with the password in the form).</summary>
    internal async Task TokenAsync(HttpContext http)
    {
        var scopes = http.Request.Query["scope"].ToArray();
        var user = UserOf(http.Request.Headers.Authorization.ToString());
        if (HttpMethods.IsPost(http.Request.Method) && http.Request.HasFormContentType)
        {
            var form = await http.Request.ReadFormAsync(http.RequestAborted);
            scopes = form["scope"].ToArray();
            user = Check(form["username"].ToString(), form["password"].ToString());
        }

        var anonymous = options.AnonymousPull && user is null && http.Request.Headers.Authorization.Count == 0;
        if (user is null && !anonymous)
        {
            throw new RegistryException(System.Net.HttpStatusCode.Unauthorized, "UNAUTHORIZED", "incorrect user name or password");
        }

        var granted = scopes.SelectMany(scope => (scope ?? "").Split(' ',
            StringSplitOptions.RemoveEmptyEntries)).ToHashSet(StringComparer.Ordinal);
        if (anonymous)
        {
            granted = [.. granted.Select(scope => scope[..(scope.LastIndexOf(':') + 1)] + "pull")];
        }

        var token = Issue(granted);
        await Answers.JsonAsync(http, new JsonObject
        {
            ["token"] = token,
            ["access_token"] = token,
            ["expires_in"] = (int)options.TokenLifetime.TotalSeconds,
            ["issued_at"] = options.Time.GetUtcNow().ToString("yyyy-MM-ddTHH:mm:ssZ"),
        });
    }

    private static string ScopeOf(RegistryPath path, bool reads, bool deletes) => path.Resource switch
    {
        RegistryResource.Ping => "",
        RegistryResource.Catalog => "registry:catalog:*",
        _ => $"repository:{path.Repository}:{(reads ? "pull" : deletes ? "delete" : "pull,push")}",
    };

    private string Issue(HashSet<string> scopes)
    {
        var now = options.Time.GetUtcNow();
        foreach (var (old, grant) in tokens)
        {
            if (grant.Expires <= now || tokens.Count > MaxTokens)
            {
                tokens.TryRemove(old, out _);
            }
        }

        var token = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(24));
        tokens[token] = new Grant(scopes, now + options.TokenLifetime);
        return token;
    }

    private bool Holds(string authorization, string scope)
    {
        const string Bearer = "Bearer ";
        if (!authorization.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase)
            || !tokens.TryGetValue(authorization[Bearer.Length..].Trim(), out var grant)
            || grant.Expires <= options.Time.GetUtcNow())
        {
            return false;
        }

        if (scope.Length == 0)
        {
            return true;
        }

        var colon = scope.LastIndexOf(':');
        var actions = grant.Scopes
            .Where(granted => granted.StartsWith(scope[..(colon + 1)], StringComparison.Ordinal))
            .SelectMany(granted => granted[(colon + 1)..].Split(','))
            .ToHashSet(StringComparer.Ordinal);
        return actions.Contains("*") || scope[(colon + 1)..].Split(',').All(actions.Contains);
    }

    private string? UserOf(string authorization)
    {
        const string Basic = "Basic ";
        if (!authorization.StartsWith(Basic, StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        var buffer = new byte[authorization.Length];
        if (!Convert.TryFromBase64String(authorization[Basic.Length..].Trim(), buffer, out var length))
        {
            return null;
        }

        var pair = Encoding.UTF8.GetString(buffer, 0, length).Split(':', 2);
        return pair.Length == 2 ? Check(pair[0], pair[1]) : null;
    }

    private string? Check(string user, string password) =>
        options.Users.TryGetValue(user, out var expected)
        && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(expected), Encoding.UTF8.GetBytes(password))
            ? user
            : null;

    private sealed record Grant(HashSet<string> Scopes, DateTimeOffset Expires);
}

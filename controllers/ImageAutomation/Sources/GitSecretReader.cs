using System.Text;
using System.Text.Json.Nodes;
using GitOpsToolkit.Git;
using GitOpsToolkit.Kubernetes;

namespace GitOpsToolkit.Controllers.ImageAutomation.Sources;

/// <summary>Reads the secret of a GitRepository: username and password, bearerToken, ca.crt (or caFile), tls.crt and tls.key.</summary>
internal sealed class GitSecretReader(KubeClient client)
{
    /// <summary>Reads and checks a secret.</summary>
    /// <exception cref="FormatException">The secret is not there, or its keys do not go together; the message holds no value.</exception>
    /// <exception cref="ApiException">The API server refuses.</exception>
    public async Task<GitCredentials> ReadAsync(string @namespace, string name, CancellationToken cancellation)
    {
        var where = $"{@namespace}/{name}";
        var secret = await client.GetAsync(ResourcePath.Core("secrets", @namespace, name), cancellation)
            ?? throw new FormatException($"failed to get secret '{where}': secrets \"{name}\" not found");
        var data = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (key, value) in secret["data"] as JsonObject ?? [])
        {
            data[key] = Decode(value) ?? throw new FormatException($"secret '{where}': the value of '{key}' is no base64");
        }

        string? Find(string key) => data.GetValueOrDefault(key) is { Length: > 0 } text ? text : null;
        var credentials = new GitCredentials
        {
            Username = Find("username"),
            Password = Find("password"),
            BearerToken = Find("bearerToken")?.Trim(),
            CaCertificates = Find("ca.crt") ?? Find("caFile"),
            ClientCertificate = Find("tls.crt"),
            ClientKey = Find("tls.key"),
        };
        return Fault(data, credentials) is { } fault ? throw new FormatException($"secret '{where}': {fault}") : credentials;
    }

    private static string? Fault(Dictionary<string, string> data, GitCredentials credentials)
    {
        if (data.ContainsKey("githubAppID"))
        {
            return "GitHub App data needs the provider github";
        }

        if (credentials.Password is not null && credentials.Username is null)
        {
            return "'password' requires 'username' to be set";
        }

        if (credentials.BearerToken is not null && credentials.Username is not null)
        {
            return "basic auth and bearer token cannot be set at the same time";
        }

        return credentials.ClientCertificate is null != credentials.ClientKey is null
            ? "'tls.crt' and 'tls.key' must be set together" : null;
    }

    private static string? Decode(JsonNode? value)
    {
        try
        {
            return value is JsonValue json && json.TryGetValue<string>(out var text)
                ? Encoding.UTF8.GetString(Convert.FromBase64String(text)) : null;
        }
        catch (FormatException)
        {
            return null;
        }
    }
}

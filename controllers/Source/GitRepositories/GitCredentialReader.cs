using System.Text;
using System.Text.Json.Nodes;
using GitOpsToolkit.Api.Meta;
using GitOpsToolkit.Api.Source.V1;
using GitOpsToolkit.Git;
using GitOpsToolkit.Kubernetes;
using GitOpsToolkit.Reconciling;

namespace GitOpsToolkit.Controllers.Source.GitRepositories;

/// <summary>Credentials for a GitRepository, or what is wrong with its secret.</summary>
internal sealed record CredentialResult(GitCredentials? Credentials, Fault? Fault);

/// <summary>Reads the secret that a GitRepository names, with Flux's keys.</summary>
internal sealed class GitCredentialReader(KubeClient client)
{
    private const string GitHubAppKey = "githubAppID";

    /// <summary>Reads the credentials.</summary>
    /// <param name="repository">The object.</param>
    /// <param name="embedded">What stood in the URL itself; used where no secret is named.</param>
    /// <param name="cancellation">Gives up.</param>
    public async Task<CredentialResult> ReadAsync(GitRepository repository, GitCredentials? embedded, CancellationToken cancellation)
    {
        if (repository.Spec.SecretRef is not { } reference)
        {
            return new CredentialResult(embedded, null);
        }

        var where = $"{repository.Metadata.Namespace}/{reference.Name}";
        JsonObject? secret;
        try
        {
            secret = await client.GetAsync(ResourcePath.Core("secrets", repository.Metadata.Namespace, reference.Name), cancellation);
        }
        catch (ApiException error)
        {
            return Failed($"failed to get secret '{where}': {error.Message}");
        }

        return secret is null ? Failed($"failed to get secret '{where}': secrets \"{reference.Name}\" not found") : Read(secret, where);
    }

    private static CredentialResult Read(JsonObject secret, string where)
    {
        var data = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (key, value) in secret["data"] as JsonObject ?? [])
        {
            if (Decode(value) is not { } text)
            {
                return Failed($"secret '{where}': the value of '{key}' is no base64");
            }

            data[key] = text;
        }

        if (data.ContainsKey(GitHubAppKey))
        {
            var message = $"secretRef '{where}' has github app data but provider is not set to github";
            return new CredentialResult(null, new Fault(Reasons.InvalidProviderConfiguration, message));
        }

        var (username, password, token) = (Find(data, "username"), Find(data, "password"), Find(data, "bearerToken"));
        if (password is not null && username is null)
        {
            return Invalid(where, "'password' requires 'username' to be set");
        }

        if (token is not null && username is not null)
        {
            return Invalid(where, "basic auth and bearer token cannot be set at the same time");
        }

        var (certificate, privateKey) = (Find(data, "tls.crt"), Find(data, "tls.key"));
        if (certificate is null != privateKey is null)
        {
            return Invalid(where, "'tls.crt' and 'tls.key' must be set together");
        }

        return new CredentialResult(
            new GitCredentials
            {
                Username = username,
                Password = password,
                BearerToken = token?.Trim(),
                CaCertificates = Find(data, "ca.crt") ?? Find(data, "caFile"),
                ClientCertificate = certificate,
                ClientKey = privateKey,
            },
            null);
    }

    private static string? Decode(JsonNode? value)
    {
        try
        {
            return value is JsonValue json && json.TryGetValue<string>(out var text) ? Encoding.UTF8.GetString(Convert.FromBase64String(text)) : null;
        }
        catch (FormatException)
        {
            return null;
        }
    }

    private static string? Find(Dictionary<string, string> data, string key) => data.GetValueOrDefault(key) is { Length: > 0 } value ? value : null;

    private static CredentialResult Invalid(string where, string message) =>
        Failed($"failed to configure authentication options: secret '{where}': {message}");

    private static CredentialResult Failed(string message) => new(null, new Fault(Reasons.AuthenticationFailed, message));
}

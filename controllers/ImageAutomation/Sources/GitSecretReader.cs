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
        if (!SecretData.TryDecode(secret, out var data, out var problem))
        {
            throw new FormatException($"secret '{where}': {problem}");
        }

        if (GitSecret.IsGitHubApp(data))
        {
            throw new FormatException($"secret '{where}': GitHub App data needs the provider github");
        }

        return GitSecret.TryRead(data, out var credentials, out problem) ? credentials : throw new FormatException($"secret '{where}': {problem}");
    }
}

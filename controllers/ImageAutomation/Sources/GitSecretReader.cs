using GitOpsToolkit.Connections;
using GitOpsToolkit.Git;
using GitOpsToolkit.Kubernetes;

namespace GitOpsToolkit.Controllers.ImageAutomation.Sources;

/// <summary>Reads secrets: a GitRepository's credentials, with the keys that go with its URL, its proxy, and an automation's signing key.</summary>
internal sealed class GitSecretReader(KubeClient client)
{
    /// <summary>Reads and checks the secret of <c>spec.secretRef</c>.</summary>
    /// <exception cref="FormatException">The secret is not there, or its keys do not go together; the message holds no value.</exception>
    /// <exception cref="ApiException">The API server refuses.</exception>
    public async Task<GitCredentials> ReadAsync(GitUrl url, string @namespace, string name, CancellationToken cancellation)
    {
        var data = await DataAsync(@namespace, name, cancellation);
        if (GitSecret.IsGitHubApp(data))
        {
            throw new FormatException($"secret '{@namespace}/{name}': GitHub App data needs the provider github");
        }

        return GitSecret.TryRead(url, data, out var credentials, out var problem) ? credentials : throw new FormatException($"secret '{@namespace}/{name}': {problem}");
    }

    /// <summary>Reads and checks the secret of <c>spec.proxySecretRef</c>.</summary>
    /// <exception cref="FormatException">The secret is not there, or names no proxy; the message holds no value.</exception>
    /// <exception cref="ApiException">The API server refuses.</exception>
    public async Task<ProxySettings> ReadProxyAsync(string @namespace, string name, CancellationToken cancellation)
    {
        var data = await DataAsync(@namespace, name, cancellation);
        return ProxySettings.TryRead(data, out var proxy, out var problem) ? proxy : throw new FormatException($"secret '{@namespace}/{name}': {problem}");
    }

    /// <summary>Reads a secret's values, decoded.</summary>
    /// <exception cref="FormatException">The secret is not there, or cannot be decoded.</exception>
    /// <exception cref="ApiException">The API server refuses.</exception>
    public async Task<IReadOnlyDictionary<string, string>> DataAsync(string @namespace, string name, CancellationToken cancellation)
    {
        var where = $"{@namespace}/{name}";
        var secret = await client.GetAsync(ResourcePath.Core("secrets", @namespace, name), cancellation)
            ?? throw new FormatException($"failed to get secret '{where}': secrets \"{name}\" not found");
        return SecretData.TryDecode(secret, out var data, out var problem) ? data : throw new FormatException($"secret '{where}': {problem}");
    }
}

using GitOpsToolkit.Api.Meta;
using GitOpsToolkit.Api.Source.V1;
using GitOpsToolkit.Connections;
using GitOpsToolkit.Git;
using GitOpsToolkit.Kubernetes;
using GitOpsToolkit.Reconciling;

namespace GitOpsToolkit.Controllers.Source.GitRepositories;

/// <summary>How a GitRepository's server is reached, or what is wrong with its secrets.</summary>
internal sealed record AccessResult(GitCredentials? Credentials, ProxySettings? Proxy, Fault? Fault);

/// <summary>Reads the secrets that a GitRepository names, with Flux's keys.</summary>
internal sealed class GitCredentialReader(KubeClient client)
{
    /// <summary>Reads the credentials and the proxy.</summary>
    /// <param name="repository">The object.</param>
    /// <param name="url">Its address.</param>
    /// <param name="embedded">What stood in the URL itself; used where no secret is named.</param>
    /// <param name="cancellation">Gives up.</param>
    public async Task<AccessResult> ReadAsync(GitRepository repository, GitUrl url, GitCredentials? embedded, CancellationToken cancellation)
    {
        try
        {
            var proxy = repository.Spec.ProxySecretRef is { } proxySecret ? await ReadProxyAsync(repository, proxySecret.Name, cancellation) : null;
            return new AccessResult(await ReadCredentialsAsync(repository, url, embedded, cancellation), proxy, null);
        }
        catch (SecretProblemException problem)
        {
            return new AccessResult(null, null, new Fault(problem.Reason, problem.Message));
        }
    }

    private async Task<GitCredentials?> ReadCredentialsAsync(GitRepository repository, GitUrl url, GitCredentials? embedded, CancellationToken cancellation)
    {
        if (repository.Spec.SecretRef is not { } reference)
        {
            return url.IsSsh
                ? throw new SecretProblemException("failed to configure authentication options: SSH needs a secret with 'identity' and 'known_hosts', named by spec.secretRef")
                : embedded;
        }

        var (data, where) = await DataAsync(repository, reference.Name, cancellation);
        if (GitSecret.IsGitHubApp(data))
        {
            throw new SecretProblemException($"secretRef '{where}' has github app data but provider is not set to github", Reasons.InvalidProviderConfiguration);
        }

        return GitSecret.TryRead(url, data, out var credentials, out var problem)
            ? credentials
            : throw new SecretProblemException($"failed to configure authentication options: secret '{where}': {problem}");
    }

    private async Task<ProxySettings> ReadProxyAsync(GitRepository repository, string name, CancellationToken cancellation)
    {
        var (data, where) = await DataAsync(repository, name, cancellation);
        return ProxySettings.TryRead(data, out var proxy, out var problem)
            ? proxy
            : throw new SecretProblemException($"failed to configure proxy options: secret '{where}': {problem}");
    }

    private async Task<(IReadOnlyDictionary<string, string> Data, string Where)> DataAsync(GitRepository repository, string name, CancellationToken cancellation)
    {
        var where = $"{repository.Metadata.Namespace}/{name}";
        try
        {
            var secret = await client.GetAsync(ResourcePath.Core("secrets", repository.Metadata.Namespace, name), cancellation)
                ?? throw new SecretProblemException($"failed to get secret '{where}': secrets \"{name}\" not found");
            return SecretData.TryDecode(secret, out var data, out var problem) ? (data, where) : throw new SecretProblemException($"secret '{where}': {problem}");
        }
        catch (ApiException error)
        {
            throw new SecretProblemException($"failed to get secret '{where}': {error.Message}");
        }
    }

    /// <summary>Leads from where a secret turns out wrong to the one place that answers.</summary>
    private sealed class SecretProblemException(string message, string reason = Reasons.AuthenticationFailed) : Exception(message)
    {
        public string Reason { get; } = reason;
    }
}

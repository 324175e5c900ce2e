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
        if (!SecretData.TryDecode(secret, out var data, out var problem))
        {
            return Failed($"secret '{where}': {problem}");
        }

        if (GitSecret.IsGitHubApp(data))
        {
            var message = $"secretRef '{where}' has github app data but provider is not set to github";
            return new CredentialResult(null, new Fault(Reasons.InvalidProviderConfiguration, message));
        }

        return GitSecret.TryRead(data, out var credentials, out problem)
            ? new CredentialResult(credentials, null)
            : Failed($"failed to configure authentication options: secret '{where}': {problem}");
    }

    private static CredentialResult Failed(string message) => new(null, new Fault(Reasons.AuthenticationFailed, message));
}

using System.Text.Json.Nodes;
using GitOpsToolkit.Api.Image.V1;
using GitOpsToolkit.Api.Meta;
using GitOpsToolkit.Kubernetes;
using GitOpsToolkit.Reconciling;
using GitOpsToolkit.Registry;

namespace GitOpsToolkit.Controllers.ImageReflector.Scanning;

/// <summary>
/// How to get at the registry of an ImageRepository: from the Secret that it names, else from the image pull secrets of the
/// ServiceAccount that it names, else anonymously. Read anew each time, so that a rotated password counts at once.
/// </summary>
internal sealed class RegistryLogin(KubeClient client)
{
    private const string Key = ".dockerconfigjson";

    /// <summary>The access, or the fault that keeps from it.</summary>
    internal async Task<(RegistryAccess? Access, Fault? Fault)> ResolveAsync(
        ImageRepository repository, ImageName image, CancellationToken cancellation)
    {
        var @namespace = repository.Metadata.Namespace ?? "";
        List<string> secrets = repository.Spec.SecretRef is { Name.Length: > 0 } named ? [named.Name] : [];
        if (repository.Spec.ServiceAccountName is { Length: > 0 } account)
        {
            if (await client.GetAsync(ResourcePath.Core("serviceaccounts", @namespace, account), cancellation) is not { } found)
            {
                return Failed($"serviceaccount '{@namespace}/{account}' of spec.serviceAccountName not found");
            }

            secrets.AddRange(PullSecrets(found));
        }

        foreach (var name in secrets)
        {
            var (credential, problem) = await ReadAsync(@namespace, name, image, cancellation);
            if (problem is not null)
            {
                return Failed(problem);
            }

            if (credential is not null)
            {
                return (new RegistryAccess(credential, repository.Spec.Insecure), null);
            }
        }

        return (new RegistryAccess(Insecure: repository.Spec.Insecure), null);
    }

    private static (RegistryAccess? Access, Fault? Fault) Failed(string message) =>
        (null, new Fault(Reasons.AuthenticationFailed, message));

    private static IEnumerable<string> PullSecrets(JsonObject account) => (account["imagePullSecrets"] as JsonArray ?? [])
        .Select(item => item?["name"] is JsonValue value && value.TryGetValue<string>(out var name) ? name : "")
        .Where(name => name.Length > 0);

    private async Task<(RegistryCredential? Credential, string? Problem)> ReadAsync(
        string @namespace, string name, ImageName image, CancellationToken cancellation)
    {
        if (await client.GetAsync(ResourcePath.Core("secrets", @namespace, name), cancellation) is not { } secret)
        {
            return (null, $"secret '{@namespace}/{name}' not found");
        }

        if (secret["data"]?[Key] is not JsonValue value || !value.TryGetValue<string>(out var encoded))
        {
            return (null, $"secret '{@namespace}/{name}' has no key {Key}; it must be of type kubernetes.io/dockerconfigjson");
        }

        var buffer = new byte[encoded.Length];
        if (!Convert.TryFromBase64String(encoded, buffer, out var length))
        {
            return (null, $"secret '{@namespace}/{name}': {Key} is not base64");
        }

        return DockerConfig.TryParse(buffer.AsMemory(0, length), out var config, out var error)
            ? (config.CredentialFor(image), null)
            : (null, $"secret '{@namespace}/{name}': {error}");
    }
}

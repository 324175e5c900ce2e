using System.Text.Json.Nodes;
using GitOpsToolkit.Api.Image.V1;
using GitOpsToolkit.Api.Meta;
using GitOpsToolkit.Connections;
using GitOpsToolkit.Kubernetes;
using GitOpsToolkit.Reconciling;
using GitOpsToolkit.Registry;
using GitOpsToolkit.Registry.Clouds;

namespace GitOpsToolkit.Controllers.ImageReflector.Access;

/// <summary>
/// How to get at the registry of an ImageRepository. The credential comes from the cloud that <c>spec.provider</c> names; else from the
/// Secret of <c>spec.secretRef</c>, else from the image pull secrets of <c>spec.serviceAccountName</c>, else there is none. CA, client
/// certificate and proxy come from Secrets too.
/// </summary>
internal sealed class RegistryLogin(KubeClient client, CloudLogin clouds, ImageReflectorOptions options)
{
    private const string Generic = "generic";

    private readonly SecretReader secrets = new(client);
    private readonly AccountTokens tokens = new(client);

    /// <summary>What keeps from it until the object or the controller's flags change; null for nothing.</summary>
    internal Outcome.Stalled? Refuse(ImageRepositorySpec spec) =>
        IsCloud(spec) && spec.ServiceAccountName is { Length: > 0 } && !options.ObjectLevelWorkloadIdentity
            ? new Outcome.Stalled(
                Reasons.FeatureGateDisabled,
                "to use spec.serviceAccountName for provider authentication please enable the ObjectLevelWorkloadIdentity feature gate in the controller")
            : null;

    /// <summary>The access, or the fault that keeps from it.</summary>
    internal async Task<(RegistryAccess? Access, Fault? Fault)> ResolveAsync(
        ImageRepository repository, ImageName image, CancellationToken cancellation)
    {
        var (spec, @namespace) = (repository.Spec, repository.Metadata.Namespace ?? "");
        try
        {
            var proxy = spec.ProxySecretRef is { Name.Length: > 0 } proxySecret
                ? await ReadAsync<ProxySettings>(@namespace, proxySecret.Name, ProxySettings.TryRead, cancellation)
                : null;
            var tls = spec.CertSecretRef is { Name.Length: > 0 } certificates
                ? await ReadAsync<TlsSettings>(@namespace, certificates.Name, TlsSettings.TryRead, cancellation)
                : null;
            var access = new RegistryAccess(Insecure: spec.Insecure) { Tls = tls, Proxy = proxy };
            return IsCloud(spec)
                ? (await LogInToCloudAsync(spec, @namespace, image, access, cancellation), null)
                : (access with { Credential = await FindCredentialAsync(spec, @namespace, image, cancellation) }, null);
        }
        catch (RegistryException error) when (error.RetryAfter is null)
        {
            return (null, new Fault(Reasons.AuthenticationFailed, error.Message));
        }
    }

    private static bool IsCloud(ImageRepositorySpec spec) => spec.Provider is { Length: > 0 } provider && provider != Generic;

    private static RegistryException Failed(string message) => new(RegistryFault.Authentication, message);

    private static IEnumerable<string> PullSecrets(JsonObject account) => (account["imagePullSecrets"] as JsonArray ?? [])
        .Select(item => item?["name"] is JsonValue value && value.TryGetValue<string>(out var name) ? name : "")
        .Where(name => name.Length > 0);

    private async Task<RegistryAccess> LogInToCloudAsync(
        ImageRepositorySpec spec, string @namespace, ImageName image, RegistryAccess access, CancellationToken cancellation)
    {
        // A default account keeps objects from the controller's own identity; that it is missing is no reason to fall back to that.
        var isDefault = string.IsNullOrEmpty(spec.ServiceAccountName);
        var name = !isDefault ? spec.ServiceAccountName! : options.ObjectLevelWorkloadIdentity ? options.DefaultServiceAccount : "";
        var identity = name.Length > 0
            ? tokens.Of(await FindAccountAsync(@namespace, name, isDefault ? "--default-service-account" : "spec.serviceAccountName", cancellation), @namespace, name)
            : null;
        var credential = await clouds.GetAsync(spec.Provider!, image, identity, access.Proxy, refused: null, cancellation);
        return access with { Credential = credential, Renew = RenewAsync };

        async Task<RegistryCredential?> RenewAsync(RegistryCredential refused, CancellationToken deadline)
        {
            var other = await clouds.GetAsync(spec.Provider!, image, identity, access.Proxy, refused, deadline);
            return other == refused ? null : other;
        }
    }

    private async Task<RegistryCredential?> FindCredentialAsync(
        ImageRepositorySpec spec, string @namespace, ImageName image, CancellationToken cancellation)
    {
        List<string> names = spec.SecretRef is { Name.Length: > 0 } named ? [named.Name] : [];
        if (spec.ServiceAccountName is { Length: > 0 } account)
        {
            names.AddRange(PullSecrets(await FindAccountAsync(@namespace, account, "spec.serviceAccountName", cancellation)));
        }

        foreach (var name in names)
        {
            var config = await ReadAsync<DockerConfig>(@namespace, name, DockerConfig.TryRead, cancellation);
            if (config.CredentialFor(image) is { } credential)
            {
                return credential;
            }
        }

        return null;
    }

    private async Task<JsonObject> FindAccountAsync(string @namespace, string name, string field, CancellationToken cancellation) =>
        await client.GetAsync(ResourcePath.Core("serviceaccounts", @namespace, name), cancellation)
            ?? throw Failed($"serviceaccount '{@namespace}/{name}' of {field} not found");

    private async Task<T> ReadAsync<T>(string @namespace, string name, Reader<T> reader, CancellationToken cancellation)
        where T : class
    {
        var (data, problem) = await secrets.ReadAsync(@namespace, name, cancellation);
        return data is null ? throw Failed(problem!)
            : reader(data, out var read, out var error) ? read!
            : throw Failed($"secret '{@namespace}/{name}' {error}");
    }

    private delegate bool Reader<T>(IReadOnlyDictionary<string, byte[]> data, out T? read, out string? error);
}

using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using GitOpsToolkit.Connections;

namespace GitOpsToolkit.Registry.Clouds;

/// <summary>
/// Google's registries, Container Registry and Artifact Registry, whose password is an access token: that of the machine or pod by the
/// metadata server, or that of a ServiceAccount by workload identity.
/// </summary>
internal sealed class GcpCloud(CloudHttp http, CloudEnvironment environment, TimeProvider time) : ICloud
{
    private const string CloudScope = "https://www.googleapis.com/auth/cloud-platform";
    private const string AccountAnnotation = "iam.gke.io/gcp-service-account";
    private const string ProviderAnnotation = "gcp.auth.fluxcd.io/workload-identity-provider";
    private const string User = "oauth2accesstoken";

    private static readonly Regex Registry = new(
        @"\A(([a-z0-9-]+\.)*gcr\.io|[a-z0-9-]+-docker\.pkg\.dev|docker\.s3nsregistry\.fr)\z", RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);

    private static readonly Regex Account = new(
        @"\A[a-zA-Z0-9-]{1,100}@[a-zA-Z0-9-]{1,100}\.iam\.gserviceaccount\.com\z", RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);

    private static readonly Regex Provider = new(
        @"\Aprojects/[0-9]{1,30}/locations/global/workloadIdentityPools/[^/]{1,100}/providers/[^/]{1,100}\z",
        RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);

    // A token is good for all of Google's registries.
    public string Realm(ImageName image) => Registry.IsMatch(image.Registry)
        ? "google"
        : throw new RegistryException(
            RegistryFault.Authentication,
            $"'{image.Registry}' is no registry of Google, such as gcr.io or europe-docker.pkg.dev; check spec.provider");

    public async Task<TimedCredential> ExchangeAsync(CloudExchange exchange, CancellationToken cancellation)
    {
        if (exchange.Identity is null)
        {
            using var request = Metadata("instance/service-accounts/default/token");
            return await http.JsonAsync(request, ProxySettings.None, exchange.Mask, Granted, cancellation);
        }

        var federated = await FederateAsync(exchange, exchange.Identity, cancellation);
        exchange.Mask.Add(federated.Credential.Password);
        return Named(exchange.Identity, AccountAnnotation, Account) is { } email
            ? await ImpersonateAsync(exchange, email, federated.Credential.Password, cancellation)
            : federated;
    }

    private static string? Named(CloudIdentity identity, string annotation, Regex form) => identity[annotation] switch
    {
        null => null,
        { } value when form.IsMatch(value) => value,
        { } value => throw new RegistryException(RegistryFault.Authentication, $"{identity}: the annotation {annotation}, '{value}', is not of the form {form}"),
    };

    private async Task<TimedCredential> FederateAsync(CloudExchange exchange, CloudIdentity identity, CancellationToken cancellation)
    {
        string audience, tokenAudience;
        if (Named(identity, ProviderAnnotation, Provider) is { } provider)
        {
            audience = tokenAudience = $"//iam.googleapis.com/{provider}";
        }
        else
        {
            var project = await MetadataAsync(exchange, "project/project-id", cancellation);
            var location = await MetadataAsync(exchange, "instance/attributes/cluster-location", cancellation);
            var cluster = await MetadataAsync(exchange, "instance/attributes/cluster-name", cancellation);
            tokenAudience = $"{project}.svc.id.goog";
            audience = $"identitynamespace:{tokenAudience}:https://container.googleapis.com/v1/projects/{project}/locations/{location}/clusters/{cluster}";
        }

        var token = await identity.Token(tokenAudience, cancellation);
        exchange.Mask.Add(token);
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri("https://sts.googleapis.com/v1/token"));
        request.Content = new FormUrlEncodedContent(
        [
            new("grant_type", "urn:ietf:params:oauth:grant-type:token-exchange"),
            new("audience", audience),
            new("scope", CloudScope),
            new("requested_token_type", "urn:ietf:params:oauth:token-type:access_token"),
            new("subject_token_type", "urn:ietf:params:oauth:token-type:jwt"),
            new("subject_token", token),
        ]);
        return await http.JsonAsync(request, exchange.Proxy, exchange.Mask, Granted, cancellation);
    }

    private async Task<TimedCredential> ImpersonateAsync(CloudExchange exchange, string email, string token, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(
            HttpMethod.Post, new Uri($"https://iamcredentials.googleapis.com/v1/projects/-/serviceAccounts/{email}:generateAccessToken"));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        request.Content = new StringContent(
            new JsonObject { ["scope"] = new JsonArray(CloudScope), ["lifetime"] = "3600s" }.ToJsonString(), Encoding.UTF8, "application/json");
        return await http.JsonAsync(request, exchange.Proxy, exchange.Mask, root => new TimedCredential(
            new RegistryCredential(User, root.GetProperty("accessToken").GetString()!),
            DateTimeOffset.Parse(root.GetProperty("expireTime").GetString()!, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal)), cancellation);
    }

    private TimedCredential Granted(JsonElement root) => new(
        new RegistryCredential(User, root.GetProperty("access_token").GetString()!),
        time.GetUtcNow().AddSeconds(root.TryGetProperty("expires_in", out var seconds) ? seconds.GetInt32() : 300));

    private HttpRequestMessage Metadata(string path)
    {
        var host = environment["GCE_METADATA_HOST"] ?? "metadata.google.internal";
        var request = new HttpRequestMessage(HttpMethod.Get, new Uri($"http://{host}/computeMetadata/v1/{path}"));
        request.Headers.Add("Metadata-Flavor", "Google");
        return request;
    }

    private async Task<string> MetadataAsync(CloudExchange exchange, string path, CancellationToken cancellation)
    {
        using var request = Metadata(path);
        var value = Encoding.UTF8.GetString(await http.SendAsync(request, ProxySettings.None, exchange.Mask, cancellation)).Trim();
        return value.Length > 0 ? value : throw new RegistryException(RegistryFault.Authentication, $"the metadata server has no {path}");
    }
}

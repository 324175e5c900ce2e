using System.Text;
using System.Text.Json;
using GitOpsToolkit.Connections;

namespace GitOpsToolkit.Registry.Clouds;

/// <summary>Azure's registries: an access token of Entra ID, then the registry's own refresh token for it.</summary>
internal sealed class AzureCloud(CloudHttp http, CloudEnvironment environment) : ICloud
{
    private const string Scope = "https://containerregistry.azure.net/.default";
    private const string Resource = "https://containerregistry.azure.net";
    private const string MachineMetadata = "http://169.254.169.254/metadata/identity/oauth2/token";
    private const string AssertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
    private const string ClientAnnotation = "azure.workload.identity/client-id";
    private const string TenantAnnotation = "azure.workload.identity/tenant-id";
    private const string User = "00000000-0000-0000-0000-000000000000";

    private static readonly string[] Domains = [".azurecr.io", ".azurecr.cn", ".azurecr.de", ".azurecr.us"];

    public string Realm(ImageName image) =>
        Array.Exists(Domains, domain => image.Registry.Length > domain.Length && image.Registry.EndsWith(domain, StringComparison.Ordinal))
            ? image.Registry
            : throw new RegistryException(
                RegistryFault.Authentication, $"'{image.Registry}' is no registry of Azure, such as example.azurecr.io; check spec.provider");

    public async Task<TimedCredential> ExchangeAsync(CloudExchange exchange, CancellationToken cancellation)
    {
        var access = await AccessTokenAsync(exchange, cancellation);
        exchange.Mask.Add(access);
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri($"https://{exchange.Image.Registry}/oauth2/exchange"));
        request.Content = new FormUrlEncodedContent(
            [new("grant_type", "access_token"), new("service", exchange.Image.Registry), new("access_token", access)]);
        return await http.JsonAsync(request, exchange.Proxy, exchange.Mask, root =>
        {
            var token = root.GetProperty("refresh_token").GetString()!;
            return new TimedCredential(new RegistryCredential(User, token), ExpiryOf(token));
        }, cancellation);
    }

    /// <summary>When a token ends, by its own claim.</summary>
    private static DateTimeOffset ExpiryOf(string token)
    {
        var payload = token.Split('.')[1].Replace('-', '+').Replace('_', '/');
        var json = Encoding.UTF8.GetString(Convert.FromBase64String(payload.PadRight((payload.Length + 3) / 4 * 4, '=')));
        using var claims = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = 16 });
        return DateTimeOffset.FromUnixTimeSeconds(claims.RootElement.GetProperty("exp").GetInt64());
    }

    private async Task<string> AccessTokenAsync(CloudExchange exchange, CancellationToken cancellation)
    {
        if (exchange.Identity is { } identity)
        {
            var (tenant, client) = (Required(identity, TenantAnnotation), Required(identity, ClientAnnotation));
            var assertion = await identity.Token("api://AzureADTokenExchange", cancellation);
            return await GrantAsync(exchange, tenant, client, ("client_assertion", assertion), cancellation);
        }

        if (environment["AZURE_CLIENT_ID"] is { } id && environment["AZURE_TENANT_ID"] is { } home)
        {
            if (environment["AZURE_CLIENT_SECRET"] is { } secret)
            {
                return await GrantAsync(exchange, home, id, ("client_secret", secret), cancellation);
            }

            if (environment["AZURE_FEDERATED_TOKEN_FILE"] is { } file)
            {
                return await GrantAsync(exchange, home, id, ("client_assertion", await environment.ReadAsync(file, cancellation)), cancellation);
            }
        }

        var chosen = environment["AZURE_CLIENT_ID"] is { } own ? $"&client_id={Uri.EscapeDataString(own)}" : "";
        using var request = new HttpRequestMessage(
            HttpMethod.Get, new Uri($"{MachineMetadata}?api-version=2018-02-01&resource={Uri.EscapeDataString(Resource)}{chosen}"));
        request.Headers.Add("Metadata", "true");
        return await http.JsonAsync(request, ProxySettings.None, exchange.Mask, AccessToken, cancellation);
    }

    private static string AccessToken(JsonElement root) => root.GetProperty("access_token").GetString()!;

    private static string Required(CloudIdentity identity, string annotation) => identity[annotation]
        ?? throw new RegistryException(RegistryFault.Authentication, $"{identity} has no annotation {annotation}");

    private async Task<string> GrantAsync(
        CloudExchange exchange, string tenant, string client, (string Name, string Value) proof, CancellationToken cancellation)
    {
        exchange.Mask.Add(proof.Value);
        var authority = (environment["AZURE_AUTHORITY_HOST"] ?? "https://login.microsoftonline.com/").TrimEnd('/');
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri($"{authority}/{Uri.EscapeDataString(tenant)}/oauth2/v2.0/token"));
        List<KeyValuePair<string, string>> form =
            [new("grant_type", "client_credentials"), new("client_id", client), new("scope", Scope), new(proof.Name, proof.Value)];
        if (proof.Name == "client_assertion")
        {
            form.Add(new("client_assertion_type", AssertionType));
        }

        request.Content = new FormUrlEncodedContent(form);
        return await http.JsonAsync(request, exchange.Proxy, exchange.Mask, AccessToken, cancellation);
    }
}

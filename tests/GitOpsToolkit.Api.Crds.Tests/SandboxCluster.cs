using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using GitOpsToolkit.Sandbox.ApiServer;
using GitOpsToolkit.TestKit;
using Xunit;

namespace GitOpsToolkit.Api.Crds.Tests;

/// <summary>A sandbox API server with the CRDs of config/crd/bases installed.</summary>
public sealed class SandboxCluster : IAsyncLifetime
{
    private ApiServer? _server;
    private HttpClient? _http;

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        _server = await ApiServer.StartAsync(ct: TestContext.Current.CancellationToken);
        var authority = X509Certificate2.CreateFromPem(_server.CertificateAuthorityPem);
        var handler = new SocketsHttpHandler();
        handler.SslOptions.CertificateChainPolicy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
            CustomTrustStore = { authority },
        };
        _http = new HttpClient(handler) { BaseAddress = _server.Url, Timeout = TimeSpan.FromMinutes(2) };
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", _server.Token);
        foreach (var crd in ConfigFiles.In("crd"))
        {
            var (code, answer) = await SendAsync(HttpMethod.Post, Definitions, crd);
            Assert.True(code == HttpStatusCode.Created, answer.ToJsonString());
        }

        await Eventually.TrueAsync(
            async () => (await SendAsync(HttpMethod.Get, Definitions)).Body["items"]!.AsArray().Count(Established) == 7,
            "all CRDs are established");
    }

    private const string Definitions = "apis/apiextensions.k8s.io/v1/customresourcedefinitions";

    /// <summary>Sends a request; the body is what came back.</summary>
    public async Task<(HttpStatusCode Code, JsonObject Body)> SendAsync(
        HttpMethod method, string path, JsonNode? body = null, string type = "application/json", string accept = "application/json")
    {
        using var request = new HttpRequestMessage(method, path);
        request.Headers.TryAddWithoutValidation("Accept", accept);
        if (body is not null)
        {
            request.Content = new StringContent(body.ToJsonString(), Encoding.UTF8, type);
        }

        using var response = await _http!.SendAsync(request, TestContext.Current.CancellationToken);
        return (response.StatusCode, JsonNode.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!.AsObject());
    }

    /// <summary>Where the objects of a kind live.</summary>
    public static string Path(JsonObject json, string? name = null)
    {
        var plural = (string)Crds.Of(json.Kind())["spec"]!["names"]!["plural"]!;
        return $"apis/{json["apiVersion"]}/namespaces/default/{plural}{(name is null ? "" : "/" + name)}";
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _http?.Dispose();
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }
    }

    private static bool Established(JsonNode? crd) =>
        crd!["status"]?["conditions"]?.AsArray().Any(c => (string)c!["type"]! == "Established" && (string)c["status"]! == "True") ?? false;
}

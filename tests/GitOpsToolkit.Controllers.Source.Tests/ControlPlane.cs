using System.Net.Http.Headers;
using System.Security.Cryptography.X509Certificates;
using GitOpsToolkit.Kubernetes;
using GitOpsToolkit.Sandbox.ApiServer;
using GitOpsToolkit.TestKit;

namespace GitOpsToolkit.Controllers.Source.Tests;

/// <summary>A sandbox API server with the toolkit's kinds, and a client of it.</summary>
internal sealed class ControlPlane : IAsyncDisposable
{
    private readonly ApiServer _server;

    private ControlPlane(ApiServer server)
    {
        _server = server;
        var authority = new X509Certificate2Collection(X509Certificate2.CreateFromPem(server.CertificateAuthorityPem));
        Client = KubeConnection.ToServer(server.Url, server.Token, authority);
    }

    public KubeClient Client { get; }

    public RequestLog Requests => _server.Requests;

    public static async Task<ControlPlane> StartAsync()
    {
        var plane = new ControlPlane(await ApiServer.StartAsync());
        await plane.InstallAsync();
        return plane;
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private async Task InstallAsync()
    {
        var authority = X509Certificate2.CreateFromPem(_server.CertificateAuthorityPem);
        using var handler = new SocketsHttpHandler();
        handler.SslOptions.CertificateChainPolicy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
            CustomTrustStore = { authority },
        };
        using var http = new HttpClient(handler) { BaseAddress = _server.Url };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", _server.Token);
        foreach (var file in Directory.EnumerateFiles(SourceTree.At("config/crd/bases"), "source.*.yaml"))
        {
            using var body = new StringContent(await File.ReadAllTextAsync(file), new MediaTypeHeaderValue("application/yaml"));
            using var response = await http.PostAsync(new Uri("apis/apiextensions.k8s.io/v1/customresourcedefinitions", UriKind.Relative), body);
            if (!response.IsSuccessStatusCode)
            {
                throw new InvalidOperationException($"{file}: {await response.Content.ReadAsStringAsync()}");
            }
        }

        foreach (var plural in new[] { "gitrepositories", "ocirepositories" })
        {
            await Eventually.TrueAsync(() => IsServedAsync(plural), $"{plural} are served");
        }
    }

    private async Task<bool> IsServedAsync(string plural)
    {
        try
        {
            await Client.ListAsync(new ResourcePath("source.toolkit.fluxcd.io", "v1", plural), null, CancellationToken.None);
            return true;
        }
        catch (ApiException error) when (error.IsNotFound)
        {
            return false;
        }
    }
}

using System.Text;
using GitOpsToolkit.Connections;
using GitOpsToolkit.TestKit;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Xunit;
using static GitOpsToolkit.Registry.Tests.Harness;

namespace GitOpsToolkit.Registry.Tests;

/// <summary>Own authorities and client certificates.</summary>
public sealed class TlsTests : IDisposable
{
    private readonly TestAuthority authority = new();
    private readonly TestAuthority stranger = new("Stranger");
    private readonly RegistryClient client = new(Quick with { Retries = 1 }, TimeProvider.System, (_, _) =>
        Task.FromResult(new[] { System.Net.IPAddress.Loopback }));

    public void Dispose()
    {
        client.Dispose();
        authority.Dispose();
        stranger.Dispose();
    }

    [Fact]
    public async Task A_registry_is_trusted_by_its_own_authority_only()
    {
        await using var server = await HttpsServer.StartAsync(authority.ForServer("registry.test"));
        Assert.Equal(["v1"], (await ListAsync(server, Ca(authority.Pem))).Tags);
        Assert.Equal(["v1"], (await ListAsync(server, Ca(stranger.Pem + authority.Pem))).Tags);

        var unknown = await FaultAsync(() => ListAsync(server, tls: null));
        Assert.Equal(RegistryFault.Unreachable, unknown.Fault);
        Assert.Contains("is its CA unknown?", unknown.Message, StringComparison.Ordinal);
        var other = await FaultAsync(() => ListAsync(server, Ca(stranger.Pem)));
        Assert.Contains("signed neither by a CA of the Secret nor by one of the system", other.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_authority_below_another_may_be_the_one_that_is_trusted()
    {
        using var middle = new TestAuthority("Middle CA", authority);
        await using var server = await HttpsServer.StartAsync(middle.ForServer("registry.test"));
        Assert.Equal(["v1"], (await ListAsync(server, Ca(middle.Pem))).Tags);

        // The root alone does not do where the server keeps the link in between to itself.
        await FaultAsync(() => ListAsync(server, Ca(authority.Pem)));
    }

    [Fact]
    public async Task A_certificate_of_another_host_is_refused_whoever_signed_it()
    {
        await using var server = await HttpsServer.StartAsync(authority.ForServer("other.test"));
        var fault = await FaultAsync(() => ListAsync(server, Ca(authority.Pem)));
        Assert.Contains("RemoteCertificateNameMismatch", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_client_certificate_is_shown_where_it_is_asked_for()
    {
        await using var server = await HttpsServer.StartAsync(authority.ForServer("registry.test"), ClientCertificateMode.RequireCertificate);
        var identity = authority.ForClient("puller");
        Assert.Equal(["CN-puller"], (await ListAsync(server, Read(identity.ToSecret(authority.Pem)))).Tags);
        var without = await FaultAsync(() => ListAsync(server, Ca(authority.Pem)));
        Assert.Equal(RegistryFault.Unreachable, without.Fault);
    }

    [Fact]
    public async Task A_client_certificate_is_not_shown_where_the_registry_sends_us()
    {
        await using var elsewhere = await HttpsServer.StartAsync(authority.ForServer("elsewhere.test"), ClientCertificateMode.AllowCertificate);
        await using var server = await HttpsServer.StartAsync(
            authority.ForServer("registry.test"), ClientCertificateMode.RequireCertificate, $"https://elsewhere.test:{elsewhere.Port}/v2/app/tags/list");
        var list = await ListAsync(server, Read(authority.ForClient("puller").ToSecret(authority.Pem)));
        Assert.Equal(["v1"], list.Tags);
    }

    [Fact]
    public void The_older_names_of_the_keys_are_read_and_the_newer_win()
    {
        var identity = authority.ForClient("puller");
        var old = new Dictionary<string, byte[]>
        {
            ["caFile"] = Bytes(authority.Pem),
            ["certFile"] = Bytes(identity.Certificate),
            ["keyFile"] = Bytes(identity.Key),
        };
        Assert.Equal(Read(identity.ToSecret(authority.Pem)).Fingerprint, Read(old).Fingerprint);
        var both = new Dictionary<string, byte[]>(old) { ["ca.crt"] = Bytes(stranger.Pem) };
        Assert.NotEqual(Read(old).Fingerprint, Read(both).Fingerprint);
    }

    [Theory]
    [InlineData("", "must contain either 'ca.crt' or both 'tls.crt' and 'tls.key'")]
    [InlineData("tls.crt", "contains 'tls.crt' but missing 'tls.key'")]
    [InlineData("tls.key", "contains 'tls.key' but missing 'tls.crt'")]
    [InlineData("ca.crt", "'ca.crt' holds no PEM certificate that can be read")]
    [InlineData("tls.crt tls.key", "'tls.crt' and 'tls.key' are no PEM certificate with its private key")]
    public void What_a_Secret_lacks_is_named_without_its_values(string keys, string expected)
    {
        var data = keys.Split(' ', StringSplitOptions.RemoveEmptyEntries).ToDictionary(key => key, _ => Bytes("-----CANARY-----"));
        Assert.False(TlsSettings.TryRead(data, out _, out var error));
        Assert.Equal(expected, error);
    }

    [Fact]
    public void The_key_of_another_certificate_is_refused()
    {
        var data = authority.ForClient("one").ToSecret();
        data["tls.key"] = authority.ForClient("two").ToSecret()["tls.key"];
        Assert.False(TlsSettings.TryRead(data, out _, out var error));
        Assert.Contains("are no PEM certificate with its private key", error, StringComparison.Ordinal);
    }

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    private static TlsSettings Ca(string pem) => Read(new Dictionary<string, byte[]> { ["ca.crt"] = Bytes(pem) });

    private static TlsSettings Read(Dictionary<string, byte[]> data) =>
        TlsSettings.TryRead(data, out var tls, out var error) ? tls : throw new InvalidOperationException(error);

    private Task<TagList> ListAsync(HttpsServer server, TlsSettings? tls) =>
        client.ListTagsAsync(Image($"registry.test:{server.Port}"), new RegistryAccess { Tls = tls }, CancellationToken.None);

    /// <summary>Lists one tag: the name of the client certificate, or <c>v1</c>.</summary>
    private sealed class HttpsServer(WebApplication app) : IAsyncDisposable
    {
        internal int Port => new Uri(app.Urls.First()).Port;

        public ValueTask DisposeAsync() => app.DisposeAsync();

        internal static async Task<HttpsServer> StartAsync(
            TestIdentity identity, ClientCertificateMode mode = ClientCertificateMode.NoCertificate, string? redirect = null)
        {
            var builder = WebApplication.CreateSlimBuilder();
            builder.Logging.ClearProviders();
            builder.WebHost.UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel => kestrel.Listen(
                System.Net.IPAddress.Loopback, 0, listen => listen.UseHttps(identity.ToCertificate(), https =>
                {
                    https.ClientCertificateMode = mode;
                    https.AllowAnyClientCertificate();
                })));
            var app = builder.Build();
            app.Run(http =>
            {
                if (redirect is not null)
                {
                    http.Response.Redirect(redirect);
                    return Task.CompletedTask;
                }

                var name = http.Connection.ClientCertificate?.Subject.Replace('=', '-') ?? "v1";
                return http.Response.WriteAsync($$"""{"tags":["{{name}}"]}""");
            });
            await app.StartAsync();
            return new HttpsServer(app);
        }
    }
}

using System.Security.Cryptography.X509Certificates;
using GitOpsToolkit.Api.Image.V1;
using GitOpsToolkit.Sandbox.Registry;
using GitOpsToolkit.TestKit;
using Xunit;
using static GitOpsToolkit.Controllers.ImageReflector.Tests.ReflectorHost;

namespace GitOpsToolkit.Controllers.ImageReflector.Tests.Access;

/// <summary>certSecretRef, proxySecretRef and insecure, against docker-registry and the sandbox's registry.</summary>
public sealed class TransportTests : IDisposable
{
    private readonly TestAuthority authority = new();

    private static Api.Schema.ResourceKind Kind => ImageRepository.ResourceKind;

    public void Dispose() => authority.Dispose();

    [Fact]
    public async Task Certificates_and_a_proxy_lead_to_docker_registry_with_client_certificates_and_a_password_file()
    {
        Assert.SkipUnless(DockerRegistryProgram.IsInstalled, DockerRegistryProgram.Missing);
        var server = authority.ForServer("registry.example.com", "127.0.0.1");
        await using var registry = await DockerRegistryProgram.StartAsync(
            settings: "auth:\n  htpasswd:\n    realm: x\n    path: $FOLDER/htpasswd",
            tls: "certificate: $FOLDER/tls.crt\nkey: $FOLDER/tls.key\nclientcas: [$FOLDER/ca.crt]",
            files: new Dictionary<string, string>
            {
                // ann, secret-1
                ["htpasswd"] = "ann:$2b$05$abcdefghijklmnopqrstuuNyfD1e6TuAxhlZIeKrqXUCJ7D8jeA.m\n",
                ["tls.crt"] = server.Certificate,
                ["tls.key"] = server.Key,
                ["ca.crt"] = authority.Pem,
            });
        var identity = authority.ForClient("puller");
        using var handler = new SocketsHttpHandler();
        handler.SslOptions.CertificateChainPolicy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            CustomTrustStore = { X509Certificate2.CreateFromPem(authority.Pem) },
            RevocationMode = X509RevocationMode.NoCheck,
        };
        handler.SslOptions.ClientCertificates = [identity.ToCertificate()];
        using var http = new HttpClient(handler);
        await new ImagePusher(http, new Uri($"https://{registry.Host}/"), "ann", "secret-1").PushAsync("team/app", "v1.0.0");
        using var proxy = new TestProxy(("bob", "CANARY-proxy"), target: int.Parse(registry.Host.Split(':')[1]));

        await using var host = await StartAsync();
        await host.SetSecretAsync("login", (".dockerconfigjson", """{"auths":{"registry.example.com":{"username":"ann","password":"secret-1"}}}"""));
        await host.CreateRepositoryAsync(
            "secretRef: {name: login}\ncertSecretRef: {name: tls}\nproxySecretRef: {name: proxy}", image: "registry.example.com/team/app");
        await host.CreatePolicyAsync(spec: "digestReflectionPolicy: IfNotPresent");

        await FaultAsync(host, "AuthenticationFailed", "secret 'default/proxy' not found");
        await host.SetSecretAsync("proxy", ("password", "CANARY-proxy"));
        await FaultAsync(host, "AuthenticationFailed", "secret 'default/proxy' key 'address' not found");
        await host.SetSecretAsync("proxy", ("address", $"http://127.0.0.1:{proxy.Port}"), ("username", "bob"), ("password", "CANARY-proxy"));
        await FaultAsync(host, "AuthenticationFailed", "secret 'default/tls' not found");
        await host.SetSecretAsync("tls", ("tls.crt", "CANARY"));
        await FaultAsync(host, "AuthenticationFailed", "secret 'default/tls' contains 'tls.crt' but missing 'tls.key'");
        await host.SetSecretAsync("tls", ("ca.crt", new TestAuthority("Stranger").Pem));
        await FaultAsync(host, "ReadOperationFailed", "signed neither by a CA of the Secret nor by one of the system");
        await host.SetSecretAsync("tls", ("ca.crt", authority.Pem));
        await FaultAsync(host, "ReadOperationFailed", "scan failed: GET https://registry.example.com/v2/team/app/");

        await host.SetSecretAsync("tls", identity.ToSecret(authority.Pem));
        await host.RequestAsync(Kind, "healed");
        var ready = await host.ReadyAsync(Kind);
        Assert.DoesNotContain("CANARY", ready.ToJsonString(), StringComparison.Ordinal);
        var policy = await host.ElectedAsync("v1.0.0");
        Assert.StartsWith("sha256:", (string?)policy["status"]!["latestRef"]!["digest"], StringComparison.Ordinal);
        Assert.Equal("CONNECT registry.example.com:443", proxy.Targets[^1]);
        Assert.Equal(0, await CanariesAsync(host));
    }

    [Fact]
    public async Task Plain_HTTP_is_spoken_to_another_machine_only_where_insecure_says_so()
    {
        await using var host = await StartAsync();
        await host.PushAsync("v1");
        using var proxy = new TestProxy(target: host.Registry.Url.Port);
        await host.SetSecretAsync("proxy", ("address", $"socks5://127.0.0.1:{proxy.Port}"));
        await host.CreateRepositoryAsync("proxySecretRef: {name: proxy}", image: "registry.example.com/app");
        var secure = await host.NotReadyAsync(Kind, "ReadOperationFailed");
        Assert.Contains("is it a plain HTTP registry (spec.insecure)", Message(secure), StringComparison.Ordinal);
        await host.PatchAsync(Kind, """{"spec":{"insecure":true}}""");
        await host.ReadyAsync(Kind);
        Assert.Equal("SOCKS5 registry.example.com:80", proxy.Targets[^1]);
    }

    /// <summary>How many events and conditions show a secret.</summary>
    private static async Task<int> CanariesAsync(ReflectorHost host)
    {
        var events = await host.Client.ListAsync(Kubernetes.ResourcePath.Core("events", "default"), options: null, CancellationToken.None);
        return events.Items.Count(item => item.ToString().Contains("CANARY", StringComparison.Ordinal));
    }

    private static async Task FaultAsync(ReflectorHost host, string reason, string message)
    {
        var token = $"{reason} {message.Length} {Guid.NewGuid():N}";
        await host.PatchAsync(Kind, """{"metadata":{"annotations":{"reconcile.fluxcd.io/requestedAt":"TOKEN"}}}""".Replace("TOKEN", token, StringComparison.Ordinal));
        var found = await host.WaitAsync(
            Kind,
            status => (string?)Condition(status, "Ready")?["reason"] == reason
                && ((string?)Condition(status, "Ready")!["message"])!.Contains(message, StringComparison.Ordinal),
            message);
        Assert.DoesNotContain("CANARY", found.ToJsonString(), StringComparison.Ordinal);
    }
}

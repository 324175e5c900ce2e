using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using GitOpsToolkit.TestKit;
using k8s.Exceptions;

namespace GitOpsToolkit.Kubernetes.Tests;

public sealed class KubeConfigFileTests : IDisposable
{
    private readonly TempDirectory folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void All_authorities_of_a_bundle_count()
    {
        var path = Write($"certificate-authority-data: {Convert.ToBase64String(Encoding.UTF8.GetBytes(Authority("one") + Authority("two")))}");

        Assert.Equal(["CN=one", "CN=two"], KubeConfigFile.Read(path).SslCaCerts.Select(certificate => certificate.Subject));
    }

    [Fact]
    public void A_file_of_authorities_is_found_beside_the_kubeconfig()
    {
        File.WriteAllText(folder["ca.crt"], Authority("one") + Authority("two"));
        var path = Write("certificate-authority: ca.crt");

        Assert.Equal(["CN=one", "CN=two"], KubeConfigFile.Read(path).SslCaCerts.Select(certificate => certificate.Subject));
    }

    [Fact]
    public void The_named_context_is_taken_before_the_current_one()
    {
        var path = Write("insecure-skip-tls-verify: true");

        Assert.Equal("https://two.example:6443", KubeConfigFile.Read(path, "other").Host);
        var current = KubeConfigFile.Read(path);
        Assert.Equal(("https://one.example:6443", "secret"), (current.Host, current.AccessToken));
        Assert.Null(current.SslCaCerts);
    }

    [Fact]
    public void What_is_no_kubeconfig_is_told_with_its_path()
    {
        var missing = Assert.Throws<KubeConfigException>(() => KubeConfigFile.Read(folder["missing"]));
        Assert.Contains(folder["missing"], missing.Message, StringComparison.Ordinal);
    }

    private string Write(string trust)
    {
        var path = folder["kubeconfig"];
        File.WriteAllText(path, $$"""
            apiVersion: v1
            kind: Config
            clusters:
            - name: first
              cluster: {server: "https://one.example:6443"}
            - name: second
              cluster: {server: "https://two.example:6443"}
            users:
            - name: user
              user: {token: secret}
            contexts:
            - name: usual
              context: {cluster: first, user: user}
            - name: other
              context: {cluster: second, user: user}
            current-context: usual
            """.Replace("""one.example:6443"}""", $$"""one.example:6443", {{trust}}}""", StringComparison.Ordinal));
        return path;
    }

    private static string Authority(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(99));
        return certificate.ExportCertificatePem() + "\n";
    }
}

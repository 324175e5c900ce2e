using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using GitOpsToolkit.Sandbox.Git;
using GitOpsToolkit.TestKit;
using Xunit;

namespace GitOpsToolkit.Git.Tests;

public sealed class TlsTests : IDisposable
{
    private readonly TempDirectory _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_private_CA_is_trusted_where_it_is_given_and_nowhere_else()
    {
        using var authority = NewAuthority();
        using var certificate = Issue(authority);
        await using var server = await GitServer.StartAsync(new GitServerOptions { RootDirectory = _folder["repositories"], Certificate = certificate });
        await server.CreateRepositoryAsync("app", access: GitAccess.Basic("git", "x"));
        using var remote = new GitRemote(_folder["scratch"], new GitCliOptions(), TimeProvider.System);
        using var store = new GitMirrorStore(_folder["mirrors"], remote, TimeProvider.System);
        var url = GitUrl.Parse(server.CloneUrl("app").AbsoluteUri);
        var trusting = new GitCredentials { Username = "git", Password = "x", CaCertificates = authority.ExportCertificatePem() };
        var timeout = TimeSpan.FromMinutes(2);

        Assert.Equal("https", url.Uri.Scheme);
        Assert.True((await store.Get(url, trusting).ListRefsAsync(TimeSpan.Zero, timeout, default)).IsEmpty);
        var author = new GitSignature("Robot", "robot@example.com", DateTimeOffset.UnixEpoch);
        var id = store.Get(url, trusting).NewCommit(null).Write("a", "a"u8).Build(author, author, "first")!;
        Assert.Equal(PushResult.Pushed, (await store.Get(url, trusting).PushAsync("main", id, null, timeout, default)).Result);

        var distrusting = store.Get(url, trusting with { CaCertificates = null });
        var error = await Assert.ThrowsAsync<GitException>(() => distrusting.ListRefsAsync(TimeSpan.Zero, timeout, default));
        Assert.Equal(GitFailure.Tls, error.Failure);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder["scratch"]));
    }

    private static X509Certificate2 NewAuthority()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=Test CA", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, true));
        var now = TimeProvider.System.GetUtcNow();
        return request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
    }

    private static X509Certificate2 Issue(X509Certificate2 authority)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        using var issued = request.Create(authority, new DateTimeOffset(authority.NotBefore), new DateTimeOffset(authority.NotAfter), [1, 2, 3, 4]);
        using var withKey = issued.CopyWithPrivateKey(key);
        return X509CertificateLoader.LoadPkcs12(withKey.Export(X509ContentType.Pkcs12), null);
    }
}

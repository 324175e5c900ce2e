using GitOpsToolkit.Sandbox.Registry;
using GitOpsToolkit.TestKit;
using Xunit;
using static GitOpsToolkit.Registry.Tests.Harness;

namespace GitOpsToolkit.Registry.Tests;

/// <summary>The client against Debian's docker-registry. Skipped where it is not installed.</summary>
public sealed class DockerRegistryTests : IDisposable
{
    private const string Password = "secret-1";

    // ann, secret-1
    private const string PasswordFile = "ann:$2b$05$abcdefghijklmnopqrstuuNyfD1e6TuAxhlZIeKrqXUCJ7D8jeA.m\n";

    private readonly RegistryClient client = new(Quick, TimeProvider.System);
    private readonly HttpClient http = new();

    public DockerRegistryTests() => Assert.SkipUnless(DockerRegistryProgram.IsInstalled, DockerRegistryProgram.Missing);

    public void Dispose()
    {
        client.Dispose();
        http.Dispose();
    }

    [Fact]
    public async Task Tags_digests_manifests_and_blobs_are_read()
    {
        await using var registry = await DockerRegistryProgram.StartAsync();
        await PushAsync(registry, "v1");
        var digest = await PushAsync(registry, "v2");
        var (image, open) = (Image(registry.Host, "team/app"), new RegistryAccess());

        Assert.Equal(["v1", "v2"], (await client.ListTagsAsync(image, open, CancellationToken.None)).Tags);
        Assert.Equal(digest, await client.ResolveDigestAsync(image, "v2", open, CancellationToken.None));
        var manifest = await client.GetManifestAsync(image, "v2", open, CancellationToken.None);
        Assert.Equal(digest, manifest.Digest);
        Assert.Equal(manifest.Config!.Size, (await client.ReadBlobAsync(image, manifest.Config, open, CancellationToken.None)).Length);

        // This registry has no referrers API and answers 404; the tag is not there either.
        Assert.Empty(await client.ListReferrersAsync(image, digest, artifactType: null, open, CancellationToken.None));
        var missing = await FaultAsync(() => client.ListTagsAsync(Image(registry.Host, "nope"), open, CancellationToken.None));
        Assert.Equal(RegistryFault.NotFound, missing.Fault);
        missing = await FaultAsync(() => client.GetManifestAsync(image, "v3", open, CancellationToken.None));
        Assert.Equal(RegistryFault.NotFound, missing.Fault);
    }

    [Fact]
    public async Task A_password_file_lets_in_who_is_in_it()
    {
        await using var registry = await DockerRegistryProgram.StartAsync(
            settings: "auth:\n  htpasswd:\n    realm: x\n    path: $FOLDER/htpasswd", files: new Dictionary<string, string> { ["htpasswd"] = PasswordFile });
        await PushAsync(registry, "v1");
        await RightAndWrongAsync(registry);
    }

    [Fact]
    public async Task A_token_server_lets_in_whom_it_knows_with_one_token_for_many_calls()
    {
        using var authority = new TestAuthority();
        await using var tokens = await TokenServer.StartAsync(authority.ForClient("signer"), Password);
        await using var registry = await DockerRegistryProgram.StartAsync(
            settings: $"auth:\n  token:\n    realm: {tokens.Realm}\n    service: registry\n    issuer: test\n    rootcertbundle: $FOLDER/root.crt",
            files: new Dictionary<string, string> { ["root.crt"] = authority.Pem });
        await PushAsync(registry, "v1");
        var before = tokens.Issued;
        await RightAndWrongAsync(registry);
        Assert.Equal(before + 1, tokens.Issued);
    }

    private async Task RightAndWrongAsync(DockerRegistryProgram registry)
    {
        var image = Image(registry.Host, "team/app");
        var ann = new RegistryAccess(new RegistryCredential("ann", Password));
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(["v1"], (await client.ListTagsAsync(image, ann, CancellationToken.None)).Tags);
        }

        foreach (var access in (RegistryAccess[])[new(), new(new RegistryCredential("ann", "CANARY")), new(new RegistryCredential("bob", "CANARY"))])
        {
            var fault = await FaultAsync(() => client.ListTagsAsync(image, access, CancellationToken.None));
            Assert.Equal(RegistryFault.Authentication, fault.Fault);
            Assert.Contains("401 Unauthorized", fault.Message, StringComparison.Ordinal);
            Assert.DoesNotContain("CANARY", fault.ToString(), StringComparison.Ordinal);
        }
    }

    private Task<string> PushAsync(DockerRegistryProgram registry, string tag) =>
        new ImagePusher(http, new Uri($"http://{registry.Host}/"), "ann", Password).PushAsync("team/app", tag);
}

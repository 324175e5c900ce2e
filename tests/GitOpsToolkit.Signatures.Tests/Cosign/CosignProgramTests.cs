using System.Security.Cryptography;
using System.Text.Json.Nodes;
using GitOpsToolkit.Registry;
using GitOpsToolkit.TestKit;
using Xunit;

namespace GitOpsToolkit.Signatures.Tests.Cosign;

/// <summary>What cosign itself signs, in a registry that knows of referrers and in one that does not. Skipped where it is not installed.</summary>
public sealed class CosignProgramTests : IDisposable
{
    private readonly TempDirectory folder = new();
    private readonly Dictionary<string, string> environment = new() { ["COSIGN_PASSWORD"] = "test" };

    public CosignProgramTests() => Assert.SkipUnless(PeerProgram.Cosign.IsInstalled, PeerProgram.Cosign.Missing);

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Its_signatures_by_key_hold_and_those_by_another_key_do_not(bool bundle)
    {
        await using var bench = await Bench.StartAsync();
        var image = await bench.Pusher.ImageAsync("v1");
        var key = await KeyAsync("one");
        var other = await KeyAsync("two");
        await SignAsync("one", $"{bench.Image}@{image["digest"]}", bundle);

        Assert.Equal(new SignatureVerdict(SignatureOutcome.Verified, "the key 1.pub"), await bench.VerifyAsync(Bench.ByKeys(key), image));
        Assert.Equal(SignatureOutcome.WrongKey, (await bench.VerifyAsync(Bench.ByKeys(other), image)).Outcome);
        Assert.Equal(SignatureOutcome.NoSignature, (await bench.VerifyAsync(Bench.ByKeys(key), await bench.Pusher.ImageAsync("v2"))).Outcome);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task In_a_registry_without_referrers_they_are_found_below_the_tag(bool bundle)
    {
        Assert.SkipUnless(DockerRegistryProgram.IsInstalled, DockerRegistryProgram.Missing);
        await using var registry = await DockerRegistryProgram.StartAsync();
        using var http = new HttpClient();
        using var client = new RegistryClient(new RegistryClientOptions(), TimeProvider.System);
        var name = ImageName.TryParse($"{registry.Host}/app", out var parsed, out _) ? parsed : null!;
        var image = await new ArtifactPusher(http, new Uri($"http://{registry.Host}/"), "app").ImageAsync("v1");
        var key = await KeyAsync("one");
        await SignAsync("one", $"{name}@{image["digest"]}", bundle);
        await SignAsync("one", $"{name}@{image["digest"]}", bundle);

        var artifact = new SignedArtifact(client, name, (string)image["digest"]!, new RegistryAccess());
        var verdict = await Bench.ByKeys(key).VerifyAsync(artifact, TestContext.Current.CancellationToken);
        Assert.Equal(new SignatureVerdict(SignatureOutcome.Verified, "the key 1.pub"), verdict);
    }

    public static TheoryData<string, bool> Keys => [.. ((string[])["P-384", "P-521", "RSA", "Ed25519"]).SelectMany(kind => new[] { (kind, true), (kind, false) })];

    [Theory]
    [MemberData(nameof(Keys))]
    public async Task Keys_of_every_kind_sign_what_we_verify(string kind, bool bundle)
    {
        await using var bench = await Bench.StartAsync();
        var image = await bench.Pusher.ImageAsync("v1");
        await File.WriteAllTextAsync(folder["own.pem"], PrivateKey(kind), TestContext.Current.CancellationToken);
        await PeerProgram.Cosign.RunAsync(folder.Path, environment, "import-key-pair", "--key", "own.pem", "--output-key-prefix", "own", "--yes");
        await SignAsync("own", $"{bench.Image}@{image["digest"]}", bundle);
        var key = await File.ReadAllTextAsync(folder["own.pub"], TestContext.Current.CancellationToken);
        Assert.Equal(new SignatureVerdict(SignatureOutcome.Verified, "the key 1.pub"), await bench.VerifyAsync(Bench.ByKeys(key), image));
    }

    private static string PrivateKey(string kind)
    {
        using AsymmetricAlgorithm? key = kind switch
        {
            "P-384" => ECDsa.Create(ECCurve.NamedCurves.nistP384),
            "P-521" => ECDsa.Create(ECCurve.NamedCurves.nistP521),
            "RSA" => RSA.Create(2048),
            _ => null,
        };
        return key?.ExportPkcs8PrivateKeyPem()
            ?? PemEncoding.WriteString("PRIVATE KEY", [.. Convert.FromHexString("302e020100300506032b657004220420"), .. RandomNumberGenerator.GetBytes(32)]);
    }

    private async Task<string> KeyAsync(string name)
    {
        await PeerProgram.Cosign.RunAsync(folder.Path, environment, "generate-key-pair", "--output-key-prefix", name);
        return await File.ReadAllTextAsync(folder[$"{name}.pub"]);
    }

    private async Task SignAsync(string key, string image, bool bundle)
    {
        var services = new JsonObject
        {
            ["mediaType"] = "application/vnd.dev.sigstore.signingconfig.v0.2+json",
            ["rekorTlogConfig"] = new JsonObject(),
            ["tsaConfig"] = new JsonObject(),
        };
        await File.WriteAllTextAsync(folder["services.json"], services.ToJsonString());
        string[] form = bundle
            ? ["--signing-config", "services.json"]
            : ["--new-bundle-format=false", "--use-signing-config=false", "--tlog-upload=false"];
        await PeerProgram.Cosign.RunAsync(folder.Path, environment, ["sign", "--key", $"{key}.key", "--yes", .. form, image]);
    }
}

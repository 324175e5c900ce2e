using System.Security.Cryptography;
using System.Text.Json.Nodes;
using GitOpsToolkit.Api.Image.V1;
using GitOpsToolkit.Controllers.ImageReflector.Policies;
using GitOpsToolkit.Kubernetes;
using GitOpsToolkit.Registry;
using GitOpsToolkit.TestKit;
using Xunit;
using static GitOpsToolkit.Controllers.ImageReflector.Tests.ReflectorHost;
using static GitOpsToolkit.Controllers.ImageReflector.Tests.Signatures.VerifyScene;

namespace GitOpsToolkit.Controllers.ImageReflector.Tests.Signatures;

/// <summary>The newest tag that is signed wins, and the digest that is signed is what is written.</summary>
public sealed class ImagePolicyVerifyTests
{
    private static Api.Schema.ResourceKind Kind => ImagePolicy.ResourceKind;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_newest_signed_tag_is_elected_with_its_digest(bool bundle)
    {
        await using var scene = await VerifyScene.StartAsync("v1.0.0", "v1.2.0", "v1.3.0");
        var signed = await scene.Pusher.ImageAsync("v1.1.0");
        await (bundle ? scene.Pen.SignByBundleAsync(scene.Pusher, signed) : scene.Pen.SignByTagAsync(scene.Pusher, signed));
        using var other = CosignPen.New();
        await other.SignByTagAsync(scene.Pusher, await scene.Pusher.ImageAsync("v1.2.0"));
        await scene.CreateAsync();

        var elected = await scene.Host.ElectedAsync("v1.1.0");
        Assert.Equal((string?)signed["digest"], Digest(elected));
        Assert.Equal(
            """{"considered":4,"eligible":2,"refused":[{"reason":"NoSignature","tags":1},{"reason":"WrongKey","tags":1}]}""", Election(elected));
        Assert.Equal(
            $"Latest image tag for {scene.Host.Image} resolved to v1.1.0 with digest {signed["digest"]}", Message(await scene.Host.ReadyAsync(Kind)));
    }

    [Fact]
    public async Task A_signature_that_comes_late_is_found_when_the_interval_is_over()
    {
        await using var scene = await VerifyScene.StartAsync();
        await scene.Pen.SignByTagAsync(scene.Pusher, await scene.Pusher.ImageAsync("v1.0.0"));
        var late = await scene.Pusher.ImageAsync("v1.1.0");
        await scene.CreateAsync(interval: "1s");
        await scene.Host.ElectedAsync("v1.0.0");

        await scene.Pen.SignByBundleAsync(scene.Pusher, late);
        Assert.Equal((string?)late["digest"], Digest(await scene.Host.ElectedAsync("v1.1.0")));
    }

    [Fact]
    public async Task Nothing_signed_elects_nothing_and_says_why()
    {
        await using var scene = await VerifyScene.StartAsync("v1.0.0");
        var image = await scene.Pusher.ImageAsync("v1.1.0");
        await scene.CreateAsync();
        var waiting = await scene.Host.NotReadyAsync(Kind, "Failure");
        Assert.Equal(
            $"no tag that the policy admits may be used: 2 NoSignature; v1.1.0: no cosign signature of {image["digest"]}", Message(waiting));
        Assert.Null(waiting["status"]!["latestRef"]);

        // Asked for by hand, what was refused is looked up again at once.
        await scene.Pen.SignByTagAsync(scene.Pusher, image);
        await scene.Host.RequestAsync(Kind, "signed");
        await scene.Host.ElectedAsync("v1.1.0");
    }

    [Fact]
    public async Task A_tag_that_is_moved_to_an_unsigned_image_keeps_the_signed_digest()
    {
        await using var scene = await VerifyScene.StartAsync();
        var signed = await scene.Pusher.ImageAsync("v1.0.0");
        await scene.Pen.SignByTagAsync(scene.Pusher, signed);
        await scene.CreateAsync();
        await scene.Host.ElectedAsync("v1.0.0");

        await scene.Pusher.ImageAsync("v1.0.0", "somebody else's");
        await scene.Host.RequestAsync(Kind, "moved");
        Assert.Equal((string?)signed["digest"], Digest(await scene.Host.ReadyAsync(Kind)));
    }

    [Fact]
    public async Task With_Always_a_tag_that_is_moved_to_an_unsigned_image_loses_and_to_a_signed_one_follows()
    {
        await using var scene = await VerifyScene.StartAsync();
        await scene.Pen.SignByTagAsync(scene.Pusher, await scene.Pusher.ImageAsync("v1.0.0"));
        await scene.Pen.SignByTagAsync(scene.Pusher, await scene.Pusher.ImageAsync("v1.1.0"));
        await scene.CreateAsync(spec: "digestReflectionPolicy: Always\ninterval: 1h");
        await scene.Host.ElectedAsync("v1.1.0");

        var moved = await scene.Pusher.ImageAsync("v1.1.0", "somebody else's");
        await scene.Host.RequestAsync(Kind, "moved");
        await scene.Host.ElectedAsync("v1.0.0");
        await scene.Pen.SignByTagAsync(scene.Pusher, moved);
        await scene.Host.RequestAsync(Kind, "signed");
        Assert.Equal((string?)moved["digest"], Digest(await scene.Host.ElectedAsync("v1.1.0")));
    }

    [Fact]
    public async Task A_second_look_asks_the_registry_nothing()
    {
        await using var scene = await VerifyScene.StartAsync();
        await scene.Pen.SignByTagAsync(scene.Pusher, await scene.Pusher.ImageAsync("v1.0.0"));
        await scene.CreateAsync();
        await scene.Host.ElectedAsync("v1.0.0");
        await scene.Host.ReadyAsync(Kind);
        var before = scene.Host.Registry.Requests.Count;
        var mark = scene.Host.Server.Requests.LastNumber;
        await scene.Host.RequestAsync(Kind, "again");
        Assert.Equal(before, scene.Host.Registry.Requests.Count);
        Assert.Single(scene.Host.WritesSince(mark));
    }

    [Fact]
    public async Task A_registry_that_fails_moves_nothing_and_is_told_apart_from_no_signature()
    {
        await using var scene = await VerifyScene.StartAsync();
        await scene.Pen.SignByTagAsync(scene.Pusher, await scene.Pusher.ImageAsync("v1.0.0"));
        await scene.CreateAsync();
        var elected = await scene.Host.ElectedAsync("v1.0.0");
        await scene.Pen.SignByTagAsync(scene.Pusher, await scene.Pusher.ImageAsync("v1.1.0"));
        await scene.Host.RequestAsync(ImageRepository.ResourceKind, "seen");
        await scene.Host.ElectedAsync("v1.1.0");

        // Another key makes every verdict new; the registry is gone by then.
        using var other = CosignPen.New();
        await scene.Host.Registry.DisposeAsync();
        await scene.Host.SetSecretAsync("keys", ("cosign.pub", other.PublicPem));
        await scene.Host.PatchAsync(Kind, """{"spec":{"policy":{"semver":{"range":">=1.0.0"}}}}""");
        var failed = await scene.Host.NotReadyAsync(Kind, "ReadOperationFailed");
        Assert.StartsWith($"failed to verify the signatures of {scene.Host.Image}:v1.1.0: ", Message(failed), StringComparison.Ordinal);
        Assert.Equal("v1.1.0", (string?)failed["status"]!["latestRef"]!["tag"]);
        Assert.NotNull(elected);
    }

    [Fact]
    public async Task A_key_that_is_taken_out_counts_no_longer()
    {
        await using var scene = await VerifyScene.StartAsync();
        using var second = CosignPen.New();
        await scene.Pen.SignByTagAsync(scene.Pusher, await scene.Pusher.ImageAsync("v1.0.0"));
        await second.SignByTagAsync(scene.Pusher, await scene.Pusher.ImageAsync("v1.1.0"));
        await scene.Host.SetSecretAsync("keys", ("a.pub", scene.Pen.PublicPem), ("b.pub", second.PublicPem), ("notes.txt", "both"));
        await scene.CreateAsync();
        await scene.Host.ElectedAsync("v1.1.0");

        await scene.Host.SetSecretAsync("keys", ("a.pub", scene.Pen.PublicPem));
        await scene.Host.RequestAsync(Kind, "rotated");
        await scene.Host.ElectedAsync("v1.0.0");
    }

    public static TheoryData<string, string, string> WrongSecrets => new()
    {
        { "other", "x=y", "cannot verify signatures: secret 'default/keys' not found" },
        { "keys", "cosign.key=secret-key", "cannot verify signatures: secret 'default/keys' has no public key: none of its keys ends in .pub" },
        { "keys", "a.pub=secret-key", "cannot verify signatures: secret 'default/keys' key 'a.pub' holds no PEM block" },
    };

    [Theory]
    [MemberData(nameof(WrongSecrets))]
    public async Task A_secret_that_will_not_do_is_named_without_what_is_in_it(string name, string content, string message)
    {
        await using var host = await StartAsync();
        await host.SetSecretAsync(name, (content.Split('=')[0], content.Split('=')[^1]));
        await host.PushAsync("v1.0.0");
        await host.CreateRepositoryAsync();
        await host.CreatePolicyAsync(spec: "suspend: true");
        await host.PatchAsync(Kind, $$$"""{"metadata":{"annotations":{"gitopstoolkit.dev/verify":"{{{ByKeys}}}"}},"spec":{"suspend":false}}""");
        var found = await host.NotReadyAsync(Kind, "VerificationError");
        Assert.StartsWith(message, Message(found), StringComparison.Ordinal);
        Assert.DoesNotContain("secret-key", found.ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Of_many_unsigned_tags_25_are_looked_up_and_what_was_elected_stands()
    {
        await using var scene = await VerifyScene.StartAsync();
        await scene.Pen.SignByTagAsync(scene.Pusher, await scene.Pusher.ImageAsync("v1.0.0"));
        await scene.CreateAsync();
        await scene.Host.ElectedAsync("v1.0.0");
        for (var i = 0; i < 30; i++)
        {
            await scene.Pusher.ImageAsync($"v2.0.{i}");
        }

        await scene.Host.RequestAsync(ImageRepository.ResourceKind, "many");
        var failed = await scene.Host.NotReadyAsync(Kind, "Failure");
        Assert.StartsWith("none of the 25 best tags will do (v2.0.5: no cosign signature of ", Message(failed), StringComparison.Ordinal);
        Assert.Equal("v1.0.0", (string?)failed["status"]!["latestRef"]!["tag"]);
    }

    [Fact]
    public async Task The_newest_tag_that_the_right_workflow_signed_keyless_is_elected()
    {
        await using var scene = await VerifyScene.StartAsync("v1.3.0");
        using var lab = new SigstoreLab();
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        async Task<JsonObject> SignedAsync(string tag, string subject)
        {
            var image = await scene.Pusher.ImageAsync(tag);
            var bundle = lab.Bundle(key, lab.Certify(key, subject), CosignPen.Statement((string)image["digest"]!));
            await scene.Pen.SignByBundleAsync(scene.Pusher, image, bundle);
            return image;
        }

        var signed = await SignedAsync("v1.1.0", SigstoreLab.Subject);
        await SignedAsync("v1.2.0", "https://git.test/somebody/else");
        await scene.Host.SetSecretAsync("root", ("trusted_root.json", lab.TrustedRoot()));
        await scene.CreateAsync(
            "{matchOIDCIdentity: [{issuer: '^https://issuer\\.test$', subject: '^https://git\\.test/team/'}], trustedRootSecretRef: {name: root}}");

        var elected = await scene.Host.ElectedAsync("v1.1.0");
        Assert.Equal((string?)signed["digest"], Digest(elected));
        Assert.Equal(
            """{"considered":3,"eligible":1,"refused":[{"reason":"NoSignature","tags":1},{"reason":"WrongIdentity","tags":1}]}""", Election(elected));

        // The public instance has nothing to do with it.
        await scene.AnnotateAsync("{matchOIDCIdentity: [{issuer: '.', subject: '.'}]}");
        var refused = await scene.Host.NotReadyAsync(Kind, "Failure");
        Assert.StartsWith("no tag that the policy admits may be used: 1 NoSignature, ", Message(refused), StringComparison.Ordinal);

        await scene.Host.SetSecretAsync("root", ("root.json", "{}"));
        await scene.AnnotateAsync("{matchOIDCIdentity: [{issuer: '.', subject: '.'}], trustedRootSecretRef: {name: root}}");
        var wrong = await scene.Host.NotReadyAsync(Kind, "VerificationError");
        Assert.Equal("cannot verify signatures: secret 'default/root' has no key 'trusted_root.json'", Message(wrong));
        Assert.Equal("v1.1.0", (string?)wrong["status"]!["latestRef"]!["tag"]);
    }

    [Fact]
    public async Task Explain_tells_who_signed_and_why_others_were_refused()
    {
        await using var scene = await VerifyScene.StartAsync("v1.3.0");
        var signed = await scene.Pusher.ImageAsync("v1.1.0");
        await scene.Pen.SignByTagAsync(scene.Pusher, signed);
        using var other = CosignPen.New();
        await other.SignByTagAsync(scene.Pusher, await scene.Pusher.ImageAsync("v1.2.0"));
        await scene.CreateAsync();
        await scene.Host.ElectedAsync("v1.1.0");

        using var registry = new RegistryClient(new RegistryClientOptions(), TimeProvider.System);
        var explanation = await new PolicyExplainer(TimeProvider.System).ExplainAsync(
            scene.Host.Client, registry, new ObjectKey("default", "app"), TestContext.Current.CancellationToken);
        Assert.Equal([$"{signed["digest"]} of v1.1.0 is signed by the key cosign.pub"], explanation.Notes);
        var words = explanation.Report.Verdicts.ToDictionary(verdict => verdict.Tag, verdict => $"{verdict.Reason}: {verdict.Message}");
        Assert.StartsWith("NoSignature: no cosign signature of sha256:", words["v1.3.0"], StringComparison.Ordinal);
        Assert.Equal("WrongKey: a signature by none of the keys cosign.pub", words["v1.2.0"]);
    }

    [Fact]
    public async Task On_docker_registry_with_what_notation_itself_signed()
    {
        Assert.SkipUnless(DockerRegistryProgram.IsInstalled, DockerRegistryProgram.Missing);
        Assert.SkipUnless(PeerProgram.Notation.IsInstalled, PeerProgram.Notation.Missing);
        await using var registry = await DockerRegistryProgram.StartAsync();
        await using var host = await StartAsync();
        using var http = new HttpClient();
        using var folder = new TempDirectory();
        var environment = new Dictionary<string, string> { ["NOTATION_CONFIG"] = folder.Path };
        var pusher = new ArtifactPusher(http, new Uri($"http://{registry.Host}/"), "team/app");
        var signed = await pusher.ImageAsync("v1.0.0");
        await pusher.ImageAsync("v1.1.0");
        await PeerProgram.Notation.RunAsync(folder.Path, environment, "cert", "generate-test", "--default", "signer.test");
        await PeerProgram.Notation.RunAsync(folder.Path, environment, "sign", "--insecure-registry", $"{registry.Host}/team/app@{signed["digest"]}");
        const string Policy = """
            {"version":"1.0","trustPolicies":[{"name":"team","registryScopes":["*"],"signatureVerification":{"level":"strict"},
             "trustStores":["ca:team"],"trustedIdentities":["x509.subject: C=US, ST=WA, O=Notary"]}]}
            """;
        await host.SetSecretAsync("team", ("trustpolicy.json", Policy), ("ca.crt", await File.ReadAllTextAsync(
            folder["localkeys/signer.test.crt"], TestContext.Current.CancellationToken)));
        await host.CreateRepositoryAsync(image: $"{registry.Host}/team/app");
        await host.CreatePolicyAsync(spec: "suspend: true");
        await host.PatchAsync(
            Kind, """{"metadata":{"annotations":{"gitopstoolkit.dev/verify":"{provider: notation, secretRef: {name: team}}"}},"spec":{"suspend":false}}""");

        var elected = await host.ElectedAsync("v1.0.0");
        Assert.Equal((string?)signed["digest"], Digest(elected));

        // A registry without referrers keeps them below a tag, which is no version.
        Assert.Equal(
            """{"considered":3,"eligible":1,"refused":[{"reason":"NotAVersion","tags":1},{"reason":"NoSignature","tags":1}]}""", Election(elected));

        await host.SetSecretAsync("team", ("trustpolicy.json", Policy));
        await host.RequestAsync(Kind, "without");
        var wrong = await host.NotReadyAsync(Kind, "VerificationError");
        Assert.Equal("cannot verify signatures: secret 'default/team' has no certificate: none of its keys ends in .crt or .pem", Message(wrong));
    }

    [Fact]
    public async Task On_docker_registry_with_what_cosign_itself_signed()
    {
        Assert.SkipUnless(DockerRegistryProgram.IsInstalled, DockerRegistryProgram.Missing);
        Assert.SkipUnless(PeerProgram.Cosign.IsInstalled, PeerProgram.Cosign.Missing);
        await using var registry = await DockerRegistryProgram.StartAsync();
        await using var host = await StartAsync();
        using var http = new HttpClient();
        using var folder = new TempDirectory();
        var environment = new Dictionary<string, string> { ["COSIGN_PASSWORD"] = "test" };
        var pusher = new ArtifactPusher(http, new Uri($"http://{registry.Host}/"), "team/app");
        var signed = await pusher.ImageAsync("v1.0.0");
        await pusher.ImageAsync("v1.1.0");
        await PeerProgram.Cosign.RunAsync(folder.Path, environment, "generate-key-pair");
        await PeerProgram.Cosign.RunAsync(
            folder.Path, environment, "sign", "--key", "cosign.key", "--yes", "--use-signing-config=false", "--new-bundle-format=false", "--tlog-upload=false",
            $"{registry.Host}/team/app@{signed["digest"]}");
        await host.SetSecretAsync("keys", ("cosign.pub", await File.ReadAllTextAsync(folder["cosign.pub"], TestContext.Current.CancellationToken)));
        await host.CreateRepositoryAsync(image: $"{registry.Host}/team/app");
        await host.CreatePolicyAsync(spec: "suspend: true");
        await host.PatchAsync(Kind, $$$"""{"metadata":{"annotations":{"gitopstoolkit.dev/verify":"{{{ByKeys}}}"}},"spec":{"suspend":false}}""");

        var elected = await host.ElectedAsync("v1.0.0");
        Assert.Equal((string?)signed["digest"], Digest(elected));
        Assert.Equal("""{"considered":2,"eligible":1,"refused":[{"reason":"NoSignature","tags":1}]}""", Election(elected));
    }
}

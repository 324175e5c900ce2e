using System.Text;
using System.Text.Json.Nodes;
using GitOpsToolkit.Registry;
using GitOpsToolkit.Signatures.Cosign;
using GitOpsToolkit.TestKit;
using Xunit;

namespace GitOpsToolkit.Signatures.Tests.Cosign;

/// <summary>Cosign signatures by keys, in both formats: what holds, and everything that must not.</summary>
public sealed class CosignKeyTests : IAsyncLifetime
{
    private readonly CosignPen pen = CosignPen.New();
    private Bench bench = null!;
    private JsonObject image = null!;

    private string Digest => (string)image["digest"]!;

    public async ValueTask InitializeAsync()
    {
        bench = await Bench.StartAsync();
        image = await bench.Pusher.ImageAsync("v1");
    }

    public ValueTask DisposeAsync()
    {
        pen.Dispose();
        return bench.DisposeAsync();
    }

    [Fact]
    public async Task Without_any_signature_the_verdict_says_so()
    {
        var verdict = await VerifyAsync();
        Assert.Equal(SignatureOutcome.NoSignature, verdict.Outcome);
        Assert.Equal($"no cosign signature of {Digest}", verdict.Message);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_signature_by_the_key_holds_in_both_formats(bool bundle)
    {
        await SignAsync(pen, bundle);
        Assert.Equal(new SignatureVerdict(SignatureOutcome.Verified, "the key 1.pub"), await VerifyAsync());

        using var second = CosignPen.New();
        Assert.Equal("the key 2.pub", (await bench.VerifyAsync(Bench.ByKeys(second.PublicPem, pen.PublicPem), image)).Message);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_signature_by_another_key_does_not(bool bundle)
    {
        using var other = CosignPen.New();
        await SignAsync(other, bundle);
        var verdict = await VerifyAsync();
        Assert.Equal(SignatureOutcome.WrongKey, verdict.Outcome);
        Assert.Equal("a signature by none of the keys 1.pub", verdict.Message);

        // One good signature among bad ones is enough.
        await SignAsync(pen, !bundle);
        Assert.True((await VerifyAsync()).IsVerified);
    }

    [Fact]
    public async Task A_signature_of_another_image_that_was_moved_here_does_not_hold()
    {
        var other = await bench.Pusher.ImageAsync("v2");
        var foreign = (string)other["digest"]!;
        await pen.SignByTagAsync(bench.Pusher, image, CosignPen.Payload(foreign));
        Assert.Equal(
            new SignatureVerdict(SignatureOutcome.Invalid, $"a signature by the key 1.pub is about {foreign}, not about {Digest}"), await VerifyAsync());

        await pen.SignByBundleAsync(bench.Pusher, other, pen.Bundle(CosignPen.Statement(Digest)));
        Assert.Equal(SignatureOutcome.Invalid, (await bench.VerifyAsync(Bench.ByKeys(pen.PublicPem), other)).Outcome);
    }

    [Fact]
    public async Task A_payload_that_was_changed_after_it_was_signed_is_by_no_key()
    {
        var notes = new JsonObject { ["dev.cosignproject.cosign/signature"] = Convert.ToBase64String(pen.Sign(CosignPen.Payload("sha256:0"))) };
        await pen.SignByTagAsync(bench.Pusher, image, CosignPen.Payload(Digest), notes);
        Assert.Equal(SignatureOutcome.WrongKey, (await VerifyAsync()).Outcome);

        var bundle = pen.Bundle(CosignPen.Statement("sha256:0"));
        bundle["dsseEnvelope"]!["payload"] = Convert.ToBase64String(CosignPen.Statement(Digest));
        await pen.SignByBundleAsync(bench.Pusher, image, bundle);
        Assert.Equal("none of 2 signatures holds, for one: a signature by none of the keys 1.pub", (await VerifyAsync()).Message);
    }

    [Theory]
    [InlineData("atomic container signature", "is of the type 'atomic container signature'")]
    [InlineData("", "is of the type ''")]
    public async Task A_payload_of_another_type_is_no_signature(string type, string why)
    {
        await pen.SignByTagAsync(bench.Pusher, image, CosignPen.Payload(Digest, type));
        var verdict = await VerifyAsync();
        Assert.Equal(SignatureOutcome.Invalid, verdict.Outcome);
        Assert.Contains(why, verdict.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_attestation_is_no_signature()
    {
        await pen.SignByBundleAsync(bench.Pusher, image, pen.Bundle(CosignPen.Statement(Digest, "https://slsa.dev/provenance/v1")));
        var verdict = await VerifyAsync();
        Assert.Equal(SignatureOutcome.Invalid, verdict.Outcome);
        Assert.Contains("an attestation, no signature", verdict.Message, StringComparison.Ordinal);
    }

    public static TheoryData<string, string> BrokenBundles => new()
    {
        { "not json", "is no proper JSON" },
        { "[]", "is no JSON object" },
        { """{"mediaType":"application/vnd.dev.sigstore.bundle.v0.9+json"}""", "which is not known" },
        { """{"mediaType":"application/vnd.dev.sigstore.bundle.v0.3+json","mediaType":"x"}""", "is no proper JSON" },
        { """{"mediaType":"application/vnd.dev.sigstore.bundle.v0.3+json"}""", "has no 'verificationMaterial'" },
        { """{"mediaType":"application/vnd.dev.sigstore.bundle.v0.3+json","verificationMaterial":{}}""", "holds no DSSE envelope" },
        { """{"mediaType":"application/vnd.dev.sigstore.bundle.v0.3+json","verificationMaterial":{},"dsseEnvelope":{"signatures":[]}}""", "has 0 signatures" },
        { """{"mediaType":"application/vnd.dev.sigstore.bundle.v0.3+json","verificationMaterial":{},"dsseEnvelope":{"payload":5,"payloadType":"x","signatures":[{}]}}""", "is no text" },
        { """{"mediaType":"application/vnd.dev.sigstore.bundle.v0.3+json","verificationMaterial":{},"dsseEnvelope":{"payload":"*","payloadType":"x","signatures":[{}]}}""", "is not base64" },
    };

    [Theory]
    [MemberData(nameof(BrokenBundles))]
    public async Task A_bundle_that_cannot_be_read_is_told_and_harms_nothing(string text, string why)
    {
        await bench.Pusher.ReferrerAsync(image, CosignPen.BundleType, await bench.Pusher.BlobAsync(CosignPen.BundleType, Encoding.UTF8.GetBytes(text)));
        var verdict = await VerifyAsync();
        Assert.Equal(SignatureOutcome.Invalid, verdict.Outcome);
        Assert.Contains(why, verdict.Message, StringComparison.Ordinal);

        await SignAsync(pen, bundle: false);
        Assert.True((await VerifyAsync()).IsVerified);
    }

    [Fact]
    public async Task A_bundle_of_a_form_that_is_to_come_is_told()
    {
        const string type = "application/vnd.dev.sigstore.bundle.v1+json";
        await bench.Pusher.ReferrerAsync(image, type, await bench.Pusher.BlobAsync(type, "{}"u8.ToArray()));
        var verdict = await VerifyAsync();
        Assert.Equal(new SignatureVerdict(SignatureOutcome.Invalid, $"a bundle of the form {type}, which is not known"), verdict);
    }

    [Fact]
    public async Task A_statement_nested_without_end_is_refused()
    {
        var statement = Encoding.UTF8.GetBytes($$"""{"a":{{new string('[', 2000)}}{{new string(']', 2000)}}}""");
        await pen.SignByBundleAsync(bench.Pusher, image, pen.Bundle(statement));
        Assert.Equal(SignatureOutcome.Invalid, (await VerifyAsync()).Outcome);
    }

    [Fact]
    public async Task A_payload_of_10_MB_is_not_read()
    {
        var payload = new byte[10 << 20];
        await pen.SignByTagAsync(bench.Pusher, image, payload);
        var verdict = await VerifyAsync();
        Assert.Equal(SignatureOutcome.Invalid, verdict.Outcome);
        Assert.Contains("has 10485760 bytes, at most 1048576 are read", verdict.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Of_ten_thousand_signatures_fifty_are_tried()
    {
        using var other = CosignPen.New();
        var payload = CosignPen.Payload(Digest);
        var layer = await bench.Pusher.BlobAsync(
            CosignPen.PayloadType, payload, new JsonObject { ["dev.cosignproject.cosign/signature"] = Convert.ToBase64String(other.Sign(payload)) });
        await CosignPen.TagAsync(bench.Pusher, Digest, [.. Enumerable.Repeat(layer, 10_000)]);
        var before = bench.Requests;
        var verdict = await VerifyAsync();
        Assert.Equal("none of the first 50 signatures holds, for one: a signature by none of the keys 1.pub", verdict.Message);
        Assert.InRange(bench.Requests - before, 50, 60);
    }

    [Fact]
    public async Task Referrers_of_other_kinds_are_not_even_fetched()
    {
        for (var i = 0; i < 100; i++)
        {
            await bench.Pusher.ReferrerAsync(image, "application/spdx+json", await bench.Pusher.BlobAsync("application/spdx+json", Encoding.UTF8.GetBytes($"{i}")));
        }

        var before = bench.Requests;
        Assert.Equal(SignatureOutcome.NoSignature, (await VerifyAsync()).Outcome);
        Assert.InRange(bench.Requests - before, 1, 3);
    }

    [Fact]
    public async Task A_registry_that_does_not_answer_is_a_fault_and_no_verdict()
    {
        var name = ImageName.TryParse("127.0.0.1:1/app", out var image, out _) ? image : null!;
        await Assert.ThrowsAsync<RegistryException>(() => Bench.ByKeys(pen.PublicPem).VerifyAsync(
            new SignedArtifact(bench.Client, name, Digest, new RegistryAccess()), CancellationToken.None));
    }

    [Fact]
    public void Keys_of_the_same_set_have_one_fingerprint_and_none_is_an_error()
    {
        using var other = CosignPen.New();
        Assert.Equal(Bench.ByKeys(pen.PublicPem, other.PublicPem).Fingerprint, Bench.ByKeys(other.PublicPem, pen.PublicPem).Fingerprint);
        Assert.NotEqual(Bench.ByKeys(pen.PublicPem).Fingerprint, Bench.ByKeys(other.PublicPem).Fingerprint);
        Assert.Throws<TrustException>(() => new CosignKeyVerifier([]));
    }

    private Task SignAsync(CosignPen by, bool bundle) => bundle ? by.SignByBundleAsync(bench.Pusher, image) : by.SignByTagAsync(bench.Pusher, image);

    private Task<SignatureVerdict> VerifyAsync() => bench.VerifyAsync(Bench.ByKeys(pen.PublicPem), image);
}

using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using GitOpsToolkit.Signatures.Notation;
using GitOpsToolkit.TestKit;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace GitOpsToolkit.Signatures.Tests.Notation;

/// <summary>Signatures of the Notary Project: what holds, and everything that must not. Where notation is installed it has to agree on each.</summary>
public sealed class NotationTests : IAsyncLifetime
{
    private const string Strict = """{"level":"strict"}""";

    private readonly NotationPen pen = new();
    private readonly TempDirectory folder = new();
    private Bench bench = null!;
    private JsonObject image = null!;

    private string Digest => (string)image["digest"]!;

    private Dictionary<string, string> Home => new() { ["NOTATION_CONFIG"] = folder.Path, ["NOTATION_EXPERIMENTAL"] = "1" };

    public async ValueTask InitializeAsync()
    {
        bench = await Bench.StartAsync();
        image = await bench.Pusher.ImageAsync("v1");
    }

    public ValueTask DisposeAsync()
    {
        pen.Dispose();
        folder.Dispose();
        return bench.DisposeAsync();
    }

    [Fact]
    public async Task Without_any_signature_the_verdict_says_so()
    {
        var verdict = await VerifyAsync(Policy());
        Assert.Equal(new SignatureVerdict(SignatureOutcome.NoSignature, $"no notation signature of {Digest}"), verdict);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_signature_holds_in_both_envelopes(bool cose)
    {
        await pen.SignAsync(bench.Pusher, image, new NotationTwist { Cose = cose });
        await AssertAsync(SignatureOutcome.Verified, "C=US, S=WA, O=Test, CN=signer");
        var verdict = await VerifyAsync(Policy());
        Assert.Equal(new DateTimeOffset(pen.Leaf.NotAfter), verdict.ValidUntil);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Another_authority_is_not_trusted(bool cose)
    {
        using var other = new NotationPen();
        await other.SignAsync(bench.Pusher, image, new NotationTwist { Cose = cose });
        await AssertAsync(SignatureOutcome.WrongKey, "under no certificate that is trusted (trust store ca)");
    }

    [Theory]
    [InlineData("x509.subject: C=US, ST=WA, O=Test, CN=signer", SignatureOutcome.Verified)]
    [InlineData("x509.subject: C=US, ST=WA, O=Test", SignatureOutcome.Verified)]
    [InlineData("x509.subject: C=US, ST=WA, O=Test, CN=somebody", SignatureOutcome.WrongIdentity)]
    [InlineData("x509.subject: C=US, ST=WA, O=Other", SignatureOutcome.WrongIdentity)]
    public async Task The_signer_has_to_be_one_of_the_identities(string identity, SignatureOutcome outcome)
    {
        await pen.SignAsync(bench.Pusher, image);
        await AssertAsync(outcome, "C=US, S=WA, O=Test, CN=signer", Policy(identity: identity));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_signature_of_another_image_does_not_hold(bool cose)
    {
        var other = await bench.Pusher.ImageAsync("v2");
        var payload = Encoding.UTF8.GetBytes(new JsonObject { ["targetArtifact"] = other.DeepClone() }.ToJsonString());
        await pen.SignAsync(bench.Pusher, image, new NotationTwist { Cose = cose, Payload = payload });
        await AssertAsync(SignatureOutcome.Invalid, $"is about {other["digest"]}, not about {Digest}");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_signature_by_another_key_than_the_certificates_does_not_hold(bool cose)
    {
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        await pen.SignAsync(bench.Pusher, image, new NotationTwist { Cose = cose, Key = other });
        await AssertAsync(SignatureOutcome.Invalid, "the signature is not by the key of its certificate");
    }

    [Theory]
    [InlineData("none")]
    [InlineData("HS256")]
    [InlineData("ES384")]
    [InlineData("PS256")]
    public async Task The_key_says_which_algorithm_it_is(string algorithm)
    {
        await pen.SignAsync(bench.Pusher, image, new NotationTwist { Algorithm = algorithm });
        await AssertAsync(SignatureOutcome.Invalid, $"says {algorithm}, the certificate's key is for ES256");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Headers_that_are_not_understood_are_refused(bool cose)
    {
        await pen.SignAsync(bench.Pusher, image, new NotationTwist { Cose = cose, Critical = ["io.cncf.notary.verificationPlugin"] });
        await AssertAsync(SignatureOutcome.Invalid, "demands that 'io.cncf.notary.verificationPlugin' is understood");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_payload_of_another_type_is_refused(bool cose)
    {
        await pen.SignAsync(bench.Pusher, image, new NotationTwist { Cose = cose, ContentType = "text/plain" });
        await AssertAsync(SignatureOutcome.Invalid, "the content is a 'text/plain'");
    }

    [Fact]
    public async Task An_unknown_scheme_is_refused()
    {
        await pen.SignAsync(bench.Pusher, image, new NotationTwist { Scheme = "notary.future" });
        await AssertAsync(SignatureOutcome.Invalid, "a signature of the scheme 'notary.future', which is not known");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_expired_signature_does_not_hold_where_that_is_enforced(bool cose)
    {
        await pen.SignAsync(bench.Pusher, image, new NotationTwist { Cose = cose, Expiry = DateTimeOffset.UtcNow.AddHours(-1) });
        await AssertAsync(SignatureOutcome.Invalid, "the signature expired at ");
        await AssertAsync(SignatureOutcome.Verified, "CN=signer", Policy("""{"level":"permissive"}"""));
    }

    [Fact]
    public async Task A_verdict_ends_when_the_signature_does()
    {
        var expiry = DateTimeOffset.FromUnixTimeSeconds(DateTimeOffset.UtcNow.AddHours(1).ToUnixTimeSeconds());
        await pen.SignAsync(bench.Pusher, image, new NotationTwist { Expiry = expiry });
        Assert.Equal(expiry, (await VerifyAsync(Policy())).ValidUntil);
        var later = new FakeTimeProvider(expiry.AddSeconds(1));
        Assert.Equal(SignatureOutcome.Invalid, (await bench.VerifyAsync(Verifier(Policy(), later), image)).Outcome);
    }

    [Fact]
    public async Task A_certificate_that_is_over_does_not_hold_but_where_a_timestamp_tells_that_it_was_valid()
    {
        using var old = new NotationPen(TimeSpan.FromDays(30), TimeSpan.FromDays(10));
        await old.SignAsync(bench.Pusher, image);
        Assert.Contains("its certificate was not valid at ", (await bench.VerifyAsync(Verifier(Policy(), of: old), image)).Message, StringComparison.Ordinal);
        await AssertTimestampAsync(old, DateTimeOffset.UtcNow.AddDays(-25), "", holds: true);
    }

    [Theory]
    [InlineData(-25, "always", true)]
    [InlineData(-25, "afterCertExpiry", true)]
    [InlineData(-15, "always", false)]
    public async Task A_timestamp_counts_for_when_it_was_made(int days, string when, bool holds)
    {
        using var old = new NotationPen(TimeSpan.FromDays(30), TimeSpan.FromDays(10));
        await AssertTimestampAsync(old, DateTimeOffset.UtcNow.AddDays(days), when, holds);
    }

    [Fact]
    public async Task A_policy_that_asks_for_timestamps_refuses_signatures_without()
    {
        await pen.SignAsync(bench.Pusher, image);
        var verdict = await VerifyAsync(Policy(stores: """["ca:test","tsa:test"]"""));
        Assert.Contains("it has no timestamp, which the trust policy asks for", verdict.Message, StringComparison.Ordinal);
        Assert.True((await VerifyAsync(Policy("""{"level":"strict","verifyTimestamp":"afterCertExpiry"}""", stores: """["ca:test","tsa:test"]"""))).IsVerified);
    }

    [Fact]
    public async Task A_signing_authoritys_time_is_believed_in_its_own_store_only()
    {
        await pen.SignAsync(bench.Pusher, image, new NotationTwist
        {
            Scheme = "notary.x509.signingAuthority",
            AuthenticTime = DateTimeOffset.UtcNow.AddHours(-1),
        });
        await AssertAsync(SignatureOutcome.WrongKey, "(trust store signingAuthority)");
        Assert.True((await VerifyAsync(Policy(stores: """["signingAuthority:test"]"""))).IsVerified);
    }

    [Fact]
    public async Task A_certificate_for_servers_signs_nothing()
    {
        using var other = new NotationPen(purpose: "1.3.6.1.5.5.7.3.1");
        await other.SignAsync(bench.Pusher, image);
        var verdict = await bench.VerifyAsync(Verifier(Policy(), of: other), image);
        Assert.Contains("has no valid chain to the root that comes with it (NotValidForUsage)", verdict.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_chain_with_a_stranger_in_it_does_not_hold()
    {
        using var other = new NotationPen();
        await pen.SignAsync(bench.Pusher, image, new NotationTwist { Chain = [pen.Leaf, other.Root, pen.Root] });
        await AssertAsync(SignatureOutcome.Invalid, "its certificate comes with others than those of its chain");
        using var scene = new NotationPen();
        await pen.SignAsync(bench.Pusher, image, new NotationTwist { Chain = [pen.Leaf, other.Root] });
        Assert.False((await bench.VerifyAsync(Verifier(Policy(), of: other), image)).IsVerified);
    }

    [Fact]
    public async Task Revocation_that_is_enforced_and_cannot_be_asked_for_is_told()
    {
        using var other = new NotationPen(namesRevocation: true);
        await other.SignAsync(bench.Pusher, image);
        var verdict = await bench.VerifyAsync(Verifier(Policy(), of: other), image);
        Assert.Contains("set override.revocation to log or skip", verdict.Message, StringComparison.Ordinal);
        var waived = Policy("""{"level":"strict","override":{"revocation":"skip"}}""");
        Assert.True((await bench.VerifyAsync(Verifier(waived, of: other), image)).IsVerified);
    }

    [Fact]
    public async Task The_statement_of_the_repository_goes_before_that_of_all()
    {
        await pen.SignAsync(bench.Pusher, image);
        Assert.True((await VerifyAsync(Policy(scope: $"{bench.Image}"))).IsVerified);
        var none = await VerifyAsync(Policy(scope: "other.test/app"));
        Assert.Equal(new SignatureVerdict(SignatureOutcome.WrongIdentity, $"no statement of the trust policy has the scope {bench.Image}, nor *"), none);
        var skips = await VerifyAsync("""{"version":"1.0","trustPolicies":[{"name":"no","registryScopes":["*"],"signatureVerification":{"level":"skip"}}]}""");
        Assert.Contains("skips verification: nobody vouches for it", skips.Message, StringComparison.Ordinal);
        Assert.False(skips.IsVerified);
    }

    [Theory]
    [InlineData("application/jose+json", "{}", "has no 'protected'")]
    [InlineData("application/jose+json", "[", "is no proper JSON")]
    [InlineData("application/cose", "x", "the COSE envelope cannot be read")]
    [InlineData("application/pgp", "x", "an envelope of the form application/pgp, which is not known")]
    public async Task An_envelope_that_cannot_be_read_harms_nothing(string type, string content, string why)
    {
        await NotationPen.PushAsync(bench.Pusher, image, type, Encoding.UTF8.GetBytes(content));
        var verdict = await VerifyAsync(Policy());
        Assert.Equal(SignatureOutcome.Invalid, verdict.Outcome);
        Assert.Contains(why, verdict.Message, StringComparison.Ordinal);
        await pen.SignAsync(bench.Pusher, image);
        Assert.True((await VerifyAsync(Policy())).IsVerified);
    }

    [Fact]
    public async Task An_envelope_of_10_MB_is_not_read()
    {
        await NotationPen.PushAsync(bench.Pusher, image, "application/cose", new byte[10 << 20]);
        Assert.Contains("has 10485760 bytes, at most 1048576 are read", (await VerifyAsync(Policy())).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"version":"2.0"}""", "is of the version '2.0'; 1.0 is read")]
    [InlineData("""{"version":"1.0"}""", "has no trustPolicies")]
    [InlineData("""{"version":"1.0","trustPolicies":[{"name":"a","registryScopes":["*","b"]}]}""", "or to be * alone")]
    [InlineData("""{"version":"1.0","trustPolicies":[{"name":"a","registryScopes":["*"],"signatureVerification":{"level":"lax"}}]}""", "level 'lax' is none of")]
    [InlineData("""{"version":"1.0","trustPolicies":[{"name":"a","registryScopes":["*"],"signatureVerification":{"level":"skip","override":{}}}]}""", "has nothing to override")]
    [InlineData("""{"version":"1.0","trustPolicies":[{"name":"a","registryScopes":["*"],"signatureVerification":{"level":"strict"}}]}""", "has no trustStores")]
    [InlineData("""{"version":"1.0","trustPolicies":[{"name":"a","registryScopes":["*"],"signatureVerification":{"level":"strict"},"trustStores":["ca:x"]}]}""", "has no trustedIdentities")]
    [InlineData("""{"version":"1.0","trustPolicies":[{"name":"a","registryScopes":["*"],"signatureVerification":{"level":"strict"},"trustStores":["ca:x"],"trustedIdentities":["x509.subject: CN=a"]}]}""", "C, ST and O are required")]
    [InlineData("""{"version":"1.0","trustPolicies":[{"name":"a","registryScopes":["*"],"signatureVerification":{"level":"strict"},"trustStores":["x"],"trustedIdentities":["*"]}]}""", "the trust store 'x' is none of")]
    public void A_policy_that_cannot_be_used_is_told(string policy, string why) =>
        Assert.Contains(why, Assert.Throws<TrustException>(() => Verifier(policy)).Message, StringComparison.Ordinal);

    [Fact]
    public void Certificates_that_cannot_be_read_are_told() => Assert.Equal(
        "key 'ca.crt' holds no certificate in PEM, or there are more than 256 in all",
        Assert.Throws<TrustException>(() => new NotationVerifier(
            Encoding.UTF8.GetBytes(Policy()), [KeyValuePair.Create("ca.crt", "secret"u8.ToArray())], TimeProvider.System)).Message);

    [Theory]
    [InlineData("jws")]
    [InlineData("cose")]
    public async Task What_notation_signs_holds(string format)
    {
        Assert.SkipUnless(PeerProgram.Notation.IsInstalled, PeerProgram.Notation.Missing);
        await NotationAsync("cert", "generate-test", "--default", "signer.test");
        await NotationAsync("sign", "--insecure-registry", "--signature-format", format, "--expiry", "24h", "-m", "a=b", $"{bench.Image}@{Digest}");
        var root = await File.ReadAllBytesAsync(folder["localkeys/signer.test.crt"], TestContext.Current.CancellationToken);
        var verifier = new NotationVerifier(
            Encoding.UTF8.GetBytes(Policy(identity: "x509.subject: C=US, ST=WA, L=Seattle, O=Notary, CN=signer.test")),
            [KeyValuePair.Create("ca.crt", root)], TimeProvider.System);
        var verdict = await bench.VerifyAsync(verifier, image);
        Assert.Equal((SignatureOutcome.Verified, "CN=signer.test, O=Notary, L=Seattle, S=WA, C=US"), (verdict.Outcome, verdict.Message));
        Assert.Equal(SignatureOutcome.WrongKey, (await VerifyAsync(Policy())).Outcome);
    }

    private static string Policy(
        string verification = Strict, string identity = "*", string stores = """["ca:test"]""", string scope = "*") => $$"""
        {"version":"1.0","trustPolicies":[{"name":"test","registryScopes":["{{scope}}"],
         "signatureVerification":{{verification}},"trustStores":{{stores}},"trustedIdentities":["{{identity}}"]}]}
        """;

    private NotationVerifier Verifier(string policy, TimeProvider? time = null, NotationPen? of = null, string? more = null) => new(
        Encoding.UTF8.GetBytes(policy),
        [
            KeyValuePair.Create("ca.crt", Encoding.UTF8.GetBytes($"{(of ?? pen).Root.ExportCertificatePem()}\n{more}")),
        ],
        time ?? TimeProvider.System);

    private Task<SignatureVerdict> VerifyAsync(string policy) => bench.VerifyAsync(Verifier(policy), image);

    private async Task AssertTimestampAsync(NotationPen by, DateTimeOffset time, string when, bool holds)
    {
        using var stamps = new LabTimestamps();
        var subject = await bench.Pusher.ImageAsync("stamped", $"{time:O} {when}");
        await by.SignAsync(bench.Pusher, subject, new NotationTwist { Timestamp = signature => stamps.Token(signature, time) });
        var policy = Policy($$"""{"level":"strict","verifyTimestamp":"{{when}}"}""", stores: """["ca:test","tsa:test"]""");
        var verdict = await bench.VerifyAsync(Verifier(policy, of: by, more: stamps.RootPem), subject);
        Assert.Equal((holds, (DateTimeOffset?)null), (verdict.IsVerified, verdict.ValidUntil));
    }

    /// <summary>Our verdict, and that notation's is the same.</summary>
    private async Task AssertAsync(SignatureOutcome outcome, string message, string? policy = null)
    {
        policy ??= Policy();
        var verdict = await VerifyAsync(policy);
        Assert.Equal(outcome, verdict.Outcome);
        Assert.Contains(message, verdict.Message, StringComparison.Ordinal);
        if (PeerProgram.Notation.IsInstalled)
        {
            Assert.Equal(verdict.IsVerified, await NotationAgreesAsync(policy));
        }
    }

    private async Task<bool> NotationAgreesAsync(string policy)
    {
        await File.WriteAllTextAsync(folder["trustpolicy.json"], policy);
        Directory.CreateDirectory(folder["truststore/x509/ca/test"]);
        await File.WriteAllTextAsync(folder["truststore/x509/ca/test/root.crt"], pen.Root.ExportCertificatePem());
        try
        {
            await NotationAsync("verify", "--insecure-registry", $"{bench.Image}@{Digest}");
            return true;
        }
        catch (InvalidOperationException error)
        {
            TestContext.Current.TestOutputHelper?.WriteLine(error.Message);
            return false;
        }
    }

    private Task<string> NotationAsync(params string[] arguments) => PeerProgram.Notation.RunAsync(folder.Path, Home, arguments);
}

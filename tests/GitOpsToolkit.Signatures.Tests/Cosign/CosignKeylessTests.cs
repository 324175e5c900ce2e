using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using GitOpsToolkit.Signatures.Cosign;
using GitOpsToolkit.Signatures.Sigstore;
using GitOpsToolkit.TestKit;
using Xunit;

namespace GitOpsToolkit.Signatures.Tests.Cosign;

/// <summary>Keyless signatures: what holds, and everything that must not. Where cosign is installed it has to agree on each.</summary>
public sealed class CosignKeylessTests : IAsyncLifetime
{
    private readonly SigstoreLab lab = new();
    private readonly ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly TempDirectory folder = new();
    private Bench bench = null!;
    private JsonObject image = null!;
    private string? root;

    private string Digest => (string)image["digest"]!;

    private byte[] Statement => CosignPen.Statement(Digest);

    public async ValueTask InitializeAsync()
    {
        bench = await Bench.StartAsync();
        image = await bench.Pusher.ImageAsync("v1");
    }

    public ValueTask DisposeAsync()
    {
        lab.Dispose();
        key.Dispose();
        folder.Dispose();
        return bench.DisposeAsync();
    }

    [Fact]
    public async Task A_bundle_holds_long_after_its_certificate_is_over()
    {
        await PushAsync(lab.Bundle(key, lab.Certify(key), Statement));
        await AssertAsync(SignatureOutcome.Verified, $"{SigstoreLab.Subject} (issuer {SigstoreLab.Issuer})");
    }

    [Fact]
    public async Task A_signature_of_the_older_format_holds()
    {
        await PushOldAsync(lab.Annotations(key, lab.Certify(key, "ann@git.test"), CosignPen.Payload(Digest)));
        await AssertAsync(SignatureOutcome.Verified, $"ann@git.test (issuer {SigstoreLab.Issuer})", "ann@git.test");
    }

    [Theory]
    [InlineData("https://other.test/x", SigstoreLab.Issuer)]
    [InlineData(SigstoreLab.Subject, "https://other-issuer.test")]
    public async Task Somebody_else_is_told_by_name(string subject, string issuer)
    {
        await PushAsync(lab.Bundle(key, lab.Certify(key, subject, issuer), Statement));
        await AssertAsync(SignatureOutcome.WrongIdentity, $"signed by {subject} (issuer {issuer}), who is not asked for");
    }

    [Fact]
    public async Task Another_instance_of_sigstore_is_not_trusted()
    {
        using var other = new SigstoreLab();
        await PushAsync(lab.Bundle(key, other.Certify(key), Statement));
        await AssertAsync(SignatureOutcome.WrongKey, "its certificate is issued by no authority that is trusted");
    }

    [Fact]
    public async Task What_is_in_no_log_does_not_hold()
    {
        await PushAsync(lab.Bundle(key, lab.Certify(key), Statement, _ => null));
        await AssertAsync(SignatureOutcome.Invalid, "it is in no transparency log: no entry comes with it");
    }

    [Fact]
    public async Task An_entry_of_another_log_says_nothing()
    {
        using var other = new SigstoreLab();
        await PushAsync(lab.Bundle(key, lab.Certify(key), Statement, body => other.Entry(body)));
        await AssertAsync(SignatureOutcome.Invalid, "its log entry is of a log that is not trusted");
    }

    [Fact]
    public async Task An_entry_about_another_signature_does_not_hold()
    {
        await PushAsync(lab.Bundle(key, lab.Certify(key), Statement, body =>
        {
            body["spec"]!["payloadHash"]!["value"] = new string('0', 64);
            return lab.Entry(body);
        }));
        await AssertAsync(SignatureOutcome.Invalid, "the log entry is about another signature");
    }

    [Fact]
    public async Task An_entry_with_another_certificate_does_not_hold()
    {
        var other = lab.Certify(key);
        await PushAsync(lab.Bundle(key, lab.Certify(key), Statement, body =>
        {
            body["spec"]!["signatures"]![0]!["verifier"] =
                Convert.ToBase64String(Encoding.UTF8.GetBytes(PemEncoding.WriteString("CERTIFICATE", other)));
            return lab.Entry(body);
        }));
        await AssertAsync(SignatureOutcome.Invalid, "the log entry is about another signature");
    }

    [Fact]
    public async Task A_time_that_the_log_did_not_sign_for_is_no_time()
    {
        await PushAsync(lab.Bundle(key, lab.Certify(key), Statement, body =>
        {
            var entry = lab.Entry(body);
            entry["integratedTime"] = "1";
            return entry;
        }));
        await AssertAsync(SignatureOutcome.Invalid, "the log's promise does not hold");
    }

    [Fact]
    public async Task A_proof_alone_tells_no_time()
    {
        await PushAsync(lab.Bundle(key, lab.Certify(key), Statement, body => lab.Entry(body, promise: false)));
        await AssertAsync(SignatureOutcome.Invalid, "nobody who is trusted tells when it was made");
    }

    [Theory]
    [InlineData("rootHash")]
    [InlineData("hashes")]
    [InlineData("treeSize")]
    [InlineData("checkpoint")]
    public async Task A_proof_that_is_changed_does_not_hold(string part)
    {
        await PushAsync(lab.Bundle(key, lab.Certify(key), Statement, body =>
        {
            var entry = lab.Entry(body);
            var proof = entry["inclusionProof"]!;
            var zero = Convert.ToBase64String(new byte[32]);
            proof[part] = part switch
            {
                "rootHash" => zero,
                "hashes" => new JsonArray(zero),
                "treeSize" => "8",
                _ => new JsonObject { ["envelope"] = ((string)proof["checkpoint"]!["envelope"]!).Replace("\n7\n", "\n9\n", StringComparison.Ordinal) },
            };
            return entry;
        }));

        // Of the size cosign reads the checkpoint's alone.
        await AssertAsync(SignatureOutcome.Invalid, "the proof that it is in the log does not hold", compare: part != "treeSize");
    }

    [Fact]
    public async Task A_checkpoint_that_the_log_did_not_sign_does_not_hold()
    {
        using var other = new SigstoreLab();
        await PushAsync(lab.Bundle(key, lab.Certify(key), Statement, body =>
        {
            var entry = lab.Entry(body);
            var hash = Convert.FromBase64String((string)entry["inclusionProof"]!["rootHash"]!);
            entry["inclusionProof"]!["checkpoint"] = new JsonObject { ["envelope"] = other.Checkpoint(7, hash) };
            return entry;
        }));
        await AssertAsync(SignatureOutcome.Invalid, "the log's checkpoint is not signed by the log");
    }

    [Theory]
    [InlineData(-20)]
    [InlineData(20)]
    public async Task Logged_outside_the_certificates_ten_minutes_does_not_hold(int minutes)
    {
        await PushAsync(lab.Bundle(key, lab.Certify(key), Statement, body => lab.Entry(body, lab.Now.AddMinutes(minutes))));
        await AssertAsync(SignatureOutcome.Invalid, "its certificate was not valid at ");
    }

    [Fact]
    public async Task A_certificate_that_no_certificate_log_knows_does_not_hold()
    {
        await PushAsync(lab.Bundle(key, lab.Certify(key, logged: false), Statement));
        await AssertAsync(SignatureOutcome.Invalid, "its certificate has no timestamp of a certificate log that is trusted");
    }

    [Fact]
    public async Task A_certificate_for_servers_signs_nothing()
    {
        await PushAsync(lab.Bundle(key, lab.Certify(key, purpose: "1.3.6.1.5.5.7.3.1"), Statement));
        await AssertAsync(SignatureOutcome.Invalid, "its certificate is not for this purpose");
    }

    [Fact]
    public async Task A_signature_by_another_key_than_the_certificates_does_not_hold()
    {
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        await PushAsync(lab.Bundle(other, lab.Certify(key), Statement));
        await AssertAsync(SignatureOutcome.Invalid, "the signature is not by the key of its certificate");
    }

    [Fact]
    public async Task A_signature_of_another_image_does_not_hold()
    {
        await PushAsync(lab.Bundle(key, lab.Certify(key), CosignPen.Statement($"sha256:{new string('0', 64)}")));
        await AssertAsync(SignatureOutcome.Invalid, "is about sha256:000");
    }

    [Fact]
    public async Task A_bare_key_is_not_keyless()
    {
        using var pen = new CosignPen(key);
        await pen.SignByBundleAsync(bench.Pusher, image);
        await AssertAsync(SignatureOutcome.WrongKey, "a signature by a bare key");
    }

    [Fact]
    public async Task An_authority_that_was_given_up_before_is_not_trusted()
    {
        await PushAsync(lab.Bundle(key, lab.Certify(key), Statement));
        var verifier = Verifier(SigstoreLab.Subject, lab.TrustedRoot(until: lab.Now.AddDays(-1)));
        Assert.Equal(SignatureOutcome.WrongKey, (await bench.VerifyAsync(verifier, image)).Outcome);
    }

    [Fact]
    public async Task An_instance_without_certificate_log_says_so_by_its_root()
    {
        await PushAsync(lab.Bundle(key, lab.Certify(key, logged: false), Statement));
        Assert.True((await bench.VerifyAsync(Verifier(SigstoreLab.Subject, lab.TrustedRoot(certificateLogs: false)), image)).IsVerified);
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(30, false)]
    public async Task A_timestamp_tells_the_time_where_the_log_does_not(int minutes, bool holds)
    {
        using var stamps = new LabTimestamps();
        await PushStampedAsync(stamps, minutes);
        root = lab.TrustedRoot(timestamps: stamps.Chain);
        await AssertAsync(holds ? SignatureOutcome.Verified : SignatureOutcome.Invalid, holds ? SigstoreLab.Subject : "its certificate was not valid at ");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Logs_that_promise_nothing_prove_and_timestamps_tell_the_time(bool own)
    {
        using var stamps = new LabTimestamps();
        var certificate = lab.Certify(key);
        var envelope = lab.Bundle(key, certificate, Statement)["dsseEnvelope"]!.AsObject();
        var signature = (string)envelope["signatures"]![0]!["sig"]!;
        var signed = CosignPen.PreAuthentication("application/vnd.in-toto+json", Statement);
        var body = SigstoreLab.NewRecordBody(signed, signature, own ? certificate : lab.Certify(key));
        var bundle = lab.Bundle(key, certificate, Statement, _ =>
        {
            var entry = lab.Entry(body, DateTimeOffset.UnixEpoch, promise: false, origin: "rekor.test");
            entry.Remove("integratedTime");
            entry["logIndex"] = "5";
            return entry;
        });
        bundle["dsseEnvelope"] = envelope.DeepClone();
        Stamp(bundle, stamps, minutes: 0);
        await PushAsync(bundle);
        root = lab.TrustedRoot(timestamps: stamps.Chain);
        await AssertAsync(
            own ? SignatureOutcome.Verified : SignatureOutcome.Invalid, own ? SigstoreLab.Subject : "the log entry is about another signature");
    }

    [Fact]
    public async Task A_timestamp_by_another_authority_tells_nothing()
    {
        using var stamps = new LabTimestamps();
        using var other = new LabTimestamps();
        await PushStampedAsync(other, minutes: 0);
        root = lab.TrustedRoot(timestamps: stamps.Chain);
        await AssertAsync(SignatureOutcome.Invalid, "a timestamp is by no authority that is trusted, or is not about the signature");
    }

    [Fact]
    public async Task An_authority_that_is_for_other_things_stamps_nothing()
    {
        using var stamps = new LabTimestamps("1.3.6.1.5.5.7.3.3");
        await PushStampedAsync(stamps, minutes: 0);
        root = lab.TrustedRoot(timestamps: stamps.Chain);
        await AssertAsync(SignatureOutcome.Invalid, "a timestamp cannot be read");
    }

    [Fact]
    public async Task An_instance_without_a_log_is_believed_by_its_timestamps()
    {
        using var stamps = new LabTimestamps();
        await PushStampedAsync(stamps, minutes: 0, logged: false);
        var without = Verifier(SigstoreLab.Subject, lab.TrustedRoot(logs: false, timestamps: stamps.Chain));
        Assert.True((await bench.VerifyAsync(without, image)).IsVerified);
        Assert.False((await bench.VerifyAsync(Verifier(SigstoreLab.Subject, lab.TrustedRoot(timestamps: stamps.Chain)), image)).IsVerified);
    }

    [Fact]
    public void Trees_of_every_size_prove_every_entry()
    {
        byte[] entry = [1, 2, 3];
        for (var size = 1; size <= 33; size++)
        {
            for (var index = 0; index < size; index++)
            {
                var tree = new LabTree(entry, index, size);
                Assert.Equal(tree.Root, MerkleTree.RootOf(entry, index, size, tree.Path));
                Assert.NotEqual(tree.Root, MerkleTree.RootOf([3, 2, 1], index, size, tree.Path));
                Assert.Null(MerkleTree.RootOf(entry, index, size, [.. tree.Path, new byte[32]]));
                Assert.Null(MerkleTree.RootOf(entry, size, size, tree.Path));
            }
        }
    }

    [Fact]
    public void The_root_of_the_public_instance_can_be_read() =>
        Assert.Equal((2, 2, 2, 1), (
            TrustedRoot.Public.Logs.Count, TrustedRoot.Public.CertificateLogs.Count, TrustedRoot.Public.Authorities.Count,
            TrustedRoot.Public.TimestampAuthorities.Count));

    [Theory]
    [InlineData("", "is no proper JSON")]
    [InlineData("{}", "has no certificateAuthorities")]
    [InlineData("""{"certificateAuthorities":[{"certChain":{"certificates":[{"rawBytes":"AAAA"}]}}]}""", "cannot be read")]
    [InlineData("""{"tlogs":[{"publicKey":{}}]}""", "has no 'logId'")]
    public void A_root_that_cannot_be_read_is_told(string text, string why) => Assert.Contains(
        why, Assert.Throws<TrustException>(() => TrustedRoot.Parse(Encoding.UTF8.GetBytes(text))).Message, StringComparison.Ordinal);

    private async Task PushAsync(JsonObject bundle)
    {
        using var pen = new CosignPen(_ => []);
        await pen.SignByBundleAsync(bench.Pusher, image, bundle);
    }

    private Task PushStampedAsync(LabTimestamps stamps, int minutes, bool logged = true)
    {
        var bundle = lab.Bundle(key, lab.Certify(key), Statement, body => logged ? lab.Entry(body, promise: false) : null);
        Stamp(bundle, stamps, minutes);
        return PushAsync(bundle);
    }

    private void Stamp(JsonObject bundle, LabTimestamps stamps, int minutes)
    {
        var signature = Convert.FromBase64String((string)bundle["dsseEnvelope"]!["signatures"]![0]!["sig"]!);
        bundle["verificationMaterial"]!["timestampVerificationData"] = new JsonObject
        {
            ["rfc3161Timestamps"] = new JsonArray(new JsonObject
            {
                ["signedTimestamp"] = Convert.ToBase64String(stamps.Response(signature, lab.Now.AddMinutes(minutes))),
            }),
        };
    }

    private async Task PushOldAsync(JsonObject annotations)
    {
        using var pen = new CosignPen(_ => []);
        await pen.SignByTagAsync(bench.Pusher, image, annotations: annotations);
    }

    private CosignKeylessVerifier Verifier(string subject, string? root = null) => new(
        TrustedRoot.Parse(Encoding.UTF8.GetBytes(root ?? this.root ?? lab.TrustedRoot())),
        [new TrustedIdentity(subject, (issuer, name) => issuer == SigstoreLab.Issuer && name == subject)]);

    /// <summary>Our verdict, and that cosign's is the same.</summary>
    private async Task AssertAsync(SignatureOutcome outcome, string message, string subject = SigstoreLab.Subject, bool compare = true)
    {
        var verdict = await bench.VerifyAsync(Verifier(subject), image);
        Assert.Equal(outcome, verdict.Outcome);
        Assert.Contains(message, verdict.Message, StringComparison.Ordinal);
        if (compare && PeerProgram.Cosign.IsInstalled)
        {
            Assert.Equal(verdict.IsVerified, await CosignAgreesAsync(subject));
        }
    }

    private async Task<bool> CosignAgreesAsync(string subject)
    {
        await File.WriteAllTextAsync(folder["root.json"], root ?? lab.TrustedRoot());
        try
        {
            await PeerProgram.Cosign.RunAsync(
                folder.Path, new Dictionary<string, string>(), ["verify", "--trusted-root", "root.json", "--certificate-identity", subject,
                "--certificate-oidc-issuer", SigstoreLab.Issuer, .. root is null ? Array.Empty<string>() : ["--use-signed-timestamps"], $"{bench.Image}@{Digest}"]);
            return true;
        }
        catch (InvalidOperationException error)
        {
            TestContext.Current.TestOutputHelper?.WriteLine(error.Message);
            return false;
        }
    }
}

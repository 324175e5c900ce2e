using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using GitOpsToolkit.Signatures.Cosign;
using GitOpsToolkit.Signatures.Formats;

namespace GitOpsToolkit.Signatures.Sigstore;

/// <summary>Compares what stands in a transparency log with a signature: the same bytes, the same signature, the same certificate.</summary>
internal sealed class LogEntryBody(SignatureLimits limits)
{
    private const string What = "the log entry";
    private const int MostSignatures = 8;

    /// <exception cref="SignatureException">The entry is about something else, or of a kind that is not known.</exception>
    internal void Verify(byte[] body, CosignSignature signature)
    {
        using var document = Json.Parse(body, What, limits);
        var root = document.RootElement;
        var spec = root.Member("spec", What);
        var seen = (root.Text("kind", What), root.Text("apiVersion", What), signature.Dsse) switch
        {
            ("hashedrekord", "0.0.1", _) => HashedRecord(spec),

            // Rekor 2 takes this kind for envelopes, too.
            ("hashedrekord", "0.0.2", _) => NewHashedRecord(spec.Member("hashedRekordV002", What)),
            ("dsse", "0.0.1", not null) => Envelope(spec),
            var (kind, version, _) => throw SignatureException.Invalid($"{What} is of the kind {kind} {version}, which is not known for such a signature"),
        };
        var content = seen.IsOfPayload ? signature.Dsse!.Payload : signature.Signed;
        if (!seen.Hash.AsSpan().SequenceEqual(HashOf(seen.Algorithm, content)) || !seen.Signature.AsSpan().SequenceEqual(signature.Signature)
            || !seen.Certificate.AsSpan().SequenceEqual(signature.Certificate))
        {
            throw SignatureException.Invalid($"{What} is about another signature");
        }
    }

    private static byte[] HashOf(string algorithm, byte[] content) => algorithm switch
    {
        "sha256" or "SHA2_256" => SHA256.HashData(content),
        "sha384" or "SHA2_384" => SHA384.HashData(content),
        "sha512" or "SHA2_512" => SHA512.HashData(content),
        _ => throw SignatureException.Invalid($"{What} has a hash by {algorithm}, which is not known"),
    };

    private static Entry HashedRecord(JsonElement spec)
    {
        var hash = spec.Member("data", What).Member("hash", What);
        var signature = spec.Member("signature", What);
        return new Entry(
            hash.Text("algorithm", What), Hex(hash.Text("value", What)), IsOfPayload: false, signature.Bytes("content", What),
            CertificateOf(signature.Member("publicKey", What).Bytes("content", What)));
    }

    private static Entry NewHashedRecord(JsonElement record)
    {
        var data = record.Member("data", What);
        var signature = record.Member("signature", What);
        return new Entry(
            data.Text("algorithm", What), data.Bytes("digest", What), IsOfPayload: false, signature.Bytes("content", What), VerifierOf(signature));
    }

    private static Entry Envelope(JsonElement spec)
    {
        var hash = spec.Member("payloadHash", What);
        var signature = Single(spec);
        return new Entry(
            hash.Text("algorithm", What), Hex(hash.Text("value", What)), IsOfPayload: true, signature.Bytes("signature", What),
            CertificateOf(signature.Bytes("verifier", What)));
    }

    private static JsonElement Single(JsonElement owner) => owner.Items("signatures", What, MostSignatures) is [var one]
        ? one
        : throw SignatureException.Invalid($"{What} has not one signature");

    private static byte[] VerifierOf(JsonElement signature) =>
        signature.Member("verifier", What).Find("x509Certificate") is { } certificate ? certificate.Bytes("rawBytes", What) : [];

    /// <summary>The certificate in PEM; nothing where it is a bare key.</summary>
    private static byte[] CertificateOf(byte[] pem)
    {
        var text = Encoding.UTF8.GetString(pem);
        return PemEncoding.TryFind(text, out var fields) && text[fields.Label] == "CERTIFICATE" ? Convert.FromBase64String(text[fields.Base64Data]) : [];
    }

    private static byte[] Hex(string text)
    {
        try
        {
            return Convert.FromHexString(text);
        }
        catch (FormatException error)
        {
            throw SignatureException.Invalid($"a hash of {What} is not hexadecimal", error);
        }
    }

    private sealed record Entry(string Algorithm, byte[] Hash, bool IsOfPayload, byte[] Signature, byte[] Certificate);
}

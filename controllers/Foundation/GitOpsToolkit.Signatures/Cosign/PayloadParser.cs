using System.Security.Cryptography;
using System.Text.Json;
using GitOpsToolkit.Signatures.Formats;

namespace GitOpsToolkit.Signatures.Cosign;

/// <summary>Reads signatures of cosign 1 and 2: a simple signing payload, the rest in annotations (cosign's SIGNATURE_SPEC).</summary>
internal sealed class PayloadParser(SignatureLimits limits)
{
    private const string What = "the signature's payload";
    private const string LogWhat = $"the annotation {CosignTypes.LogAnnotation}";

    /// <exception cref="SignatureException">It cannot be read.</exception>
    internal CosignSignature Parse(RawSignature raw)
    {
        var annotations = raw.Annotations!;
        var signature = annotations.GetValueOrDefault(CosignTypes.SignatureAnnotation) is { Length: > 0 } text
            ? Json.Base64(text, $"the annotation {CosignTypes.SignatureAnnotation}")
            : throw SignatureException.Invalid($"a payload without the annotation {CosignTypes.SignatureAnnotation}");
        return new CosignSignature
        {
            Signed = raw.Content,
            Signature = signature,
            Claim = ClaimOf(raw.Content),
            Certificate = annotations.GetValueOrDefault(CosignTypes.CertificateAnnotation) is { Length: > 0 } pem ? CertificateOf(pem) : null,
            Entries = annotations.GetValueOrDefault(CosignTypes.LogAnnotation) is { Length: > 0 } log ? [EntryOf(log)] : [],
            Timestamps = annotations.GetValueOrDefault(CosignTypes.TimestampAnnotation) is { Length: > 0 } stamp ? [TimestampOf(stamp)] : [],
        };
    }

    private string ClaimOf(byte[] payload)
    {
        using var document = Json.Parse(payload, What, limits);
        var critical = document.RootElement.Member("critical", What);

        // The same form with another type is GPG's simple signing.
        var type = critical.Text("type", What);
        return type is CosignTypes.PayloadType or CosignTypes.SignPredicate
            ? critical.Member("image", What).Text("docker-manifest-digest", What)
            : throw SignatureException.Invalid($"{What} is of the type '{type}'; '{CosignTypes.PayloadType}' is expected");
    }

    private static byte[] CertificateOf(string pem)
    {
        if (PemEncoding.TryFind(pem, out var fields) && pem[fields.Label] == "CERTIFICATE")
        {
            return Convert.FromBase64String(pem[fields.Base64Data]);
        }

        throw SignatureException.Invalid($"the annotation {CosignTypes.CertificateAnnotation} holds no certificate in PEM");
    }

    private LogEntry EntryOf(string text)
    {
        using var document = Json.Parse(System.Text.Encoding.UTF8.GetBytes(text), LogWhat, limits);
        var root = document.RootElement;
        var payload = root.Member("Payload", LogWhat);
        return new LogEntry
        {
            Body = payload.Member("body", LogWhat).ValueKind == JsonValueKind.String
                ? payload.Bytes("body", LogWhat)
                : throw SignatureException.Invalid($"{LogWhat}: 'body' is no text"),
            IntegratedTime = payload.Number("integratedTime", LogWhat),
            LogIndex = payload.Number("logIndex", LogWhat),
            LogId = payload.Text("logID", LogWhat),
            SignedEntryTimestamp = root.Bytes("SignedEntryTimestamp", LogWhat),
        };
    }

    private byte[] TimestampOf(string text)
    {
        const string what = $"the annotation {CosignTypes.TimestampAnnotation}";
        using var document = Json.Parse(System.Text.Encoding.UTF8.GetBytes(text), what, limits);
        return document.RootElement.Bytes("SignedRFC3161Timestamp", what);
    }
}

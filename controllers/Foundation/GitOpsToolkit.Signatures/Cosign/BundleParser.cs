using System.Globalization;
using System.Text;
using System.Text.Json;
using GitOpsToolkit.Signatures.Formats;

namespace GitOpsToolkit.Signatures.Cosign;

/// <summary>
/// Reads bundles (sigstore's protobuf-specs, 0.1 to 0.3) of a DSSE envelope with an in-toto statement that says that the artifact is
/// signed. Other statements about it, such as its SBOM or where it was built, are no signatures.
/// </summary>
internal sealed class BundleParser(SignatureLimits limits)
{
    private const string What = "the bundle";
    private const int MostEntries = 8;
    private const int MostSubjects = 64;
    private const int MostHashes = 64;

    /// <exception cref="SignatureException">It cannot be read.</exception>
    internal CosignSignature Parse(RawSignature raw, string digest)
    {
        using var document = Json.Parse(raw.Content, What, limits);
        var root = document.RootElement;
        var form = root.Text("mediaType", What);
        if (!CosignTypes.IsBundle(form))
        {
            throw SignatureException.Invalid($"a bundle of the form {form}, which is not known");
        }

        var material = root.Member("verificationMaterial", What);
        var envelope = root.Find("dsseEnvelope")
            ?? throw SignatureException.Invalid("the bundle holds no DSSE envelope; signatures over a bare digest name no artifact of a registry");
        var signatures = envelope.Items("signatures", "the DSSE envelope", MostEntries);
        if (signatures.Count != 1)
        {
            throw SignatureException.Invalid($"the DSSE envelope has {signatures.Count} signatures; one is expected");
        }

        var parts = new DsseParts(envelope.Text("payloadType", "the DSSE envelope"), envelope.Bytes("payload", "the DSSE envelope"));
        return new CosignSignature
        {
            Signed = PreAuthentication(parts),
            Signature = signatures[0].Bytes("sig", "the DSSE envelope"),
            Claim = ClaimOf(parts, digest),
            Dsse = parts,
            Certificate = CertificateOf(material),
            Entries = [.. material.Items("tlogEntries", What, MostEntries).Select(EntryOf)],
            Timestamps = material.Find("timestampVerificationData") is { } times
                ? [.. times.Items("rfc3161Timestamps", What, MostEntries).Select(item => item.Bytes("signedTimestamp", What))]
                : [],
        };
    }

    /// <summary>What a DSSE signature is over: type and payload, each with its length (DSSE's PAE).</summary>
    private static byte[] PreAuthentication(DsseParts parts)
    {
        var typeLength = Encoding.UTF8.GetByteCount(parts.PayloadType);
        var head = Encoding.UTF8.GetBytes(
            string.Create(CultureInfo.InvariantCulture, $"DSSEv1 {typeLength} {parts.PayloadType} {parts.Payload.Length} "));
        return [.. head, .. parts.Payload];
    }

    private static byte[]? CertificateOf(JsonElement material)
    {
        if (material.Find("certificate") is { } certificate)
        {
            return certificate.Bytes("rawBytes", "the bundle's certificate");
        }

        if (material.Find("x509CertificateChain") is { } chain)
        {
            var certificates = chain.Items("certificates", What, MostEntries);
            return certificates.Count > 0
                ? certificates[0].Bytes("rawBytes", "the bundle's certificate")
                : throw SignatureException.Invalid("the bundle has an empty chain of certificates");
        }

        return null;
    }

    private static LogEntry EntryOf(JsonElement item)
    {
        const string what = "the bundle's log entry";
        return new LogEntry
        {
            Body = item.Bytes("canonicalizedBody", what),
            LogId = Convert.ToHexStringLower(item.Member("logId", what).Bytes("keyId", what)),
            LogIndex = item.Number("logIndex", what),
            IntegratedTime = item.Number("integratedTime", what),
            SignedEntryTimestamp = item.Find("inclusionPromise") is { } promise ? promise.FindBytes("signedEntryTimestamp", what) : null,
            Proof = item.Find("inclusionProof") is { } proof ? ProofOf(proof) : null,
        };
    }

    private static InclusionProof ProofOf(JsonElement proof)
    {
        const string what = "the bundle's inclusion proof";
        var hashes = proof.Items("hashes", what, MostHashes).Select(hash => hash.ValueKind == JsonValueKind.String
            ? Json.Base64(hash.GetString()!, $"a hash of {what}")
            : throw SignatureException.Invalid($"a hash of {what} is no text"));
        return new InclusionProof(
            proof.Number("logIndex", what),
            proof.Number("treeSize", what),
            proof.Bytes("rootHash", what),
            [.. hashes],
            proof.Find("checkpoint") is { } checkpoint ? checkpoint.FindText("envelope", what) : null);
    }

    /// <summary>The digest among the statement's subjects that is asked for, else the first one.</summary>
    private string ClaimOf(DsseParts parts, string digest)
    {
        const string what = "the bundle's statement";
        if (parts.PayloadType != CosignTypes.InToto)
        {
            throw SignatureException.Invalid($"the DSSE envelope holds a '{parts.PayloadType}'; '{CosignTypes.InToto}' is expected");
        }

        using var document = Json.Parse(parts.Payload, what, limits);
        var root = document.RootElement;
        var type = root.Text("_type", what);
        if (type is not (CosignTypes.Statement or CosignTypes.OlderStatement))
        {
            throw SignatureException.Invalid($"{what} is of the type '{type}'; '{CosignTypes.Statement}' is expected");
        }

        var predicate = root.Text("predicateType", what);
        if (predicate != CosignTypes.SignPredicate)
        {
            throw SignatureException.Invalid($"{what} is '{predicate}': an attestation, no signature ('{CosignTypes.SignPredicate}')");
        }

        var claims = root.Items("subject", what, MostSubjects)
            .SelectMany(subject => subject.Member("digest", what) is { ValueKind: JsonValueKind.Object } digests
                ? digests.EnumerateObject().Where(entry => entry.Value.ValueKind == JsonValueKind.String)
                : throw SignatureException.Invalid($"{what}: 'digest' is no object"))
            .Select(entry => $"{entry.Name}:{entry.Value.GetString()}").ToArray();
        return claims.Contains(digest, StringComparer.Ordinal) ? digest : claims.FirstOrDefault() ?? throw SignatureException.Invalid($"{what} has no subject");
    }
}

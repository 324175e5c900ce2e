using System.Buffers.Binary;
using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace GitOpsToolkit.TestKit;

/// <summary>
/// An instance of sigstore of a test's own, without servers: a certificate authority, a certificate log and a transparency log that do what
/// they are told, wrong things too. What it makes rightly is held against cosign's own verification.
/// </summary>
public sealed class SigstoreLab : IDisposable
{
    public const string Issuer = "https://issuer.test";
    public const string Subject = "https://git.test/team/app/.github/workflows/release.yml@refs/heads/main";

    // Rekor 2 writes the canonical form (RFC 8785), in which a plus sign is one.
    private static readonly JsonSerializerOptions Canonical = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly ECDsa rootKey = ECDsa.Create(ECCurve.NamedCurves.nistP384);
    private readonly ECDsa intermediateKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly ECDsa certificateLog = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly ECDsa log = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly X509Certificate2 root;
    private readonly X509Certificate2 intermediate;

    /// <summary>Makes an instance whose authority was set up a year ago.</summary>
    public SigstoreLab()
    {
        var begin = Now.AddYears(-1);
        var request = new CertificateRequest("O=sigstore.test,CN=root", rootKey, HashAlgorithmName.SHA384);
        MakeAuthority(request, 1);
        root = request.CreateSelfSigned(begin, begin.AddYears(10));
        request = new CertificateRequest("O=sigstore.test,CN=intermediate", intermediateKey, HashAlgorithmName.SHA256);
        MakeAuthority(request, 0);
        request.CertificateExtensions.Add(CodeSigning);
        intermediate = request.Create(root, begin, begin.AddYears(9), [1, 2, 3]).CopyWithPrivateKey(intermediateKey);
    }

    /// <summary>When things are signed, unless said otherwise: a day ago, so that certificates are over by now.</summary>
    public DateTimeOffset Now { get; } = DateTimeOffset.FromUnixTimeSeconds(DateTimeOffset.UtcNow.AddDays(-1).ToUnixTimeSeconds());

    /// <summary>The log's id, hexadecimal.</summary>
    public string LogId => Convert.ToHexStringLower(IdOf(log));

    private static X509EnhancedKeyUsageExtension CodeSigning => new([new Oid("1.3.6.1.5.5.7.3.3")], false);

    /// <inheritdoc/>
    public void Dispose()
    {
        root.Dispose();
        intermediate.Dispose();
        foreach (var key in (ECDsa[])[rootKey, intermediateKey, certificateLog, log])
        {
            key.Dispose();
        }
    }

    /// <summary>What trusts the instance.</summary>
    /// <param name="logs">Whether it has a transparency log.</param>
    /// <param name="certificateLogs">Whether it has a certificate log.</param>
    /// <param name="timestamps">A timestamp authority's certificates, leaf first.</param>
    /// <param name="until">When the authority ends to be trusted.</param>
    public string TrustedRoot(bool logs = true, bool certificateLogs = true, X509Certificate2[]? timestamps = null, DateTimeOffset? until = null)
    {
        var span = new JsonObject { ["start"] = Time(Now.AddYears(-1)) };
        if (until is { } end)
        {
            span["end"] = Time(end);
        }

        return new JsonObject
        {
            ["mediaType"] = "application/vnd.dev.sigstore.trustedroot+json;version=0.1",
            ["tlogs"] = logs ? new JsonArray(Log("https://rekor.test", log)) : [],
            ["certificateAuthorities"] = new JsonArray(Authority("https://fulcio.test", span, intermediate, root)),
            ["ctlogs"] = certificateLogs ? new JsonArray(Log("https://ct.test", certificateLog)) : [],
            ["timestampAuthorities"] = timestamps is null ? [] : new JsonArray(Authority("https://tsa.test", span, timestamps)),
        }.ToJsonString();
    }

    /// <summary>Issues a certificate for a signer.</summary>
    /// <param name="key">The signer's key.</param>
    /// <param name="subject">An URI, or an address of mail.</param>
    /// <param name="issuer">The issuer of their token.</param>
    /// <param name="begin">From when; it is for ten minutes.</param>
    /// <param name="logged">Whether the certificate log knows of it.</param>
    /// <param name="purpose">What it is for.</param>
    public byte[] Certify(
        ECDsa key, string subject = Subject, string issuer = Issuer, DateTimeOffset? begin = null, bool logged = true, string purpose = "1.3.6.1.5.5.7.3.3")
    {
        var start = begin ?? Now.AddMinutes(-1);
        var serial = RandomNumberGenerator.GetBytes(16);
        serial[0] = 1;
        var request = new CertificateRequest(new X500DistinguishedName([0x30, 0]), key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(purpose)], false));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(intermediate, true, false));
        var names = new SubjectAlternativeNameBuilder();
        if (subject.Contains("://", StringComparison.Ordinal))
        {
            names.AddUri(new Uri(subject));
        }
        else
        {
            names.AddEmailAddress(subject);
        }

        request.CertificateExtensions.Add(names.Build(critical: true));
        request.CertificateExtensions.Add(new X509Extension("1.3.6.1.4.1.57264.1.1", Encoding.UTF8.GetBytes(issuer), false));
        var text = new AsnWriter(AsnEncodingRules.DER);
        text.WriteCharacterString(UniversalTagNumber.UTF8String, issuer);
        request.CertificateExtensions.Add(new X509Extension("1.3.6.1.4.1.57264.1.8", text.Encode(), false));
        using var bare = request.Create(intermediate, start, start.AddMinutes(10), serial);
        if (!logged)
        {
            return bare.RawData;
        }

        request.CertificateExtensions.Add(new X509Extension("1.3.6.1.4.1.11129.2.4.2", Timestamps(bare, start), false));
        using var certificate = request.Create(intermediate, start, start.AddMinutes(10), serial);
        return certificate.RawData;
    }

    /// <summary>The body of a log entry over plain bytes.</summary>
    public static JsonObject RecordBody(byte[] data, byte[] signature, byte[] certificate) => new()
    {
        ["apiVersion"] = "0.0.1",
        ["kind"] = "hashedrekord",
        ["spec"] = new JsonObject
        {
            ["data"] = new JsonObject { ["hash"] = Hash(data) },
            ["signature"] = new JsonObject
            {
                ["content"] = Convert.ToBase64String(signature),
                ["publicKey"] = new JsonObject { ["content"] = Pem64(certificate) },
            },
        },
    };

    /// <summary>The body of a log entry over a DSSE envelope.</summary>
    public static JsonObject EnvelopeBody(JsonObject envelope, byte[] certificate) => new()
    {
        ["apiVersion"] = "0.0.1",
        ["kind"] = "dsse",
        ["spec"] = new JsonObject
        {
            ["envelopeHash"] = Hash(Encoding.UTF8.GetBytes(envelope.ToJsonString())),
            ["payloadHash"] = Hash(Convert.FromBase64String((string)envelope["payload"]!)),
            ["signatures"] = new JsonArray(new JsonObject
            {
                ["signature"] = (string)envelope["signatures"]![0]!["sig"]!,
                ["verifier"] = Pem64(certificate),
            }),
        },
    };

    /// <summary>The body of an entry over bytes in the logs of Rekor 2, which promise nothing and tell no time.</summary>
    public static JsonObject NewRecordBody(byte[] data, string signature, byte[] certificate)
    {
        var hash = new JsonObject { ["algorithm"] = "SHA2_256", ["digest"] = Convert.ToBase64String(SHA256.HashData(data)) };
        return new JsonObject
        {
            ["apiVersion"] = "0.0.2",
            ["kind"] = "hashedrekord",
            ["spec"] = new JsonObject
            {
                ["hashedRekordV002"] = new JsonObject { ["data"] = hash, ["signature"] = NewSignature(signature, certificate) },
            },
        };
    }

    /// <summary>The log's promise to take an entry.</summary>
    public byte[] Promise(byte[] body, long index, DateTimeOffset time) => Sign(log, Encoding.UTF8.GetBytes(
        $$"""{"body":"{{Convert.ToBase64String(body)}}","integratedTime":{{time.ToUnixTimeSeconds()}},"logID":"{{LogId}}","logIndex":{{index}}}"""));

    /// <summary>An entry as bundles carry it, in a tree with seven others.</summary>
    public JsonObject Entry(JsonObject content, DateTimeOffset? at = null, bool promise = true, bool proof = true, string origin = "rekor.test - 1")
    {
        var body = Encoding.UTF8.GetBytes(content.ToJsonString(Canonical));
        var time = at ?? Now;
        var tree = new LabTree(body, 5, 7);
        var entry = new JsonObject
        {
            ["logIndex"] = "105",
            ["logId"] = new JsonObject { ["keyId"] = Convert.ToBase64String(IdOf(log)) },
            ["kindVersion"] = new JsonObject { ["kind"] = (string)content["kind"]!, ["version"] = (string)content["apiVersion"]! },
            ["integratedTime"] = $"{time.ToUnixTimeSeconds()}",
            ["canonicalizedBody"] = Convert.ToBase64String(body),
        };
        if (promise)
        {
            entry["inclusionPromise"] = new JsonObject { ["signedEntryTimestamp"] = Convert.ToBase64String(Promise(body, 105, time)) };
        }

        if (proof)
        {
            entry["inclusionProof"] = new JsonObject
            {
                ["logIndex"] = "5",
                ["treeSize"] = "7",
                ["rootHash"] = Convert.ToBase64String(tree.Root),
                ["hashes"] = new JsonArray([.. tree.Path.Select(hash => (JsonNode)Convert.ToBase64String(hash))]),
                ["checkpoint"] = new JsonObject { ["envelope"] = Checkpoint(7, tree.Root, origin) },
            };
        }

        return entry;
    }

    /// <summary>The log's signed word on its tree.</summary>
    public string Checkpoint(long size, byte[] root, string origin = "rekor.test - 1")
    {
        var note = $"{origin}\n{size}\n{Convert.ToBase64String(root)}\n";
        byte[] signature = [.. IdOf(log).AsSpan(0, 4), .. Sign(log, Encoding.UTF8.GetBytes(note))];
        return $"{note}\n— rekor.test {Convert.ToBase64String(signature)}\n";
    }

    /// <summary>A bundle signed keyless, with everything in it; a test changes what it likes.</summary>
    public JsonObject Bundle(ECDsa key, byte[] certificate, byte[] statement, Func<JsonObject, JsonObject?>? entry = null)
    {
        using var pen = new CosignPen(data => Sign(key, data));
        var bundle = pen.Bundle(statement, new JsonObject
        {
            ["certificate"] = new JsonObject { ["rawBytes"] = Convert.ToBase64String(certificate) },
        });
        var body = EnvelopeBody(bundle["dsseEnvelope"]!.AsObject(), certificate);
        var made = entry is null ? Entry(body) : entry(body);
        bundle["verificationMaterial"]!["tlogEntries"] = made is null ? [] : new JsonArray(made);
        bundle["verificationMaterial"]!["timestampVerificationData"] = new JsonObject();
        return bundle;
    }

    /// <summary>The annotations of a payload signed keyless in the older format.</summary>
    public JsonObject Annotations(ECDsa key, byte[] certificate, byte[] payload, DateTimeOffset? at = null)
    {
        var signature = Sign(key, payload);
        var body = Encoding.UTF8.GetBytes(RecordBody(payload, signature, certificate).ToJsonString());
        var time = at ?? Now;
        return new JsonObject
        {
            ["dev.cosignproject.cosign/signature"] = Convert.ToBase64String(signature),
            ["dev.sigstore.cosign/certificate"] = PemEncoding.WriteString("CERTIFICATE", certificate),
            ["dev.sigstore.cosign/chain"] = $"{intermediate.ExportCertificatePem()}\n{root.ExportCertificatePem()}\n",
            ["dev.sigstore.cosign/bundle"] = new JsonObject
            {
                ["SignedEntryTimestamp"] = Convert.ToBase64String(Promise(body, 105, time)),
                ["Payload"] = new JsonObject
                {
                    ["body"] = Convert.ToBase64String(body),
                    ["integratedTime"] = time.ToUnixTimeSeconds(),
                    ["logIndex"] = 105,
                    ["logID"] = LogId,
                },
            }.ToJsonString(),
        };
    }

    private static void MakeAuthority(CertificateRequest request, int below)
    {
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, true, below, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
    }

    private static byte[] IdOf(ECDsa key) => SHA256.HashData(key.ExportSubjectPublicKeyInfo());

    private static byte[] Sign(ECDsa key, byte[] data) => key.SignData(data, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);

    private static JsonObject Hash(byte[] data) => new() { ["algorithm"] = "sha256", ["value"] = Convert.ToHexStringLower(SHA256.HashData(data)) };

    private static JsonObject NewSignature(string signature, byte[] certificate) => new()
    {
        ["content"] = signature,
        ["verifier"] = new JsonObject
        {
            ["keyDetails"] = "PKIX_ECDSA_P256_SHA_256",
            ["x509Certificate"] = new JsonObject { ["rawBytes"] = Convert.ToBase64String(certificate) },
        },
    };

    private static string Pem64(byte[] certificate) =>
        Convert.ToBase64String(Encoding.UTF8.GetBytes(PemEncoding.WriteString("CERTIFICATE", certificate) + "\n"));

    private static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'");

    private static JsonObject Authority(string url, JsonObject span, params X509Certificate2[] chain) => new()
    {
        ["subject"] = new JsonObject { ["organization"] = "sigstore.test", ["commonName"] = "test" },
        ["uri"] = url,
        ["certChain"] = new JsonObject
        {
            ["certificates"] = new JsonArray([.. chain.Select(one => new JsonObject { ["rawBytes"] = Convert.ToBase64String(one.RawData) })]),
        },
        ["validFor"] = span.DeepClone(),
    };

    private JsonObject Log(string url, ECDsa key) => new()
    {
        ["baseUrl"] = url,
        ["hashAlgorithm"] = "SHA2_256",
        ["publicKey"] = new JsonObject
        {
            ["rawBytes"] = Convert.ToBase64String(key.ExportSubjectPublicKeyInfo()),
            ["keyDetails"] = "PKIX_ECDSA_P256_SHA_256",
            ["validFor"] = new JsonObject { ["start"] = Time(Now.AddYears(-1)) },
        },
        ["logId"] = new JsonObject { ["keyId"] = Convert.ToBase64String(IdOf(key)) },
    };

    /// <summary>The list of one timestamp of the certificate log (RFC 6962).</summary>
    private byte[] Timestamps(X509Certificate2 bare, DateTimeOffset time)
    {
        var signed = new AsnReader(bare.RawData, AsnEncodingRules.DER).ReadSequence().ReadEncodedValue().ToArray();
        var when = new byte[8];
        BinaryPrimitives.WriteInt64BigEndian(when, time.ToUnixTimeMilliseconds());
        var issuer = SHA256.HashData(intermediateKey.ExportSubjectPublicKeyInfo());
        var signature = Sign(
            certificateLog, [0, 0, .. when, 0, 1, .. issuer, (byte)(signed.Length >> 16), (byte)(signed.Length >> 8), (byte)signed.Length, .. signed, 0, 0]);
        byte[] stamp = [0, .. IdOf(certificateLog), .. when, 0, 0, 4, 3, .. Length(signature.Length), .. signature];
        byte[] list = [.. Length(stamp.Length + 2), .. Length(stamp.Length), .. stamp];
        var writer = new AsnWriter(AsnEncodingRules.DER);
        writer.WriteOctetString(list);
        return writer.Encode();
    }

    private static byte[] Length(int length) => [(byte)(length >> 8), (byte)length];
}

/// <summary>A small Merkle tree, built from its leaves by the definition.</summary>
public sealed class LabTree
{
    /// <summary>A tree in which an entry stands among others.</summary>
    public LabTree(byte[] entry, int index, int size)
    {
        var leaves = Enumerable.Range(0, size).Select(i => Leaf(i == index ? entry : [(byte)i])).ToArray();
        Root = Hash(leaves);
        Path = [.. Audit(index, leaves)];
    }

    /// <summary>The root.</summary>
    public byte[] Root { get; }

    /// <summary>The entry's neighbours on the way up.</summary>
    public IReadOnlyList<byte[]> Path { get; }

    private static byte[] Leaf(byte[] entry) => SHA256.HashData([0, .. entry]);

    private static byte[] Hash(byte[][] leaves) => leaves.Length == 1
        ? leaves[0]
        : SHA256.HashData([1, .. Hash(leaves[..Split(leaves.Length)]), .. Hash(leaves[Split(leaves.Length)..])]);

    private static IEnumerable<byte[]> Audit(int index, byte[][] leaves)
    {
        if (leaves.Length == 1)
        {
            return [];
        }

        var split = Split(leaves.Length);
        return index < split
            ? Audit(index, leaves[..split]).Append(Hash(leaves[split..]))
            : Audit(index - split, leaves[split..]).Append(Hash(leaves[..split]));
    }

    /// <summary>The largest power of two below a number.</summary>
    private static int Split(int count)
    {
        var split = 1;
        while (split * 2 < count)
        {
            split *= 2;
        }

        return split;
    }
}

using System.Buffers.Text;
using System.Formats.Cbor;
using System.Security.Cryptography;
using System.Security.Cryptography.Cose;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using GitOpsToolkit.TestKit;

namespace GitOpsToolkit.Signatures.Tests.Notation;

/// <summary>What a test changes about a signature.</summary>
internal sealed record NotationTwist
{
    internal bool Cose { get; init; }

    internal string Algorithm { get; init; } = "ES256";

    internal string ContentType { get; init; } = "application/vnd.cncf.notary.payload.v1+json";

    internal string Scheme { get; init; } = "notary.x509";

    internal string[] Critical { get; init; } = [];

    internal bool MarksScheme { get; init; } = true;

    internal DateTimeOffset? Expiry { get; init; }

    internal DateTimeOffset? AuthenticTime { get; init; }

    internal Func<byte[], byte[]>? Timestamp { get; init; }

    internal byte[]? Payload { get; init; }

    internal ECDsa? Key { get; init; }

    internal X509Certificate2[]? Chain { get; init; }
}

/// <summary>Signs as the Notary Project's signers do, and wrongly where a test asks for it. Held against notation's own verification.</summary>
internal sealed class NotationPen : IDisposable
{
    private const string Prefix = "io.cncf.notary.";
    private readonly ECDsa rootKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    internal NotationPen(TimeSpan? age = null, TimeSpan? life = null, string purpose = "1.3.6.1.5.5.7.3.3", bool namesRevocation = false)
    {
        var begin = DateTimeOffset.UtcNow - (age ?? TimeSpan.FromDays(1));
        var request = new CertificateRequest("C=US,ST=WA,O=Test,CN=root", rootKey, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        Root = request.CreateSelfSigned(begin, begin.AddYears(10));
        request = new CertificateRequest("C=US,ST=WA,O=Test,CN=signer", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(purpose)], false));
        if (namesRevocation)
        {
            request.CertificateExtensions.Add(CertificateRevocationListBuilder.BuildCrlDistributionPointExtension(["http://127.0.0.1:1/crl"]));
        }

        Leaf = request.Create(Root, begin, begin + (life ?? TimeSpan.FromDays(365)), [5, 5]);
    }

    internal X509Certificate2 Root { get; }

    // Before any expiry that a test asks for.
    private static DateTimeOffset Signed => DateTimeOffset.UtcNow.AddHours(-3);

    internal X509Certificate2 Leaf { get; }

    public void Dispose()
    {
        Root.Dispose();
        Leaf.Dispose();
        rootKey.Dispose();
        key.Dispose();
    }

    /// <summary>Signs an image and pushes the signature.</summary>
    internal async Task SignAsync(ArtifactPusher pusher, JsonObject image, NotationTwist? twist = null)
    {
        twist ??= new NotationTwist();
        var payload = twist.Payload ?? Encoding.UTF8.GetBytes(new JsonObject { ["targetArtifact"] = image.DeepClone() }.ToJsonString());
        var (type, envelope) = twist.Cose ? ("application/cose", Cose(payload, twist)) : ("application/jose+json", Jws(payload, twist));
        await PushAsync(pusher, image, type, envelope);
    }

    internal static async Task PushAsync(ArtifactPusher pusher, JsonObject image, string type, byte[] envelope)
    {
        const string kind = "application/vnd.cncf.notary.signature";
        var config = await pusher.BlobAsync(kind, "{}"u8.ToArray());
        var manifest = ArtifactPusher.Manifest(config, [await pusher.BlobAsync(type, envelope)], image);
        var json = JsonNode.Parse(manifest)!.AsObject();
        json["annotations"] = new JsonObject { ["io.cncf.notary.x509chain.thumbprint#S256"] = "[]" };
        await pusher.ManifestAsync(ArtifactPusher.ManifestType, Encoding.UTF8.GetBytes(json.ToJsonString()));
    }

    private static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'");

    private X509Certificate2[] ChainOf(NotationTwist twist) => twist.Chain ?? [Leaf, Root];

    private static string[] CriticalOf(NotationTwist twist) =>
    [
        .. twist.MarksScheme ? [$"{Prefix}signingScheme"] : Array.Empty<string>(),
        .. twist.Expiry is null ? Array.Empty<string>() : [$"{Prefix}expiry"],
        .. twist.AuthenticTime is null ? Array.Empty<string>() : [$"{Prefix}authenticSigningTime"],
        .. twist.Critical,
    ];

    private byte[] Jws(byte[] payload, NotationTwist twist)
    {
        var head = new JsonObject
        {
            ["alg"] = twist.Algorithm,
            ["cty"] = twist.ContentType,
            ["crit"] = new JsonArray([.. CriticalOf(twist).Select(name => (JsonNode)name)]),
            [$"{Prefix}signingScheme"] = twist.Scheme,
        };
        if (twist.AuthenticTime is { } authentic)
        {
            head[$"{Prefix}authenticSigningTime"] = Time(authentic);
        }
        else
        {
            head[$"{Prefix}signingTime"] = Time(Signed);
        }

        if (twist.Expiry is { } expiry)
        {
            head[$"{Prefix}expiry"] = Time(expiry);
        }

        foreach (var name in twist.Critical)
        {
            head[name] = "x";
        }

        var (protectedPart, payloadPart) =
            (Base64Url.EncodeToString(Encoding.UTF8.GetBytes(head.ToJsonString())), Base64Url.EncodeToString(payload));
        var signature = (twist.Key ?? key).SignData(Encoding.ASCII.GetBytes($"{protectedPart}.{payloadPart}"), HashAlgorithmName.SHA256);
        var header = new JsonObject
        {
            ["x5c"] = new JsonArray([.. ChainOf(twist).Select(one => (JsonNode)Convert.ToBase64String(one.RawData))]),
            [$"{Prefix}signingAgent"] = "test/1.0",
        };
        if (twist.Timestamp is { } stamp)
        {
            header[$"{Prefix}timestampSignature"] = Convert.ToBase64String(stamp(signature));
        }

        return Encoding.UTF8.GetBytes(new JsonObject
        {
            ["payload"] = payloadPart,
            ["protected"] = protectedPart,
            ["header"] = header,
            ["signature"] = Base64Url.EncodeToString(signature),
        }.ToJsonString());
    }

    private byte[] Cose(byte[] payload, NotationTwist twist)
    {
        var head = new CoseHeaderMap
        {
            [CoseHeaderLabel.ContentType] = CoseHeaderValue.FromString(twist.ContentType),
            [CoseHeaderLabel.CriticalHeaders] = Encoded(writer =>
            {
                writer.WriteStartArray(CriticalOf(twist).Length);
                foreach (var name in CriticalOf(twist))
                {
                    writer.WriteTextString(name);
                }

                writer.WriteEndArray();
            }),
            [new CoseHeaderLabel($"{Prefix}signingScheme")] = CoseHeaderValue.FromString(twist.Scheme),
            [new CoseHeaderLabel(twist.AuthenticTime is null ? $"{Prefix}signingTime" : $"{Prefix}authenticSigningTime")] =
                Encoded(writer => writer.WriteUnixTimeSeconds((twist.AuthenticTime ?? Signed).ToUnixTimeSeconds())),
        };
        if (twist.Expiry is { } expiry)
        {
            head[new CoseHeaderLabel($"{Prefix}expiry")] = Encoded(writer => writer.WriteUnixTimeSeconds(expiry.ToUnixTimeSeconds()));
        }

        foreach (var name in twist.Critical)
        {
            head[new CoseHeaderLabel(name)] = CoseHeaderValue.FromString("x");
        }

        var chain = Encoded(writer =>
        {
            writer.WriteStartArray(ChainOf(twist).Length);
            foreach (var one in ChainOf(twist))
            {
                writer.WriteByteString(one.RawData);
            }

            writer.WriteEndArray();
        });
        var signer = new CoseSigner(twist.Key ?? key, HashAlgorithmName.SHA256, head, new CoseHeaderMap { [new CoseHeaderLabel(33)] = chain });
        return CoseSign1Message.SignEmbedded(payload, signer);
    }

    private static CoseHeaderValue Encoded(Action<CborWriter> write)
    {
        var writer = new CborWriter();
        write(writer);
        return CoseHeaderValue.FromEncodedValue(writer.Encode());
    }
}

using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace GitOpsToolkit.TestKit;

/// <summary>Signs images in cosign's two formats, and wrongly where a test asks for it. What it writes is held against cosign's own.</summary>
public sealed class CosignPen(Func<byte[], byte[]> sign) : IDisposable
{
    public const string PayloadType = "application/vnd.dev.cosign.simplesigning.v1+json";
    public const string BundleType = "application/vnd.dev.sigstore.bundle.v0.3+json";

    private readonly ECDsa? own;

    /// <summary>Signs with an ECDSA key.</summary>
    public CosignPen(ECDsa key)
        : this(data => key.SignData(data, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence)) => own = key;

    /// <summary>Signs with a new P-256 key.</summary>
    public static CosignPen New() => new(ECDsa.Create(ECCurve.NamedCurves.nistP256));

    /// <summary>The public key, as PEM.</summary>
    public string PublicPem => own!.ExportSubjectPublicKeyInfoPem();

    /// <inheritdoc/>
    public void Dispose() => own?.Dispose();

    /// <summary>Signs bytes.</summary>
    public byte[] Sign(byte[] data) => sign(data);

    /// <summary>The payload of the older format.</summary>
    public static byte[] Payload(string digest, string type = "cosign container image signature") => Encoding.UTF8.GetBytes(
        $$$"""{"critical":{"identity":{"docker-reference":"app"},"image":{"docker-manifest-digest":"{{{digest}}}"},"type":"{{{type}}}"},"optional":null}""");

    /// <summary>A statement that something is signed.</summary>
    public static byte[] Statement(string digest, string predicate = "https://sigstore.dev/cosign/sign/v1") => Encoding.UTF8.GetBytes(
        $$$"""{"_type":"https://in-toto.io/Statement/v1","subject":[{"digest":{"{{{digest.Split(':')[0]}}}":"{{{digest.Split(':')[1]}}}"}}],"predicateType":"{{{predicate}}}","predicate":{}}""");

    /// <summary>What a DSSE signature is over.</summary>
    public static byte[] PreAuthentication(string type, byte[] payload) =>
        [.. Encoding.UTF8.GetBytes($"DSSEv1 {type.Length} {type} {payload.Length} "), .. payload];

    /// <summary>A bundle around a statement; the material is a hint at a key unless it is given.</summary>
    public JsonObject Bundle(byte[] statement, JsonObject? material = null, string type = "application/vnd.in-toto+json") => new()
    {
        ["mediaType"] = BundleType,
        ["verificationMaterial"] = material ?? new JsonObject { ["publicKey"] = new JsonObject { ["hint"] = "key" } },
        ["dsseEnvelope"] = new JsonObject
        {
            ["payload"] = Convert.ToBase64String(statement),
            ["payloadType"] = type,
            ["signatures"] = new JsonArray(new JsonObject { ["sig"] = Convert.ToBase64String(sign(PreAuthentication(type, statement))) }),
        },
    };

    /// <summary>Signs an image in the older format: pushes the tag <c>sha256-….sig</c>.</summary>
    /// <param name="pusher">Where to.</param>
    /// <param name="image">The image's descriptor.</param>
    /// <param name="payload">The payload; null for the right one.</param>
    /// <param name="annotations">Further annotations.</param>
    public async Task SignByTagAsync(ArtifactPusher pusher, JsonObject image, byte[]? payload = null, JsonObject? annotations = null)
    {
        var digest = (string)image["digest"]!;
        payload ??= Payload(digest);
        var notes = annotations?.DeepClone().AsObject() ?? [];
        notes["dev.cosignproject.cosign/signature"] ??= Convert.ToBase64String(sign(payload));
        await TagAsync(pusher, digest, await pusher.BlobAsync(PayloadType, payload, notes));
    }

    /// <summary>Pushes the tag of an image's signatures with layers.</summary>
    public static async Task TagAsync(ArtifactPusher pusher, string digest, params JsonObject[] layers)
    {
        var config = await pusher.BlobAsync("application/vnd.oci.image.config.v1+json", "{}"u8.ToArray());
        await pusher.ManifestAsync(ArtifactPusher.ManifestType, ArtifactPusher.Manifest(config, layers), $"{digest.Replace(':', '-')}.sig");
    }

    /// <summary>Signs an image in the newer format: pushes a bundle that refers to it.</summary>
    public async Task SignByBundleAsync(ArtifactPusher pusher, JsonObject image, JsonObject? bundle = null)
    {
        bundle ??= Bundle(Statement((string)image["digest"]!));
        await pusher.ReferrerAsync(image, BundleType, await pusher.BlobAsync(BundleType, Encoding.UTF8.GetBytes(bundle.ToJsonString())));
    }
}

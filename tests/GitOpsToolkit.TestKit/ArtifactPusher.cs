using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace GitOpsToolkit.TestKit;

/// <summary>Pushes blobs and manifests of any kind to a registry over HTTP, as they are given.</summary>
/// <param name="http">The client.</param>
/// <param name="registry">The registry's address.</param>
/// <param name="repository">The repository, for example <c>team/app</c>.</param>
public sealed class ArtifactPusher(HttpClient http, Uri registry, string repository)
{
    public const string ManifestType = "application/vnd.oci.image.manifest.v1+json";
    public const string IndexType = "application/vnd.oci.image.index.v1+json";

    /// <summary>The digest of bytes.</summary>
    public static string Digest(byte[] content) => $"sha256:{Convert.ToHexStringLower(SHA256.HashData(content))}";

    /// <summary>A descriptor of bytes.</summary>
    public static JsonObject Descriptor(string mediaType, byte[] content, JsonObject? annotations = null)
    {
        var descriptor = new JsonObject { ["mediaType"] = mediaType, ["digest"] = Digest(content), ["size"] = content.Length };
        if (annotations is not null)
        {
            descriptor["annotations"] = annotations;
        }

        return descriptor;
    }

    /// <summary>Pushes a blob and gives its descriptor.</summary>
    public async Task<JsonObject> BlobAsync(string mediaType, byte[] content, JsonObject? annotations = null)
    {
        using var start = await http.PostAsync(new Uri(registry, $"/v2/{repository}/blobs/uploads/"), content: null);
        start.EnsureSuccessStatusCode();
        var location = new Uri(registry, start.Headers.Location!);
        using var body = new ByteArrayContent(content);
        using var done = await http.PutAsync(new Uri($"{location}{(location.Query.Length == 0 ? '?' : '&')}digest={Digest(content)}"), body);
        done.EnsureSuccessStatusCode();
        return Descriptor(mediaType, content, annotations);
    }

    /// <summary>Pushes a manifest under its digest, or under a tag, and gives its digest.</summary>
    public async Task<string> ManifestAsync(string mediaType, byte[] content, string? tag = null)
    {
        using var body = new ByteArrayContent(content) { Headers = { ContentType = new MediaTypeHeaderValue(mediaType) } };
        using var answer = await http.PutAsync(new Uri(registry, $"/v2/{repository}/manifests/{tag ?? Digest(content)}"), body);
        return answer.IsSuccessStatusCode
            ? Digest(content)
            : throw new HttpRequestException($"{answer.StatusCode}: {await answer.Content.ReadAsStringAsync()}");
    }

    /// <summary>Pushes a small image and gives its manifest's descriptor; the same text gives the same image.</summary>
    public async Task<JsonObject> ImageAsync(string tag, string? text = null)
    {
        var config = await BlobAsync(
            "application/vnd.oci.image.config.v1+json",
            Encoding.UTF8.GetBytes($$"""{"architecture":"amd64","os":"linux","config":{},"rootfs":{"type":"layers","diff_ids":[]},"text":"{{text ?? tag}}"}"""));
        var manifest = Manifest(config, []);
        await ManifestAsync(ManifestType, manifest, tag);
        return Descriptor(ManifestType, manifest);
    }

    /// <summary>Pushes a manifest that refers to another one, and gives its digest; the registry must know of referrers.</summary>
    public async Task<string> ReferrerAsync(JsonObject subject, string artifactType, params JsonObject[] layers)
    {
        var config = await BlobAsync(artifactType, "{}"u8.ToArray());
        return await ManifestAsync(ManifestType, Manifest(config, layers, subject, artifactType));
    }

    /// <summary>The bytes of a manifest.</summary>
    public static byte[] Manifest(JsonObject config, IEnumerable<JsonObject> layers, JsonObject? subject = null, string? artifactType = null)
    {
        var manifest = new JsonObject
        {
            ["schemaVersion"] = 2,
            ["mediaType"] = ManifestType,
            ["config"] = config.DeepClone(),
            ["layers"] = new JsonArray([.. layers.Select(layer => layer.DeepClone())]),
        };
        if (subject is not null)
        {
            manifest["subject"] = subject.DeepClone();
        }

        if (artifactType is not null)
        {
            manifest["artifactType"] = artifactType;
        }

        return Encoding.UTF8.GetBytes(manifest.ToJsonString());
    }
}

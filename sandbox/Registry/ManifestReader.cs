using System.Text.Json;
using System.Text.Json.Nodes;

namespace GitOpsToolkit.Sandbox.Registry;

/// <summary>The media types that the registry knows by name.</summary>
internal static class MediaTypes
{
    internal const string OciManifest = "application/vnd.oci.image.manifest.v1+json";
    internal const string OciIndex = "application/vnd.oci.image.index.v1+json";
    internal const string OciConfig = "application/vnd.oci.image.config.v1+json";
    internal const string OciLayer = "application/vnd.oci.image.layer.v1.tar+gzip";
    internal const string DockerManifest = "application/vnd.docker.distribution.manifest.v2+json";
    internal const string DockerList = "application/vnd.docker.distribution.manifest.list.v2+json";

    internal static bool IsManifest(string mediaType) => mediaType is OciManifest or OciIndex or DockerManifest or DockerList;
}

/// <summary>What the registry needs to know of a manifest's content.</summary>
internal sealed record ManifestContent(JsonObject Json, int Size)
{
    private const int MaxDepth = 32;

    internal string? MediaType => Text(Json, "mediaType");

    /// <summary>The digest of the manifest that this one is about.</summary>
    internal string? Subject => Text(Json["subject"] as JsonObject, "digest");

    internal string ArtifactType => Text(Json, "artifactType") ?? Text(Json["config"] as JsonObject, "mediaType") ?? "";

    /// <summary>Config and layers; layers that live elsewhere (with urls) are not this registry's.</summary>
    internal IEnumerable<string> Blobs() => Descriptors("layers")
        .Append(Json["config"] as JsonObject)
        .Where(descriptor => descriptor is not null && descriptor["urls"] is null)
        .Select(descriptor => Text(descriptor, "digest") ?? "");

    internal IEnumerable<string> Children() => Descriptors("manifests").Select(descriptor => Text(descriptor, "digest") ?? "");

    internal JsonObject Descriptor(ManifestEntry entry)
    {
        var descriptor = new JsonObject { ["mediaType"] = entry.MediaType, ["size"] = Size, ["digest"] = entry.Digest };
        if (ArtifactType.Length > 0)
        {
            descriptor["artifactType"] = ArtifactType;
        }

        if (Json["annotations"] is JsonObject annotations)
        {
            descriptor["annotations"] = annotations.DeepClone();
        }

        return descriptor;
    }

    internal static ManifestContent Parse(byte[] body)
    {
        try
        {
            var json = JsonNode.Parse(body, documentOptions: new JsonDocumentOptions { MaxDepth = MaxDepth }) as JsonObject;
            return new ManifestContent(json ?? throw RegistryException.ManifestInvalid("not a JSON object"), body.Length);
        }
        catch (JsonException error)
        {
            throw RegistryException.ManifestInvalid(error.Message);
        }
    }

    private static string? Text(JsonObject? parent, string name) =>
        parent?[name] is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;

    private IEnumerable<JsonObject?> Descriptors(string name) =>
        Json[name] is JsonArray list ? list.Select(item => item as JsonObject).Where(item => item is not null) : [];
}

/// <summary>Reads stored manifests.</summary>
internal sealed class ManifestReader(BlobStore blobs)
{
    internal async Task<byte[]> BytesAsync(string digest, CancellationToken cancellation)
    {
        await using var content = blobs.Open(digest) ?? throw RegistryException.ManifestUnknown(digest);
        var bytes = new byte[content.Length];
        await content.ReadExactlyAsync(bytes, cancellation);
        return bytes;
    }

    internal async Task<ManifestContent> ReadAsync(string digest, CancellationToken cancellation) =>
        ManifestContent.Parse(await BytesAsync(digest, cancellation));
}

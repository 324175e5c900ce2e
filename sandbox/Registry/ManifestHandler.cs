using System.Net;
using Microsoft.AspNetCore.Http;

namespace GitOpsToolkit.Sandbox.Registry;

/// <summary>Manifests by tag and by digest.</summary>
internal sealed class ManifestHandler(Catalog catalog, BlobStore blobs, ManifestReader manifests, Action<RegistryPush> onPush)
{
    private const int MaxBytes = 4 << 20;

    internal async Task GetAsync(HttpContext http, string repository, string reference)
    {
        var entry = catalog.Manifest(repository, reference) ?? throw RegistryException.ManifestUnknown(reference);
        http.Response.Headers[Answers.ContentDigest] = entry.Digest;
        http.Response.Headers.ETag = $"\"{entry.Digest}\"";
        if (http.Request.Headers.IfNoneMatch.ToString().Contains(entry.Digest, StringComparison.Ordinal))
        {
            http.Response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }

        await Answers.BytesAsync(http, await manifests.BytesAsync(entry.Digest, http.RequestAborted), entry.MediaType);
    }

    internal async Task PutAsync(HttpContext http, string repository, string reference)
    {
        var byDigest = RegistryName.IsDigest(reference);
        if (!byDigest && !RegistryName.IsTag(reference))
        {
            throw new RegistryException(HttpStatusCode.BadRequest, "TAG_INVALID", "manifest tag is invalid", reference);
        }

        var body = await ReadBodyAsync(http);
        var digest = byDigest
            ? await RegistryName.DigestLikeAsync(reference, new MemoryStream(body), http.RequestAborted)
            : RegistryName.Sha256(body);
        if (byDigest && digest != reference)
        {
            throw RegistryException.DigestInvalid(reference);
        }

        var manifest = ManifestContent.Parse(body);
        var mediaType = http.Request.ContentType?.Split(';')[0].Trim() ?? manifest.MediaType ?? "";
        Check(repository, manifest, mediaType);
        await blobs.KeepAsync(body, digest, http.RequestAborted);
        catalog.AddManifest(repository, new ManifestEntry(digest, mediaType), byDigest ? null : reference);
        if (manifest.Subject is { } subject)
        {
            http.Response.Headers["OCI-Subject"] = subject;
        }

        Answers.Created(http, $"/v2/{repository}/manifests/{digest}", digest);
        if (!byDigest)
        {
            onPush(new RegistryPush(repository, reference, digest));
        }
    }

    internal void Delete(HttpContext http, string repository, string reference)
    {
        if (!catalog.RemoveManifest(repository, reference))
        {
            throw RegistryException.ManifestUnknown(reference);
        }

        http.Response.StatusCode = StatusCodes.Status202Accepted;
    }

    private void Check(string repository, ManifestContent manifest, string mediaType)
    {
        if (!MediaTypes.IsManifest(mediaType))
        {
            throw RegistryException.ManifestInvalid($"unsupported media type '{mediaType}'");
        }

        if (manifest.MediaType is { } own && own != mediaType)
        {
            throw RegistryException.ManifestInvalid($"Content-Type '{mediaType}' differs from the manifest's mediaType '{own}'");
        }

        var missing = manifest.Blobs().FirstOrDefault(digest => !catalog.HasBlob(repository, digest))
            ?? manifest.Children().FirstOrDefault(digest => catalog.ManifestsOf(repository).All(entry => entry.Digest != digest));
        if (missing is not null)
        {
            throw new RegistryException(
                HttpStatusCode.NotFound, "MANIFEST_BLOB_UNKNOWN", "manifest references a blob unknown to the repository", missing);
        }
    }

    private static async Task<byte[]> ReadBodyAsync(HttpContext http)
    {
        using var body = new MemoryStream();
        var buffer = new byte[16 << 10];
        for (int read; (read = await http.Request.Body.ReadAsync(buffer, http.RequestAborted)) > 0;)
        {
            if (body.Length + read > MaxBytes)
            {
                throw RegistryException.TooLarge(MaxBytes);
            }

            body.Write(buffer, 0, read);
        }

        return body.ToArray();
    }
}

using System.Net;
using System.Security.Cryptography;

namespace GitOpsToolkit.Registry.Content;

/// <summary>Reads manifests, referrers and blobs.</summary>
internal sealed class ContentClient(RegistryCaller caller, RegistryClientOptions options)
{
    private const int CopyBuffer = 64 << 10;

    internal Task<string> ResolveDigestAsync(ImageName image, string reference, RegistryAccess access, CancellationToken cancellation) =>
        caller.CallAsync(image, access, async repository =>
        {
            var url = new Uri(repository.Root, $"manifests/{reference}");
            using var head = await repository.Api.HeadManifestAsync(image.Repository, reference, MediaTypes.AcceptManifests, cancellation);
            if (head.StatusCode is not (HttpStatusCode.MethodNotAllowed or HttpStatusCode.NotImplemented))
            {
                await repository.Check($"HEAD {url}", head);
                if (DigestOf(head) is { } digest)
                {
                    return digest.ToString();
                }
            }

            return (await FetchAsync(repository, image, reference, cancellation)).Digest;
        }, cancellation);

    internal Task<Manifest> GetManifestAsync(ImageName image, string reference, RegistryAccess access, CancellationToken cancellation) =>
        caller.CallAsync(image, access, repository => FetchAsync(repository, image, reference, cancellation), cancellation);

    internal Task<IReadOnlyList<Descriptor>> ListReferrersAsync(
        ImageName image, string digest, string? artifactType, RegistryAccess access, CancellationToken cancellation) =>
        caller.CallAsync(image, access, async repository =>
        {
            var subject = Parse(digest, "the subject of referrers");
            var found = await ReferrersOfApiAsync(repository, image, subject, artifactType, cancellation)
                ?? await ReferrersOfTagAsync(repository, image, subject, cancellation);
            return (IReadOnlyList<Descriptor>)[.. found
                .Where(item => artifactType is null || item.ArtifactType == artifactType).DistinctBy(item => item.Digest)];
        }, cancellation);

    internal async Task<byte[]> ReadBlobAsync(
        ImageName image, Descriptor blob, RegistryAccess access, CancellationToken cancellation)
    {
        if (blob.Size > options.MaxBlobBytes)
        {
            throw new RegistryException(
                RegistryFault.TooLarge, $"blob {blob.Digest} of {image}: {blob.Size} bytes; at most {options.MaxBlobBytes} are read");
        }

        using var memory = new MemoryStream((int)blob.Size);
        await CopyBlobAsync(image, blob, memory, access, cancellation);
        return memory.ToArray();
    }

    internal Task CopyBlobAsync(
        ImageName image, Descriptor blob, Stream target, RegistryAccess access, CancellationToken cancellation) =>
        caller.CallAsync(image, access, async repository =>
        {
            var digest = Parse(blob.Digest, "the blob");
            var what = $"GET {new Uri(repository.Root, $"blobs/{digest}")}";
            using var answer = await repository.Api.GetBlobAsync(image.Repository, digest.ToString(), cancellation);
            await repository.Check(what, answer);
            await using var source = await answer.Content.ReadAsStreamAsync(cancellation);
            using var hash = IncrementalHash.CreateHash(new HashAlgorithmName(digest.Algorithm.ToUpperInvariant()));
            var buffer = new byte[CopyBuffer];
            long length = 0;
            for (int read; (read = await source.ReadAsync(buffer, cancellation)) > 0;)
            {
                length += read;
                if (length > blob.Size)
                {
                    throw new RegistryException(RegistryFault.TooLarge, $"{what}: more than the {blob.Size} bytes that its manifest names");
                }

                hash.AppendData(buffer.AsSpan(0, read));
                await target.WriteAsync(buffer.AsMemory(0, read), cancellation);
            }

            if (length < blob.Size)
            {
                throw new RegistryException(RegistryFault.Truncated, $"{what}: {length} bytes came of {blob.Size}");
            }

            return Convert.ToHexStringLower(hash.GetHashAndReset()) == digest.Hex
                ? true
                : throw new RegistryException(RegistryFault.Protocol, $"{what}: the content has another digest; refused");
        }, cancellation);

    private static Archives.Digest Parse(string digest, string what) => Archives.Digest.TryParse(digest, out var parsed)
        ? parsed
        : throw new RegistryException(RegistryFault.Protocol, $"'{digest}', {what}, is no digest");

    private static Archives.Digest? DigestOf(HttpResponseMessage answer) =>
        answer.Headers.NonValidated.TryGetValues("Docker-Content-Digest", out var values)
            && Archives.Digest.TryParse(values.ToString(), out var digest)
            ? digest
            : null;

    private async Task<Manifest> FetchAsync(
        RepositoryConnection repository, ImageName image, string reference, CancellationToken cancellation)
    {
        var what = $"GET {new Uri(repository.Root, $"manifests/{reference}")}";
        using var answer = await repository.Api.GetManifestAsync(image.Repository, reference, MediaTypes.AcceptManifests, cancellation);
        await repository.Check(what, answer);
        var body = await RegistryAnswers.ReadBoundedAsync(what, answer, options.MaxManifestBytes, cancellation);

        // Asked for by digest, that is what must come; asked for by tag, what the registry says that it sent.
        var expected = Archives.Digest.TryParse(reference, out var asked) ? asked : DigestOf(answer);
        if (expected is not null && !await expected.MatchesAsync(new MemoryStream(body), cancellation))
        {
            throw new RegistryException(RegistryFault.Protocol, $"{what}: the content does not have the digest {expected}; refused");
        }

        return ManifestReader.Read(what, answer.Content.Headers.ContentType?.MediaType, body);
    }

    /// <summary>Null where the registry has no such API: it answers 404, or with something that is no index.</summary>
    private async Task<List<Descriptor>?> ReferrersOfApiAsync(
        RepositoryConnection repository, ImageName image, Archives.Digest subject, string? artifactType, CancellationToken cancellation)
    {
        var url = new Uri(repository.Root, $"referrers/{subject}");
        var answer = await repository.Api.ListReferrersAsync(image.Repository, subject.ToString(), artifactType, cancellation);
        var found = new List<Descriptor>();
        var pages = new PageTrail(url, options.MaxReferrerPages);
        while (true)
        {
            using (answer)
            {
                var type = answer.Content.Headers.ContentType?.MediaType;
                if (pages.Count == 0 && (answer.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.MethodNotAllowed
                    || (answer.IsSuccessStatusCode && type != MediaTypes.OciIndex)))
                {
                    return null;
                }

                var what = $"GET {RegistryAnswers.Show(url)}";
                await repository.Check(what, answer);
                var body = await RegistryAnswers.ReadBoundedAsync(what, answer, options.MaxManifestBytes, cancellation);
                found.AddRange(ManifestReader.Read(what, type, body).Manifests);
                if (pages.Next(url, answer) is not { } next)
                {
                    return found;
                }

                url = next;
            }

            using var request = new HttpRequestMessage(HttpMethod.Get, url);
            answer = await repository.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation);
        }
    }

    private async Task<IReadOnlyList<Descriptor>> ReferrersOfTagAsync(
        RepositoryConnection repository, ImageName image, Archives.Digest subject, CancellationToken cancellation)
    {
        try
        {
            return (await FetchAsync(repository, image, $"{subject.Algorithm}-{subject.Hex}", cancellation)).Manifests;
        }
        catch (RegistryException error) when (error.Fault == RegistryFault.NotFound)
        {
            return [];
        }
    }
}

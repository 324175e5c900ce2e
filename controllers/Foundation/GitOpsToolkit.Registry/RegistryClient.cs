using System.Net;
using GitOpsToolkit.Registry.Content;

namespace GitOpsToolkit.Registry;

/// <summary>
/// Reads registries by the OCI distribution API. One client serves all objects: connections, tokens and the budget of each host are shared.
/// </summary>
public sealed class RegistryClient : IRegistryReader, IDisposable
{
    private readonly RegistryClientOptions options;
    private readonly RegistryCaller caller;
    private readonly ContentClient content;

    /// <summary>Makes a client.</summary>
    /// <param name="options">Limits and times.</param>
    /// <param name="time">The clock by which tokens expire and hosts are left alone.</param>
    /// <param name="resolve">Resolves a host's name to its addresses; null for the system's resolver.</param>
    public RegistryClient(
        RegistryClientOptions options, TimeProvider time, Func<string, CancellationToken, Task<IPAddress[]>>? resolve = null)
    {
        this.options = options;
        caller = new RegistryCaller(options, time, resolve ?? ((host, cancellation) => Dns.GetHostAddressesAsync(host, cancellation)));
        content = new ContentClient(caller, options);
    }

    /// <inheritdoc/>
    public Task<TagList> ListTagsAsync(ImageName image, RegistryAccess access, CancellationToken cancellation) =>
        caller.CallAsync(image, access, async repository =>
        {
            var url = new Uri(repository.Root, "tags/list");
            var lister = new TagLister(options, url);
            Uri? next = new Uri($"{url}?n={options.PageSize}");
            using (var first = await repository.Api.ListTagsAsync(image.Repository, options.PageSize, cancellation))
            {
                await repository.Check($"GET {url}", first);
                next = await lister.ReadAsync(next, first, cancellation);
            }

            while (next is not null)
            {
                using var request = new HttpRequestMessage(HttpMethod.Get, next);
                using var page = await repository.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation);
                if (lister.IsGuess && page.StatusCode is HttpStatusCode.BadRequest or HttpStatusCode.NotFound)
                {
                    break;
                }

                await repository.Check($"GET {RegistryAnswers.Show(next)} (page {lister.Pages + 1})", page);
                next = await lister.ReadAsync(next, page, cancellation);
            }

            return lister.Result;
        }, cancellation);

    /// <inheritdoc/>
    public Task<string> ResolveDigestAsync(ImageName image, string reference, RegistryAccess access, CancellationToken cancellation) =>
        content.ResolveDigestAsync(image, reference, access, cancellation);

    /// <inheritdoc/>
    public Task<Manifest> GetManifestAsync(ImageName image, string reference, RegistryAccess access, CancellationToken cancellation) =>
        content.GetManifestAsync(image, reference, access, cancellation);

    /// <inheritdoc/>
    public Task<IReadOnlyList<Descriptor>> ListReferrersAsync(
        ImageName image, string digest, string? artifactType, RegistryAccess access, CancellationToken cancellation) =>
        content.ListReferrersAsync(image, digest, artifactType, access, cancellation);

    /// <inheritdoc/>
    public Task<byte[]> ReadBlobAsync(ImageName image, Descriptor blob, RegistryAccess access, CancellationToken cancellation) =>
        content.ReadBlobAsync(image, blob, access, cancellation);

    /// <inheritdoc/>
    public Task CopyBlobAsync(
        ImageName image, Descriptor blob, Stream target, RegistryAccess access, CancellationToken cancellation) =>
        content.CopyBlobAsync(image, blob, target, access, cancellation);

    /// <inheritdoc/>
    public void Dispose() => caller.Dispose();
}

using Refit;

namespace GitOpsToolkit.Registry;

/// <summary>
/// The calls of the OCI distribution API that fit a fixed shape; pages behind a Link header do not and are fetched as they are named.
/// </summary>
internal interface IDistributionApi
{
    /// <summary>The first page of a repository's tags.</summary>
    [Get("/v2/{**repository}/tags/list")]
    Task<HttpResponseMessage> ListTagsAsync(string repository, int n, CancellationToken cancellationToken);

    /// <summary>Whether a manifest is there, and its digest.</summary>
    [Head("/v2/{**repository}/manifests/{reference}")]
    Task<HttpResponseMessage> HeadManifestAsync(
        string repository, string reference, [Header("Accept")] string accept, CancellationToken cancellationToken);

    /// <summary>A manifest.</summary>
    [Get("/v2/{**repository}/manifests/{reference}")]
    Task<HttpResponseMessage> GetManifestAsync(
        string repository, string reference, [Header("Accept")] string accept, CancellationToken cancellationToken);

    /// <summary>A blob.</summary>
    [Get("/v2/{**repository}/blobs/{digest}")]
    Task<HttpResponseMessage> GetBlobAsync(string repository, string digest, CancellationToken cancellationToken);

    /// <summary>The first page of the manifests whose subject has a digest.</summary>
    [Get("/v2/{**repository}/referrers/{digest}")]
    Task<HttpResponseMessage> ListReferrersAsync(string repository, string digest, string? artifactType, CancellationToken cancellationToken);
}

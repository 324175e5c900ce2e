using System.Net;

namespace GitOpsToolkit.Sandbox.Registry;

/// <summary>A refusal with the specification's error code; becomes the body of the answer.</summary>
internal sealed class RegistryException(HttpStatusCode status, string code, string message, string? detail = null) : Exception(message)
{
    internal HttpStatusCode Status { get; } = status;

    internal string Code { get; } = code;

    internal string? Detail { get; } = detail;

    internal static RegistryException NameUnknown(string repository) =>
        new(HttpStatusCode.NotFound, "NAME_UNKNOWN", "repository name not known to registry", repository);

    internal static RegistryException NameInvalid(string repository) =>
        new(HttpStatusCode.BadRequest, "NAME_INVALID", "invalid repository name", repository);

    internal static RegistryException BlobUnknown(string digest) =>
        new(HttpStatusCode.NotFound, "BLOB_UNKNOWN", "blob unknown to registry", digest);

    internal static RegistryException UploadUnknown(string id) =>
        new(HttpStatusCode.NotFound, "BLOB_UPLOAD_UNKNOWN", "blob upload unknown to registry", id);

    internal static RegistryException UploadInvalid(string why) =>
        new(HttpStatusCode.BadRequest, "BLOB_UPLOAD_INVALID", "blob upload invalid", why);

    internal static RegistryException ManifestUnknown(string reference) =>
        new(HttpStatusCode.NotFound, "MANIFEST_UNKNOWN", "manifest unknown to registry", reference);

    internal static RegistryException ManifestInvalid(string why) =>
        new(HttpStatusCode.BadRequest, "MANIFEST_INVALID", "manifest invalid", why);

    internal static RegistryException DigestInvalid(string digest) =>
        new(HttpStatusCode.BadRequest, "DIGEST_INVALID", "provided digest did not match uploaded content", digest);

    internal static RegistryException Unsupported() =>
        new(HttpStatusCode.MethodNotAllowed, "UNSUPPORTED", "the operation is unsupported");

    internal static RegistryException TooLarge(long limit) =>
        new(HttpStatusCode.RequestEntityTooLarge, "SIZE_INVALID", $"content is larger than {limit} bytes");
}

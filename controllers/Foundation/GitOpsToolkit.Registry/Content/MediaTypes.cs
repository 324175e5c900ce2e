namespace GitOpsToolkit.Registry.Content;

/// <summary>The media types of manifests.</summary>
public static class MediaTypes
{
    /// <summary>An OCI image, or another artifact.</summary>
    public const string OciManifest = "application/vnd.oci.image.manifest.v1+json";

    /// <summary>An OCI index of manifests.</summary>
    public const string OciIndex = "application/vnd.oci.image.index.v1+json";

    /// <summary>A Docker image.</summary>
    public const string DockerManifest = "application/vnd.docker.distribution.manifest.v2+json";

    /// <summary>Docker's index of manifests.</summary>
    public const string DockerList = "application/vnd.docker.distribution.manifest.list.v2+json";

    internal const string AcceptManifests = $"{OciIndex}, {OciManifest}, {DockerList}, {DockerManifest}";

    internal static bool IsIndex(string mediaType) => mediaType is OciIndex or DockerList;

    internal static bool IsManifest(string mediaType) => mediaType is OciManifest or DockerManifest;
}

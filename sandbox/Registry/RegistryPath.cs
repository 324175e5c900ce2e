namespace GitOpsToolkit.Sandbox.Registry;

/// <summary>What a path below <c>/v2/</c> names.</summary>
internal enum RegistryResource
{
    Unknown,
    Ping,
    Catalog,
    Manifest,
    Blob,
    NewUpload,
    Upload,
    Tags,
    Referrers,
}

/// <summary>A path of the distribution API. Repository names contain slashes, so it is read from its end.</summary>
/// <param name="Resource">What is named.</param>
/// <param name="Repository">The repository, or empty.</param>
/// <param name="Reference">The tag, digest or upload id, or empty.</param>
internal readonly record struct RegistryPath(RegistryResource Resource, string Repository, string Reference)
{
    internal static RegistryPath Parse(string path)
    {
        if (path is "/v2" or "/v2/")
        {
            return new RegistryPath(RegistryResource.Ping, "", "");
        }

        if (path == "/v2/_catalog")
        {
            return new RegistryPath(RegistryResource.Catalog, "", "");
        }

        if (!path.StartsWith("/v2/", StringComparison.Ordinal))
        {
            return default;
        }

        var rest = path["/v2/".Length..];
        return Ending(rest, "/tags/list", RegistryResource.Tags)
            ?? Ending(rest, "/blobs/uploads", RegistryResource.NewUpload)
            ?? Ending(rest, "/blobs/uploads/", RegistryResource.NewUpload)
            ?? Holding(rest, "/blobs/uploads/", RegistryResource.Upload)
            ?? Holding(rest, "/blobs/", RegistryResource.Blob)
            ?? Holding(rest, "/manifests/", RegistryResource.Manifest)
            ?? Holding(rest, "/referrers/", RegistryResource.Referrers)
            ?? default(RegistryPath);
    }

    private static RegistryPath? Ending(string rest, string ending, RegistryResource resource) =>
        rest.EndsWith(ending, StringComparison.Ordinal) ? new RegistryPath(resource, rest[..^ending.Length], "") : null;

    private static RegistryPath? Holding(string rest, string marker, RegistryResource resource)
    {
        var at = rest.LastIndexOf(marker, StringComparison.Ordinal);
        var reference = at < 0 ? "" : rest[(at + marker.Length)..];
        return reference.Length == 0 || reference.Contains('/') ? null : new RegistryPath(resource, rest[..at], reference);
    }
}

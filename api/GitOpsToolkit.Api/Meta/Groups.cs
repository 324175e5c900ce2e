namespace GitOpsToolkit.Api.Meta;

/// <summary>The API groups of the toolkit and the names that its kinds share.</summary>
public static class Groups
{
    /// <summary>Sources of manifests.</summary>
    public const string Source = "source.toolkit.fluxcd.io";

    /// <summary>Delivery of manifests.</summary>
    public const string Kustomize = "kustomize.toolkit.fluxcd.io";

    /// <summary>Image scanning, election and update.</summary>
    public const string Image = "image.toolkit.fluxcd.io";
}

/// <summary>The controllers, by the names of their Deployments, leases and field managers.</summary>
public static class ControllerNames
{
    /// <summary>Fetches sources and serves artifacts.</summary>
    public const string Source = "source-controller";

    /// <summary>Builds, applies, prunes and watches health.</summary>
    public const string Kustomize = "kustomize-controller";

    /// <summary>Scans registries and elects tags.</summary>
    public const string ImageReflector = "image-reflector-controller";

    /// <summary>Writes elected images to Git.</summary>
    public const string ImageAutomation = "image-automation-controller";
}

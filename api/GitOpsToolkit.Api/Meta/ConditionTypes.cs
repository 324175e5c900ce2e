namespace GitOpsToolkit.Api.Meta;

/// <summary>The types of conditions. Those marked negative are present only while True.</summary>
public static class ConditionTypes
{
    /// <summary>The object is in the state that its spec asks for.</summary>
    public const string Ready = "Ready";

    /// <summary>Negative: work is going on or will be retried.</summary>
    public const string Reconciling = "Reconciling";

    /// <summary>Negative: nothing will change until the user changes the object.</summary>
    public const string Stalled = "Stalled";

    /// <summary>The applied objects passed their health checks.</summary>
    public const string Healthy = "Healthy";

    /// <summary>Negative: a reference to another namespace is not allowed.</summary>
    public const string AccessDenied = "AccessDenied";

    /// <summary>The artifact of the source is in the storage.</summary>
    public const string ArtifactInStorage = "ArtifactInStorage";

    /// <summary>Negative: the upstream has something newer than the artifact.</summary>
    public const string ArtifactOutdated = "ArtifactOutdated";

    /// <summary>The signature of the source was verified.</summary>
    public const string SourceVerified = "SourceVerified";

    /// <summary>Negative: the upstream could not be fetched.</summary>
    public const string FetchFailed = "FetchFailed";

    /// <summary>Negative: the artifact could not be built.</summary>
    public const string BuildFailed = "BuildFailed";

    /// <summary>Negative: the storage failed.</summary>
    public const string StorageOperationFailed = "StorageOperationFailed";

    /// <summary>Negative: an included GitRepository has no artifact.</summary>
    public const string IncludeUnavailable = "IncludeUnavailable";

    /// <summary>Negative: a listing has less than half of the tags before; it is held until the next scan confirms it (ImageRepository).</summary>
    public const string TagListShrunk = "TagListShrunk";

    /// <summary>Negative: the elected tag is no longer in the registry; it stays elected.</summary>
    public const string SelectedTagMissing = "SelectedTagMissing";

    /// <summary>Negative: the policy admits only tags that are moved from image to image, and does not follow their digest.</summary>
    public const string FloatingTag = "FloatingTag";
}

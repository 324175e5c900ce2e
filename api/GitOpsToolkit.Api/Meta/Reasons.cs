namespace GitOpsToolkit.Api.Meta;

/// <summary>The reasons of conditions and events: words for programs, stable across versions.</summary>
public static class Reasons
{
    // Shared by all kinds.
    /// <summary>The work was done.</summary>
    public const string Succeeded = "Succeeded";

    /// <summary>The work failed.</summary>
    public const string Failed = "Failed";

    /// <summary>The work failed (image kinds).</summary>
    public const string Failure = "Failure";

    /// <summary>Work is going on.</summary>
    public const string Progressing = "Progressing";

    /// <summary>The last attempt failed and is retried.</summary>
    public const string ProgressingWithRetry = "ProgressingWithRetry";

    /// <summary>The user asked to leave the object alone.</summary>
    public const string Suspended = "Suspended";

    /// <summary>An object that this one needs is missing or not ready.</summary>
    public const string DependencyNotReady = "DependencyNotReady";

    /// <summary>A path is wrong or leaves its root.</summary>
    public const string InvalidPath = "InvalidPath";

    /// <summary>An address cannot be parsed.</summary>
    public const string InvalidURL = "InvalidURL";

    /// <summary>An unencrypted connection is not allowed.</summary>
    public const string InsecureConnectionsDisallowed = "InsecureConnectionsDisallowed";

    /// <summary>The scheme of an address is not supported.</summary>
    public const string UnsupportedConnectionType = "UnsupportedConnectionType";

    /// <summary>Objects that left the source could not be deleted.</summary>
    public const string PruneFailed = "PruneFailed";

    /// <summary>The artifact could not be downloaded or unpacked.</summary>
    public const string ArtifactFailed = "ArtifactFailed";

    /// <summary>The manifests could not be built.</summary>
    public const string BuildFailed = "BuildFailed";

    /// <summary>Applied objects did not become healthy.</summary>
    public const string HealthCheckFailed = "HealthCheckFailed";

    /// <summary>A newer revision cut the health check short.</summary>
    public const string HealthCheckCanceled = "HealthCheckCanceled";

    /// <summary>The source was applied.</summary>
    public const string ReconciliationSucceeded = "ReconciliationSucceeded";

    /// <summary>The source could not be applied.</summary>
    public const string ReconciliationFailed = "ReconciliationFailed";

    /// <summary>An expression does not compile.</summary>
    public const string InvalidCELExpression = "InvalidCELExpression";

    /// <summary>A used feature is switched off by its gate.</summary>
    public const string FeatureGateDisabled = "FeatureGateDisabled";

    /// <summary>The Git host refused what was asked of it about a pull request, or could not be asked.</summary>
    public const string PullRequestFailed = "PullRequestFailed";

    /// <summary>A reference to another namespace is not allowed.</summary>
    public const string AccessDenied = "AccessDenied";

    /// <summary>The spec cannot be read, or uses a field which this version does not honour yet.</summary>
    public const string InvalidSpec = "InvalidSpec";

    // Sources.
    /// <summary>The address of the source is wrong.</summary>
    public const string URLInvalid = "URLInvalid";

    /// <summary>Credentials are missing, malformed or refused.</summary>
    public const string AuthenticationFailed = "AuthenticationFailed";

    /// <summary>The signature could not be verified.</summary>
    public const string VerificationError = "VerificationError";

    /// <summary>The producer could not verify the source (ExternalArtifact).</summary>
    public const string VerificationFailed = "VerificationFailed";

    /// <summary>The producer could not fetch the source (ExternalArtifact).</summary>
    public const string FetchFailed = "FetchFailed";

    /// <summary>The producer could not store the artifact (ExternalArtifact).</summary>
    public const string StorageOperationFailed = "StorageOperationFailed";

    /// <summary>A directory could not be made.</summary>
    public const string DirectoryCreationFailed = "DirectoryCreationFailed";

    /// <summary>A file could not be examined.</summary>
    public const string StatOperationFailed = "StatOperationFailed";

    /// <summary>A file or an upstream could not be read.</summary>
    public const string ReadOperationFailed = "ReadOperationFailed";

    /// <summary>The artifact is locked by another writer.</summary>
    public const string AcquireLockFailed = "AcquireLockFailed";

    /// <summary>The artifact could not be packed.</summary>
    public const string ArchiveOperationFailed = "ArchiveOperationFailed";

    /// <summary>The link to the latest artifact could not be set.</summary>
    public const string SymlinkUpdateFailed = "SymlinkUpdateFailed";

    /// <summary>The artifact is that of the upstream.</summary>
    public const string ArtifactUpToDate = "ArtifactUpToDate";

    /// <summary>The cache failed.</summary>
    public const string CacheOperationFailed = "CacheOperationFailed";

    /// <summary>The object could not be updated.</summary>
    public const string PatchOperationFailed = "PatchOperationFailed";

    /// <summary>The token service is configured wrongly.</summary>
    public const string InvalidSTSConfiguration = "InvalidSTSConfiguration";

    /// <summary>The provider does not go with the other fields.</summary>
    public const string InvalidProviderConfiguration = "InvalidProviderConfiguration";

    /// <summary>The exclusion rules cannot be read.</summary>
    public const string SourceIgnoreError = "SourceIgnoreError";

    /// <summary>The upstream has a new revision.</summary>
    public const string NewRevision = "NewRevision";

    /// <summary>A new artifact was stored (event).</summary>
    public const string NewArtifact = "NewArtifact";

    /// <summary>Old artifacts could not be deleted (event).</summary>
    public const string GarbageCollectionFailed = "GarbageCollectionFailed";

    /// <summary>Old artifacts were deleted (event).</summary>
    public const string GarbageCollectionSucceeded = "GarbageCollectionSucceeded";

    /// <summary>The stored artifact does not match its digest (event).</summary>
    public const string ArtifactVerificationFailed = "ArtifactVerificationFailed";

    // GitRepository.
    /// <summary>The repository was fetched.</summary>
    public const string GitOperationSucceeded = "GitOperationSucceeded";

    /// <summary>The repository could not be fetched or pushed.</summary>
    public const string GitOperationFailed = "GitOperationFailed";

    /// <summary>The repository has no commit.</summary>
    public const string EmptyGitRepository = "EmptyGitRepository";

    /// <summary>An included repository has a new artifact.</summary>
    public const string IncludeChange = "IncludeChange";

    /// <summary>A path leaves the repository.</summary>
    public const string IllegalPath = "IllegalPath";

    /// <summary>An included artifact could not be copied.</summary>
    public const string CopyFailure = "CopyFailure";

    /// <summary>An included repository does not exist.</summary>
    public const string NotFound = "NotFound";

    /// <summary>An included repository has no artifact yet.</summary>
    public const string NoArtifact = "NoArtifact";

    /// <summary>The verification mode is not known.</summary>
    public const string InvalidVerificationMode = "InvalidVerificationMode";

    /// <summary>The object to verify is not signed or not there.</summary>
    public const string InvalidGitObject = "InvalidGitObject";

    /// <summary>The signature of the tag is wrong.</summary>
    public const string InvalidTagSignature = "InvalidTagSignature";

    /// <summary>The signature of the commit is wrong.</summary>
    public const string InvalidCommitSignature = "InvalidCommitSignature";

    // OCIRepository.
    /// <summary>The OCI artifact could not be pulled.</summary>
    public const string OCIArtifactPullFailed = "OCIArtifactPullFailed";

    /// <summary>The layer could not be selected, unpacked or copied.</summary>
    public const string OCIArtifactLayerOperationFailed = "OCIArtifactLayerOperationFailed";

    // Image kinds.
    /// <summary>The image address is wrong.</summary>
    public const string ImageURLInvalid = "ImageURLInvalid";

    /// <summary>A listing has less than half of the tags before; it is held until the next scan confirms it.</summary>
    public const string TagListShrunk = "TagListShrunk";

    /// <summary>The policy cannot be evaluated.</summary>
    public const string InvalidPolicy = "InvalidPolicy";

    /// <summary>The digest refresh has no interval.</summary>
    public const string IntervalNotConfigured = "IntervalNotConfigured";

    /// <summary>The source reference or its Git settings are wrong.</summary>
    public const string InvalidSourceConfiguration = "InvalidSourceConfiguration";

    /// <summary>The source could not be prepared.</summary>
    public const string SourceManagerFailed = "SourceManagerFailed";

    /// <summary>The manifests could not be updated.</summary>
    public const string UpdateFailed = "UpdateFailed";

    /// <summary>The update strategy is not known.</summary>
    public const string InvalidUpdateStrategy = "InvalidUpdateStrategy";

    /// <summary>The selector of policies cannot be read.</summary>
    public const string InvalidPolicySelector = "InvalidPolicySelector";

    /// <summary>The message template uses a field that no longer exists.</summary>
    public const string RemovedTemplateField = "RemovedTemplateField";

    /// <summary>The elected tag was deleted from the registry.</summary>
    public const string TagDeleted = "TagDeleted";

    /// <summary>Nothing but names such as latest can be elected: a new image under one of them goes unseen.</summary>
    public const string OnlyFloatingTags = "OnlyFloatingTags";

    /// <summary>The elected tag has another digest than before: somebody moved it.</summary>
    public const string TagMutated = "TagMutated";
}

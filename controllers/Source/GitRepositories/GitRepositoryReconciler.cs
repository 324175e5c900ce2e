using GitOpsToolkit.Api.Meta;
using GitOpsToolkit.Api.Source.V1;
using GitOpsToolkit.Archives;
using GitOpsToolkit.Controllers.Source.Storage;
using GitOpsToolkit.Git;
using GitOpsToolkit.Kubernetes;
using GitOpsToolkit.Reconciling;
using GitOpsToolkit.Reconciling.Events;
using GitOpsToolkit.Reconciling.Status;
using Microsoft.Extensions.Logging;
using GitScope = GitOpsToolkit.Reconciling.Scope<GitOpsToolkit.Api.Source.V1.GitRepository, GitOpsToolkit.Api.Source.V1.GitRepositoryStatus>;

namespace GitOpsToolkit.Controllers.Source.GitRepositories;

/// <summary>GitRepository: finds the commit that the spec means, fetches it into the mirror, packs its tree as an artifact.</summary>
internal sealed class GitRepositoryReconciler(
    WatchCache<GitRepository> cache, ReconcilerServices services, int jitterPercentage, ArtifactStorage storage, GitMirrorStore mirrors)
    : ToolkitReconciler<GitRepository, GitRepositoryStatus>(cache, services, Options(jitterPercentage))
{
    private static readonly TimeSpan s_defaultTimeout = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan s_longestShare = TimeSpan.FromSeconds(10);

    private static readonly string[] s_failures =
        [ConditionTypes.FetchFailed, ConditionTypes.StorageOperationFailed, ConditionTypes.IncludeUnavailable];

    private readonly GitCredentialReader _credentials = new(services.Client);

    protected override IReadOnlyList<Step<GitRepository, GitRepositoryStatus>> Steps =>
        [CheckStorageAsync, ResolveAsync, FetchAsync, PackAsync, LookAgainAsync];

    protected override ReadyMessage Success(GitScope scope) =>
        new(Reasons.Succeeded, $"stored artifact for revision '{scope.Status.Artifact!.Revision}'");

    protected override Task<Outcome> FinalizeAsync(GitScope scope, CancellationToken cancellation)
    {
        try
        {
            if (storage.RemoveAll(Kind, scope.Key))
            {
                scope.Logger.LogInformation("garbage collected artifacts for deleted resource");
            }

            return Task.FromResult(Outcome.Next);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return Task.FromResult<Outcome>(new Outcome.Retry(
                Reasons.GarbageCollectionFailed, $"garbage collection for deleted resource failed: {error.Message}"));
        }
    }

    /// <summary>Status must say only what is served: the artifact is there and whole, or it is taken out of the status.</summary>
    private async Task<Outcome> CheckStorageAsync(GitScope scope, CancellationToken cancellation)
    {
        scope.Conditions.Remove(ConditionTypes.StorageOperationFailed, ConditionTypes.IncludeUnavailable, ConditionTypes.SourceVerified);
        if (scope.Status.Artifact is not { } artifact || !ArtifactStorage.IsOf(Kind, scope.Key, artifact))
        {
            scope.Status = scope.Status with { Artifact = null };
            scope.Conditions.Remove(ConditionTypes.ArtifactInStorage);
            return Outcome.Next;
        }

        try
        {
            if (storage.CollectGarbage(artifact) is > 0 and var count)
            {
                scope.Logger.LogInformation("garbage collected {Count} artifacts", count);
            }

            if (storage.Exists(artifact) && !await storage.IsSoundAsync(artifact, cancellation))
            {
                var message = $"failed to verify integrity of artifact: '{artifact.Path}' does not have the digest '{artifact.Digest}'";
                scope.Event(EventType.Warning, Reasons.ArtifactVerificationFailed, message);
                storage.Remove(artifact);
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArchiveException)
        {
            return StorageFailed(scope, Reasons.ReadOperationFailed, $"failed to check artifact '{artifact.Path}': {error.Message}");
        }

        if (storage.Exists(artifact))
        {
            scope.Status = scope.Status with { Artifact = artifact with { Url = storage.UrlOf(artifact.Path) } };
            return Outcome.Next;
        }

        scope.Status = scope.Status with { Artifact = null };
        scope.Conditions.Remove(ConditionTypes.ArtifactInStorage);
        await scope.ProgressAsync("building artifact: disappeared from storage", cancellation);
        return Outcome.Next;
    }

    /// <summary>Asks the server which commit the spec means: one request, none for a pinned commit.</summary>
    private async Task<Outcome> ResolveAsync(GitScope scope, CancellationToken cancellation)
    {
        var spec = scope.Object.Spec;
        if (ReadUrl(spec.Url, out var url, out var embedded) is { } problem)
        {
            scope.Conditions.SetTrue(ConditionTypes.FetchFailed, Reasons.URLInvalid, problem);
            return new Outcome.Stalled(Reasons.URLInvalid, problem);
        }

        if (url!.IsSsh && spec.ProxySecretRef is not null)
        {
            const string message = "spec.proxySecretRef: a proxy is used for http and https only, none for ssh; remove the field, or use an https address";
            scope.Conditions.SetTrue(ConditionTypes.FetchFailed, Reasons.GitOperationFailed, message);
            return new Outcome.Stalled(Reasons.GitOperationFailed, message);
        }

        var read = await _credentials.ReadAsync(scope.Object, url, embedded, cancellation);
        if (read.Fault is { } fault)
        {
            return FetchFailed(scope, fault.Reason, fault.Message);
        }

        try
        {
            var mirror = mirrors.Get(url, read.Credentials, read.Proxy);
            var resolver = new ReferenceResolver(mirror, TagSelection.Highest);
            var reference = await resolver.ResolveAsync(ReferenceOf(spec.Ref), MaxAge(scope), TimeoutOf(spec), cancellation);
            var stored = scope.Status.Artifact?.Revision == reference.Revision && scope.Status.ObservedIgnore == spec.Ignore;
            scope.Set(new Upstream(mirror, reference, stored));
            return Outcome.Next;
        }
        catch (GitException error) when (error.Failure == GitFailure.EmptyRepository)
        {
            return FetchFailed(scope, Reasons.EmptyGitRepository, error.Message);
        }
        catch (GitException error)
        {
            var message = $"failed to checkout and determine revision: {error.Message}";
            var outcome = FetchFailed(scope, Reasons.GitOperationFailed, message);
            return error.Failure == GitFailure.InvalidInput ? new Outcome.Stalled(Reasons.GitOperationFailed, message) : outcome;
        }
    }

    /// <summary>Brings the commit into the mirror where it is new.</summary>
    private async Task<Outcome> FetchAsync(GitScope scope, CancellationToken cancellation)
    {
        var upstream = scope.Get<Upstream>();
        if (!upstream.IsStored)
        {
            try
            {
                var reference = upstream.Reference;
                var id = await upstream.Mirror.FetchAsync(reference.RefName, reference.CommitId, TimeoutOf(scope.Object.Spec), cancellation);
                scope.Set(upstream = upstream with { Reference = reference.At(id) });
            }
            catch (GitException error)
            {
                return FetchFailed(scope, Reasons.GitOperationFailed, $"failed to checkout and determine revision: {error.Message}");
            }

            await TellOfWorkAsync(scope, upstream.Reference.Revision, cancellation);
        }

        scope.Conditions.Remove(ConditionTypes.FetchFailed);
        return Outcome.Next;
    }

    /// <summary>Packs the commit's tree straight from the objects in the mirror.</summary>
    private async Task<Outcome> PackAsync(GitScope scope, CancellationToken cancellation)
    {
        var (mirror, reference, isStored) = scope.Get<Upstream>();
        if (!isStored)
        {
            try
            {
                await StoreAsync(scope, mirror, reference, cancellation);
            }
            catch (GitException error)
            {
                if (error.Failure == GitFailure.Corrupt)
                {
                    await mirror.DiscardAsync(cancellation);
                }

                return StorageFailed(scope, Reasons.ArchiveOperationFailed, $"unable to archive artifact to storage: {error.Message}");
            }
            catch (Exception error) when (error is ArchiveException or IOException or UnauthorizedAccessException)
            {
                return StorageFailed(scope, Reasons.ArchiveOperationFailed, $"unable to archive artifact to storage: {error.Message}");
            }
        }

        scope.Conditions.Remove(ConditionTypes.ArtifactOutdated);
        scope.Conditions.SetTrue(ConditionTypes.ArtifactInStorage, Reasons.Succeeded, $"stored artifact for revision '{reference.Revision}'");
        return Outcome.Next;
    }

    private Task<Outcome> LookAgainAsync(GitScope scope, CancellationToken cancellation)
    {
        var (before, now) = (scope.Object.Status, scope.Status.Artifact!);
        var reference = scope.Get<Upstream>().Reference;
        var recovered = before.Artifact?.Digest == now.Digest && s_failures.Any(type => before.FindCondition(type)?.Status == ConditionStatus.True);
        if (recovered)
        {
            Tell(scope, Reasons.Succeeded, $"stored artifact for commit '{reference.Revision}'");
        }

        return Task.FromResult<Outcome>(new Outcome.Done(scope.Object.Spec.Interval.ToTimeSpan()));
    }

    private async Task StoreAsync(GitScope scope, GitMirror mirror, ResolvedReference reference, CancellationToken cancellation)
    {
        using var tree = mirror.OpenTree(reference.CommitId);
        var ignore = scope.Object.Spec.Ignore;
        var path = ArtifactStorage.PathOf(Kind, scope.Key, $"{reference.CommitId}.tar.gz");
        var artifact = await storage.StoreAsync(
            path,
            reference.Revision,
            (output, algorithm, limits) => ArchiveWriter.Write(tree, IgnoreRules.Load(tree, ignore), output, limits, algorithm, cancellation),
            cancellation);
        var isNew = scope.Object.Status.Artifact?.Digest != artifact.Digest;
        scope.Status = scope.Status with
        {
            Artifact = artifact,
            IncludedArtifacts = [],
            ObservedIgnore = ignore,
            ObservedRecurseSubmodules = false,
            ObservedInclude = [],
            ObservedSparseCheckout = [],
            SourceVerificationMode = null,
        };
        if (isNew)
        {
            Tell(scope, Reasons.NewArtifact, $"stored artifact for commit '{tree.Commit.ShortMessage}'");
        }
    }

    private static Task TellOfWorkAsync(GitScope scope, string revision, CancellationToken cancellation)
    {
        if (scope.Status.Artifact?.Revision == revision)
        {
            return Task.CompletedTask;
        }

        var message = $"new upstream revision '{revision}'";
        if (scope.Status.Artifact is not null)
        {
            scope.Conditions.SetTrue(ConditionTypes.ArtifactOutdated, Reasons.NewRevision, message);
        }

        return scope.ProgressAsync($"building artifact: {message}", cancellation);
    }

    private static void Tell(GitScope scope, string reason, string message)
    {
        var artifact = scope.Status.Artifact!;
        scope.Event(EventType.Normal, reason, message, [new("revision", artifact.Revision), new("digest", artifact.Digest)]);
        scope.Logger.LogInformation("{Message}", message);
    }

    /// <summary>What is wrong with the URL; null where it is good.</summary>
    private static string? ReadUrl(string text, out GitUrl? url, out GitCredentials? embedded)
    {
        (url, embedded) = (null, null);
        try
        {
            url = GitUrl.Parse(text, out embedded);
            return null;
        }
        catch (GitException error)
        {
            return $"spec.url: {error.Message}";
        }
    }

    private static GitReference ReferenceOf(GitRepositoryRef? reference) => new()
    {
        Branch = reference?.Branch,
        Tag = reference?.Tag,
        SemVer = reference?.SemVer,
        Name = reference?.Name,
        Commit = reference?.Commit,
    };

    /// <summary>Who asks by annotation, or with a new spec, wants to know now; else an answer that another object just got will do.</summary>
    private static TimeSpan MaxAge(GitScope scope)
    {
        if (scope.IsRequested || scope.Generation != scope.Status.ObservedGeneration)
        {
            return TimeSpan.Zero;
        }

        var share = scope.Object.Spec.Interval.ToTimeSpan() / 10;
        return share < s_longestShare ? share : s_longestShare;
    }

    private static TimeSpan TimeoutOf(GitRepositorySpec spec) => spec.Timeout?.ToTimeSpan() is { Ticks: > 0 } timeout ? timeout : s_defaultTimeout;

    private static Outcome.Retry FetchFailed(GitScope scope, string reason, string message)
    {
        scope.Conditions.SetTrue(ConditionTypes.FetchFailed, reason, message);
        return new Outcome.Retry(reason, message);
    }

    private static Outcome.Retry StorageFailed(GitScope scope, string reason, string message)
    {
        scope.Conditions.SetTrue(ConditionTypes.StorageOperationFailed, reason, message);
        return new Outcome.Retry(reason, message);
    }

    private static ReconcilerOptions Options(int jitterPercentage) => new()
    {
        FieldManager = SourceControllerModule.Name,
        JitterPercentage = jitterPercentage,
        UnsupportedFields =
        [
            "verify", "include", "sparseCheckout", "recurseSubmodules", "provider=generic", "serviceAccountName",
        ],
    };
}

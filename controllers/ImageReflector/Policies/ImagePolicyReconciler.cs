using GitOpsToolkit.Api.Image.V1;
using GitOpsToolkit.Api.Meta;
using GitOpsToolkit.Controllers.ImageReflector.Policies.Signatures;
using GitOpsToolkit.Controllers.ImageReflector.Storage;
using GitOpsToolkit.Kubernetes;
using GitOpsToolkit.Reconciling;
using GitOpsToolkit.Reconciling.Events;
using GitOpsToolkit.Reconciling.Status;
using GitOpsToolkit.Registry;
using GitOpsToolkit.Versioning;
using PolicyScope = GitOpsToolkit.Reconciling.Scope<GitOpsToolkit.Api.Image.V1.ImagePolicy, GitOpsToolkit.Api.Image.V1.ImagePolicyStatus>;

namespace GitOpsToolkit.Controllers.ImageReflector.Policies;

/// <summary>What a policy asks of the registry.</summary>
/// <param name="Election">Elects, with what must be looked up for it.</param>
/// <param name="Digests">Looks up the digest of what was elected.</param>
/// <param name="Verifiers">Finds out whose signatures count.</param>
internal sealed record PolicyLookups(PolicyElection Election, DigestReflector Digests, VerifierSource Verifiers);

/// <summary>
/// Elects the image of an ImagePolicy: 1. rules, 2. repository and leave to use it, 3. tags, 4. election, 5. digest, 6. status. What was
/// elected stays until something else is: no failure on the way clears it.
/// </summary>
internal sealed class ImagePolicyReconciler(
    WatchCache<ImagePolicy> cache,
    WatchCache<ImageRepository> repositories,
    ReconcilerServices services,
    ImageReflectorOptions options,
    ITagStore store,
    PolicyLookups lookups)
    : ToolkitReconciler<ImagePolicy, ImagePolicyStatus>(
        cache, services, new ReconcilerOptions { FieldManager = "image-reflector-controller" })
{
    // A change of the tags wakes the policy; looking again is only the safety net.
    private static readonly TimeSpan NothingElected = TimeSpan.FromMinutes(10);

    private readonly RepositoryAccess access = new(services.Client, options.NoCrossNamespaceRefs);

    /// <inheritdoc/>
    protected override IReadOnlyList<Step<ImagePolicy, ImagePolicyStatus>> Steps => [ReadAsync, FindRepositoryAsync, ElectAsync];

    /// <summary>The ImageRepository that a policy names.</summary>
    internal static ObjectKey RepositoryOf(ImagePolicy policy)
    {
        var reference = policy.Spec.ImageRepositoryRef;
        return new ObjectKey(reference.Namespace is { Length: > 0 } other ? other : policy.Metadata.Namespace ?? "", reference.Name);
    }

    /// <summary>The digest that the elected tag keeps while the policy does not look it up again; or null.</summary>
    internal static string? PinOf(ImagePolicy policy, ImageRepository repository) =>
        policy.Spec.DigestReflectionPolicy != DigestReflector.Always
            && policy.Status.LatestRef is { Digest.Length: > 0 } latest && latest.Name == repository.Spec.Image
            ? latest.Digest
            : null;

    /// <inheritdoc/>
    protected override ReadyMessage Success(PolicyScope scope)
    {
        var latest = scope.Status.LatestRef!;
        var digest = latest.Digest is { Length: > 0 } ? $" with digest {latest.Digest}" : "";
        var previous = scope.Status.ObservedPreviousRef is { } former ? $" (previously {Name(former)})" : "";
        return new ReadyMessage(Reasons.Succeeded, $"Latest image tag for {latest.Name} resolved to {latest.Tag}{digest}{previous}");
    }

    private static string Name(ImageRef image) => $"{image.Name}:{image.Tag}" + (image.Digest is { Length: > 0 } ? $"@{image.Digest}" : "");

    /// <summary>1. Rules.</summary>
    private Task<Outcome> ReadAsync(PolicyScope scope, CancellationToken cancellation)
    {
        if (!ElectionRules.TryRead(scope.Object.Spec, out var rules, out var problem))
        {
            return Task.FromResult<Outcome>(new Outcome.Stalled(Reasons.InvalidPolicy, problem));
        }

        if (!PolicyAnnotations.TryRead(scope.Object.Metadata.Annotations, out var annotations, out problem))
        {
            return Task.FromResult<Outcome>(new Outcome.Stalled(Reasons.InvalidPolicy, problem));
        }

        if (scope.Object.Spec is { DigestReflectionPolicy: DigestReflector.Always, Interval: null })
        {
            return Task.FromResult<Outcome>(new Outcome.Stalled(
                Reasons.IntervalNotConfigured, "spec.interval must be set when spec.digestReflectionPolicy is set to 'Always'"));
        }

        scope.Set(rules);
        scope.Set(annotations);
        return Task.FromResult(Outcome.Next);
    }

    /// <summary>2. Repository and leave to use it.</summary>
    private async Task<Outcome> FindRepositoryAsync(PolicyScope scope, CancellationToken cancellation)
    {
        var key = RepositoryOf(scope.Object);
        var repository = repositories.Get(key);
        if (await access.FindDenialAsync(scope.Key.Namespace, key, repository, cancellation) is { } denial)
        {
            return new Outcome.Retry(Reasons.AccessDenied, denial);
        }

        if (repository is null || repository.Metadata.DeletionTimestamp is not null)
        {
            return new Outcome.WaitFor(
                Reasons.DependencyNotReady, $"referenced ImageRepository '{key}' does not exist", options.RequeueDependency);
        }

        if (!ImageName.TryParse(repository.Spec.Image, out var image, out var problem))
        {
            return new Outcome.Stalled(Reasons.ImageURLInvalid, $"referenced ImageRepository '{key}': {problem}");
        }

        scope.Set(repository);
        scope.Set(image);
        return Outcome.Next;
    }

    private async Task<Outcome> ElectAsync(PolicyScope scope, CancellationToken cancellation)
    {
        // 3. Tags. Those of another image, left from before its name changed, are none.
        var key = RepositoryOf(scope.Object);
        var tags = store.Find(key);
        if (tags is null || tags.Image != scope.Get<ImageName>().Canonical)
        {
            return AwaitTags(scope, key);
        }

        // 4. Election.
        var repository = scope.Get<ImageRepository>();
        var (verifier, untrusted) = scope.Get<PolicyAnnotations>().Verify is { } request
            ? await lookups.Verifiers.MakeAsync(request, scope.Key.Namespace, cancellation)
            : (null, null);
        if (untrusted is not null)
        {
            return new Outcome.Retry(untrusted);
        }

        var result = await lookups.Election.RunAsync(PollOf(scope, repository, tags) with { Verifier = verifier }, cancellation);
        Report(scope, result);
        WarnOfFloating(scope, result.Election);
        if (result.Fault is { } unknown)
        {
            return new Outcome.Retry(unknown, result.LookAgain);
        }

        if (result.Election.Tag is not { } tag)
        {
            var fault = new Fault(Reasons.Failure, result.Election.Error!);
            return result.LookAgain is { } wait ? new Outcome.WaitFor(fault, wait) : new Outcome.Retry(fault, NothingElected);
        }

        if (result.IncumbentIsGone)
        {
            return new Outcome.Done(result.LookAgain);
        }

        // 5. Digest: where signatures are asked for, the one that is signed.
        var elected = new ImageRef { Name = repository.Spec.Image, Tag = tag };
        var (digest, failure) = result.Inspection?.Digest is { } verified
            ? (verified, null)
            : await lookups.Digests.ReflectAsync(scope.Object, repository, elected, cancellation);
        if (failure is not null)
        {
            return new Outcome.Retry(failure);
        }

        // 6. Status.
        try
        {
            Keep(scope, elected with { Digest = digest });
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return new Outcome.Retry(
                Reasons.StorageOperationFailed,
                $"the digest of {Name(elected)} could not be noted in --storage-path; what was elected stands: {error.Message}");
        }

        return new Outcome.Done(Shorter(
            scope.Object.Spec.DigestReflectionPolicy == DigestReflector.Always ? scope.Object.Spec.Interval?.ToTimeSpan() : null, result.LookAgain));
    }

    private static TimeSpan? Shorter(TimeSpan? left, TimeSpan? right) => left is null || right < left ? right : left;

    private Poll PollOf(PolicyScope scope, ImageRepository repository, TagSet tags)
    {
        var latest = scope.Status.LatestRef;
        var isOfImage = latest?.Name == repository.Spec.Image;
        return new Poll(scope.Get<ElectionRules>(), scope.Get<PolicyAnnotations>(), repository, tags)
        {
            Incumbent = isOfImage ? latest!.Tag : null,
            IncumbentFirstSeen = isOfImage ? scope.Status.Election?.FirstSeen : null,
            FluxCompatible = options.FluxCompatible,
            PinnedDigest = PinOf(scope.Object, repository),
            IsRequested = scope.IsRequested,
        };
    }

    /// <summary>The counts, and whether the elected tag is gone from the registry.</summary>
    private static void Report(PolicyScope scope, PollResult result)
    {
        var counts = result.Election.Counts;
        scope.Status = scope.Status with
        {
            Election = new ElectionSummary
            {
                Considered = counts.Considered,
                Eligible = counts.Eligible,
                Refused = [.. counts.Refused.Select(refused => new RefusedTags { Reason = refused.Key.ToString(), Tags = refused.Value })],
                FirstSeen = result.FirstSeen,
            },
        };
        if (!result.IncumbentIsGone)
        {
            scope.Conditions.Remove(ConditionTypes.SelectedTagMissing);
            return;
        }

        var message = $"{Name(scope.Status.LatestRef!)} is no longer in the registry and stays elected until a tag ranks higher; "
            + $"with the annotation {PolicyAnnotations.OnTagDeletedKey}: Fallback the next one takes over";
        if (!scope.Conditions.IsTrue(ConditionTypes.SelectedTagMissing))
        {
            scope.Event(EventType.Warning, Reasons.TagDeleted, message);
        }

        scope.Conditions.SetTrue(ConditionTypes.SelectedTagMissing, Reasons.TagDeleted, message);
    }

    /// <summary>A policy that can only elect a name such as <c>latest</c> looks healthy forever: it says so, unless it follows the digest.</summary>
    private static void WarnOfFloating(PolicyScope scope, TagElection election)
    {
        if (!election.IsFloating || scope.Object.Spec.DigestReflectionPolicy == DigestReflector.Always)
        {
            scope.Conditions.Remove(ConditionTypes.FloatingTag);
            return;
        }

        var message = $"the policy admits only tags without a digit, such as {election.Tag}, which are moved from image to image: a new image is not seen; "
            + $"let spec.policy and spec.filterTags admit versions, or set spec.digestReflectionPolicy to '{DigestReflector.Always}'";
        if (!scope.Conditions.IsTrue(ConditionTypes.FloatingTag))
        {
            scope.Event(EventType.Warning, Reasons.OnlyFloatingTags, message);
        }

        scope.Conditions.SetTrue(ConditionTypes.FloatingTag, Reasons.OnlyFloatingTags, message);
    }

    /// <summary>
    /// The first scan of this process will wake the policy. What was elected before the restart stands meanwhile, and so does its status:
    /// a lost disk is no reason for alarm.
    /// </summary>
    private Outcome AwaitTags(PolicyScope scope, ObjectKey repository)
    {
        var stands = scope.Status.LatestRef is not null
            && scope.Status.ObservedGeneration == scope.Generation
            && scope.Status.LatestRef.Name == scope.Get<ImageRepository>().Spec.Image
            && scope.Conditions.IsTrue(ConditionTypes.Ready);
        return stands
            ? new Outcome.Done(options.RequeueDependency)
            : new Outcome.WaitFor(
                Reasons.DependencyNotReady, $"referenced ImageRepository '{repository}' has not been scanned yet",
                    options.RequeueDependency);
    }

    /// <summary>The other digest that the tag had before, from the status or, where that was of another tag, from the store; or null.</summary>
    private string? FormerDigest(PolicyScope scope, ImageRef elected)
    {
        if (elected.Digest is not { Length: > 0 } digest)
        {
            return null;
        }

        var noted = store.NoteDigest(RepositoryOf(scope.Object), elected.Tag, new DigestSighting(digest, Time.GetUtcNow()))?.Digest;
        var before = scope.Status.LatestRef;
        var told = before?.Name == elected.Name && before.Tag == elected.Tag && before.Digest is { Length: > 0 } ? before.Digest : noted;
        return told != digest ? told : null;
    }

    /// <summary>What was elected goes into the status, once its digest is noted: a tag that moves is told once, and never missed.</summary>
    /// <exception cref="IOException">The digest could not be noted; the status is as before.</exception>
    private void Keep(PolicyScope scope, ImageRef elected)
    {
        var before = scope.Status.LatestRef;
        if (before is not null && Name(before) == Name(elected))
        {
            return;
        }

        if (FormerDigest(scope, elected) is { } former)
        {
            scope.Event(
                EventType.Warning, Reasons.TagMutated,
                $"{elected.Name}:{elected.Tag} was moved: its digest was {former} and is {elected.Digest}");
        }

        scope.Status = scope.Status with { LatestRef = elected, ObservedPreviousRef = before ?? scope.Status.ObservedPreviousRef };
        var ready = Success(scope);
        scope.Event(EventType.Normal, ready.Reason, ready.Message);
    }
}

using System.Collections.Concurrent;
using GitOpsToolkit.Api.Meta;
using GitOpsToolkit.Api.Source.V1;
using GitOpsToolkit.Kubernetes;
using GitOpsToolkit.Reconciling.Events;
using GitOpsToolkit.Reconciling.Status;

namespace GitOpsToolkit.Reconciling.Tests;

/// <summary>A reconciler of GitRepository whose "upstream" is what the test says.</summary>
internal sealed class TestReconciler(WatchCache<GitRepository> cache, ReconcilerServices services, ReconcilerOptions? options = null)
    : ToolkitReconciler<GitRepository, GitRepositoryStatus>(cache, services, options ?? Defaults)
{
    public static readonly ReconcilerOptions Defaults = new() { FieldManager = "source-controller", UnsupportedFields = ["verify"] };

    public string Upstream { get; set; } = "main@sha1:1";

    public Func<Scope<GitRepository, GitRepositoryStatus>, CancellationToken, Task<Outcome?>> Fetch { get; set; } = (_, _) => Task.FromResult<Outcome?>(null);

    public Func<Outcome> Finalize { get; set; } = () => Outcome.Next;

    public ConcurrentQueue<string> Runs { get; } = new();

    public ConcurrentQueue<string> Gone { get; } = new();

    protected override IReadOnlyList<Step<GitRepository, GitRepositoryStatus>> Steps => [FetchAsync, StoreAsync, LookAgainAsync];

    protected override ReadyMessage Success(Scope<GitRepository, GitRepositoryStatus> scope) =>
        new(Reasons.Succeeded, $"stored artifact for revision '{scope.Status.Artifact!.Revision}'");

    protected override Task<Outcome> FinalizeAsync(Scope<GitRepository, GitRepositoryStatus> scope, CancellationToken cancellation)
    {
        Runs.Enqueue($"finalize {scope.Key.Name}");
        return Task.FromResult(Finalize());
    }

    protected override void Forget(ObjectKey key) => Gone.Enqueue(key.Name);

    private async Task<Outcome> FetchAsync(Scope<GitRepository, GitRepositoryStatus> scope, CancellationToken cancellation)
    {
        Runs.Enqueue(scope.Key.Name);
        if (await Fetch(scope, cancellation) is { } outcome)
        {
            scope.Conditions.SetTrue(ConditionTypes.FetchFailed, "GitOperationFailed", "failed to fetch");
            return outcome;
        }

        scope.Conditions.Remove(ConditionTypes.FetchFailed);
        scope.Set(new Fetched(Upstream));
        return Outcome.Next;
    }

    private async Task<Outcome> StoreAsync(Scope<GitRepository, GitRepositoryStatus> scope, CancellationToken cancellation)
    {
        var revision = scope.Get<Fetched>().Revision;
        if (revision != scope.Status.Artifact?.Revision)
        {
            await scope.ProgressAsync($"new upstream revision '{revision}'", cancellation);
            scope.Status = scope.Status with
            {
                Artifact = new Artifact { Revision = revision, Path = "a", Url = "http://a", Digest = "sha256:1", LastUpdateTime = scope.Time.GetUtcNow() },
            };
            scope.Event(EventType.Normal, "NewArtifact", $"stored artifact for revision '{revision}'", [new("revision", revision)]);
        }

        scope.Conditions.SetTrue(ConditionTypes.ArtifactInStorage, Reasons.Succeeded, $"stored artifact for revision '{revision}'");
        return Outcome.Next;
    }

    private Task<Outcome> LookAgainAsync(Scope<GitRepository, GitRepositoryStatus> scope, CancellationToken cancellation) =>
        Task.FromResult<Outcome>(new Outcome.Done(scope.Object.Spec.Interval.ToTimeSpan()));

    private sealed record Fetched(string Revision);
}

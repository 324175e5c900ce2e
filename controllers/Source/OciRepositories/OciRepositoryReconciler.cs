using GitOpsToolkit.Api.Meta;
using GitOpsToolkit.Api.Source.V1;
using GitOpsToolkit.Kubernetes;
using GitOpsToolkit.Reconciling;
using GitOpsToolkit.Reconciling.Status;

namespace GitOpsToolkit.Controllers.Source.OciRepositories;

/// <summary>OCIRepository: says that this version does not reconcile the kind, instead of leaving the user to wait.</summary>
internal sealed class OciRepositoryReconciler(WatchCache<OCIRepository> cache, ReconcilerServices services)
    : ToolkitReconciler<OCIRepository, OCIRepositoryStatus>(
        cache, services, new ReconcilerOptions { FieldManager = SourceControllerModule.Name, UsesFinalizer = false })
{
    private const string Message = "this version does not reconcile OCIRepository yet; use a GitRepository";

    protected override IReadOnlyList<Step<OCIRepository, OCIRepositoryStatus>> Steps => [StallAsync];

    protected override ReadyMessage Success(Scope<OCIRepository, OCIRepositoryStatus> scope) => throw new InvalidOperationException(Message);

    private static Task<Outcome> StallAsync(Scope<OCIRepository, OCIRepositoryStatus> scope, CancellationToken cancellation) =>
        Task.FromResult<Outcome>(new Outcome.Stalled(Reasons.InvalidSpec, Message));
}

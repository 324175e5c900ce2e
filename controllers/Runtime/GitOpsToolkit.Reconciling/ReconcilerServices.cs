using GitOpsToolkit.Kubernetes;
using GitOpsToolkit.Reconciling.Events;
using Microsoft.Extensions.Logging;

namespace GitOpsToolkit.Reconciling;

/// <summary>What every reconciler of a controller needs.</summary>
/// <param name="Client">The API server.</param>
/// <param name="Events">Where events go.</param>
/// <param name="Loggers">Where logs go.</param>
/// <param name="Time">The clock.</param>
/// <param name="Random">Spreads requeues; used under a lock.</param>
public sealed record ReconcilerServices(KubeClient Client, IEventRecorder Events, ILoggerFactory Loggers, TimeProvider Time, Random Random);

/// <summary>What differs from kind to kind in the loop.</summary>
public sealed record ReconcilerOptions
{
    /// <summary>The field manager of status writes, such as <c>source-controller</c>.</summary>
    public required string FieldManager { get; init; }

    /// <summary>How many per cent a success's requeue may be earlier or later, so that many objects spread. Default 0.</summary>
    public int JitterPercentage { get; init; }

    /// <summary>Whether objects get the finalizer <c>finalizers.fluxcd.io</c>. Default true.</summary>
    public bool UsesFinalizer { get; init; } = true;

    /// <summary>
    /// The fields (paths below <c>spec</c>, in the grammar of <see cref="Api.Json.UnsupportedFields"/>) that are not honoured yet: an object that
    /// uses one is stalled with a message that names it. Default none.
    /// </summary>
    public IReadOnlyList<string> UnsupportedFields { get; init; } = [];
}

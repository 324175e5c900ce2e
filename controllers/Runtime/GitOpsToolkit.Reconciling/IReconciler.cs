using GitOpsToolkit.Kubernetes;

namespace GitOpsToolkit.Reconciling;

/// <summary>Brings one object from what is to what its spec asks for. Called again and again, never twice at a time for one key.</summary>
public interface IReconciler
{
    /// <summary>The kind, such as <c>GitRepository</c>: for logs and metrics.</summary>
    string Kind { get; }

    /// <summary>Reconciles the object that the key names, whatever became of it since the key was queued.</summary>
    Task<Outcome> ReconcileAsync(ObjectKey key, CancellationToken cancellation);
}

/// <summary>One step of a reconcile. It reports facts in the scope and what it came to; the next step runs only after <see cref="Outcome.Done"/>.</summary>
/// <typeparam name="T">The kind.</typeparam>
/// <typeparam name="TStatus">Its status.</typeparam>
public delegate Task<Outcome> Step<T, TStatus>(Scope<T, TStatus> scope, CancellationToken cancellation)
    where T : Api.Meta.ToolkitObject, Api.Schema.IToolkitKind
    where TStatus : Api.Meta.ToolkitStatus;

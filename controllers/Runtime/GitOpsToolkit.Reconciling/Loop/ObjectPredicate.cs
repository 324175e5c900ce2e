using GitOpsToolkit.Kubernetes;

namespace GitOpsToolkit.Reconciling.Loop;

/// <summary>Tells which changes of an object are a reason to reconcile it.</summary>
internal static class ObjectPredicate
{
    /// <summary>New, gone, spec changed, reconcile requested, or deletion begun. Status and other metadata are no reason.</summary>
    public static bool IsWorth<T>(CacheChange<T> change)
        where T : class =>
        change is not { Old.Head: { } old, New.Head: { } now }
        || old.Generation != now.Generation
        || old.IsDeleting != now.IsDeleting
        || IsRequested(change);

    /// <summary>Whether the user asks for it by a new value of <c>reconcile.fluxcd.io/requestedAt</c>.</summary>
    public static bool IsRequested<T>(CacheChange<T> change)
        where T : class =>
        change is { Old.Head: { } old, New.Head: { RequestedAt: { } token } } && token != old.RequestedAt;
}

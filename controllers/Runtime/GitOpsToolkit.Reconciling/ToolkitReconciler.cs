using GitOpsToolkit.Api.Meta;
using GitOpsToolkit.Api.Schema;
using GitOpsToolkit.Kubernetes;
using GitOpsToolkit.Reconciling.Events;
using GitOpsToolkit.Reconciling.Status;
using Microsoft.Extensions.Logging;

namespace GitOpsToolkit.Reconciling;

/// <summary>
/// The reconcile of a kind of the toolkit as a table of contents: load, guards, steps, one status write. A kind brings its steps and the
/// words of success:
/// <code>
/// public sealed class GitRepositoryReconciler(WatchCache&lt;GitRepository&gt; cache, ReconcilerServices services, GitMirrors mirrors)
///     : ToolkitReconciler&lt;GitRepository, GitRepositoryStatus&gt;(cache, services, new() { FieldManager = "source-controller", JitterPercentage = 5 })
/// {
///     protected override IReadOnlyList&lt;Step&lt;GitRepository, GitRepositoryStatus&gt;&gt; Steps =&gt; [ResolveAsync, FetchAsync, PackAsync, LookAgainAsync];
///
///     protected override ReadyMessage Success(Scope&lt;GitRepository, GitRepositoryStatus&gt; scope) =&gt;
///         new(Reasons.Succeeded, $"stored artifact for revision '{scope.Status.Artifact!.Revision}'");
///
///     protected override async Task&lt;Outcome&gt; FinalizeAsync(Scope&lt;…&gt; scope, CancellationToken cancellation) { …; return Outcome.Next; }
///
///     private async Task&lt;Outcome&gt; FetchAsync(Scope&lt;GitRepository, GitRepositoryStatus&gt; scope, CancellationToken cancellation)
///     {
///         var found = await mirrors.FetchAsync(…);
///         if (found.Error is { } error)
///         {
///             scope.Conditions.SetTrue(ConditionTypes.FetchFailed, Reasons.GitOperationFailed, error);
///             return new Outcome.Retry(Reasons.GitOperationFailed, error);           // back-off; Ready=False
///         }
///
///         scope.Conditions.Remove(ConditionTypes.FetchFailed);
///         if (found.Revision != scope.Status.Artifact?.Revision)
///         {
///             await scope.ProgressAsync($"new upstream revision '{found.Revision}'", cancellation);   // only when there is work
///         }
///
///         scope.Set(found);                                                          // for the next steps: scope.Get&lt;FetchedCommit&gt;()
///         return Outcome.Next;
///     }
///
///     private Task&lt;Outcome&gt; LookAgainAsync(…) =&gt; new Outcome.Done(scope.Object.Spec.Interval.ToTimeSpan());  // jittered by the base
/// }
/// </code>
/// What the base does for every kind: <c>requestedAt</c> goes to <c>status.lastHandledReconcileAt</c> whatever the outcome; a suspended object is left alone;
/// an object that cannot be read, or uses a field that is not honoured, is stalled alone; an exception in a step is a <see cref="Outcome.Retry"/>
/// (expected failures are returned, not thrown); faults and stalls record a warning event, recovery a normal one; a reconcile that
/// finds nothing new writes nothing.
/// </summary>
/// <typeparam name="T">The kind.</typeparam>
/// <typeparam name="TStatus">Its status.</typeparam>
public abstract partial class ToolkitReconciler<T, TStatus> : IReconciler
    where T : ToolkitObject, IToolkitKind
    where TStatus : ToolkitStatus
{
    private readonly WatchCache<T> _cache;
    private readonly ReconcilerServices _services;
    private readonly ReconcilerOptions _options;
    private readonly StatusWriter<T, TStatus> _writer;
    private readonly FinalizerKeeper<T> _finalizer;
    private readonly Jitter _jitter;

    /// <summary>Creates the reconciler.</summary>
    /// <param name="cache">The objects of the kind.</param>
    /// <param name="services">What every reconciler needs.</param>
    /// <param name="options">What differs from kind to kind.</param>
    protected ToolkitReconciler(WatchCache<T> cache, ReconcilerServices services, ReconcilerOptions options)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(options);
        _cache = cache;
        _services = services;
        _options = options;
        _writer = new StatusWriter<T, TStatus>(services.Client, cache, options.FieldManager);
        _finalizer = new FinalizerKeeper<T>(services.Client, cache, options.FieldManager);
        _jitter = new Jitter(services.Random, options.JitterPercentage);
        Logger = services.Loggers.CreateLogger(options.FieldManager);
    }

    /// <inheritdoc/>
    public string Kind => T.ResourceKind.Kind;

    /// <summary>The steps in their order; each runs only where the ones before it were <see cref="Outcome.Done"/>.</summary>
    protected abstract IReadOnlyList<Step<T, TStatus>> Steps { get; }

    /// <summary>The API server.</summary>
    protected KubeClient Client => _services.Client;

    /// <summary>The clock.</summary>
    protected TimeProvider Time => _services.Time;

    /// <summary>The objects of the kind.</summary>
    protected WatchCache<T> Cache => _cache;

    /// <summary>The controller's log; within a reconcile use the scope's.</summary>
    protected ILogger Logger { get; }

    /// <inheritdoc/>
    public async Task<Outcome> ReconcileAsync(ObjectKey key, CancellationToken cancellation)
    {
        if (_cache.Find(key) is not { } entry)
        {
            Forget(key);
            return Outcome.Next;
        }

        if (entry.Value is null)
        {
            return new Outcome.Stalled(Reasons.InvalidSpec, $"the object cannot be read: {string.Join("; ", entry.Errors)}");
        }

        if (!entry.Head.IsDeleting && entry.IsValid && _options.UsesFinalizer)
        {
            // First of all, so that nothing made for the object can be left behind; the answer is the object to go on with.
            entry = await _finalizer.AddAsync(entry, cancellation) ?? entry;
        }

        var scope = new Scope<T, TStatus>(entry, _services.Events, Logger, Time, WriteAsync);
        return entry switch
        {
            { Head.IsDeleting: true } => await DeleteAsync(scope, cancellation),
            { IsValid: true } when entry.Value.IsSuspended => await SuspendAsync(scope, cancellation),
            _ => await FinishAsync(scope, FindStall(entry) ?? await RunAsync(scope, Steps, cancellation), cancellation),
        };
    }

    /// <summary>What Ready says when all steps are done.</summary>
    protected abstract ReadyMessage Success(Scope<T, TStatus> scope);

    /// <summary>
    /// Undoes what was done for an object that is being deleted; the finalizer goes when this is <see cref="Outcome.Done"/>. The object may have
    /// errors (<see cref="Scope{T,TStatus}.Errors"/>) and then lacks the fields that could not be read.
    /// </summary>
    protected virtual Task<Outcome> FinalizeAsync(Scope<T, TStatus> scope, CancellationToken cancellation) => Task.FromResult(Outcome.Next);

    /// <summary>Drops what is kept in memory for an object that is gone.</summary>
    protected virtual void Forget(ObjectKey key)
    {
    }

    /// <summary>Announces the outcome by an event: a fault or stall as a warning; a recovery as good news, unless a step told some already.</summary>
    protected virtual void Announce(Scope<T, TStatus> scope, Outcome outcome)
    {
        ArgumentNullException.ThrowIfNull(scope);
        var before = scope.Object.CommonStatus.FindCondition(ConditionTypes.Ready);
        var after = scope.Conditions.Find(ConditionTypes.Ready);
        if (outcome is Outcome.Retry or Outcome.Stalled)
        {
            scope.Event(EventType.Warning, after!.Reason, after.Message);
        }
        else if (outcome is Outcome.Done && before?.Status == ConditionStatus.False && !scope.HasNews)
        {
            scope.Event(EventType.Normal, after!.Reason, after.Message);
        }
    }
}

using GitOpsToolkit.Api.Meta;
using GitOpsToolkit.Api.Schema;
using GitOpsToolkit.Kubernetes;
using GitOpsToolkit.Reconciling.Events;
using GitOpsToolkit.Reconciling.Status;
using Microsoft.Extensions.Logging;

namespace GitOpsToolkit.Reconciling;

/// <summary>What the steps of one reconcile share: the object, the status as it grows, conditions, events, a log and their own facts.</summary>
/// <typeparam name="T">The kind.</typeparam>
/// <typeparam name="TStatus">Its status.</typeparam>
public sealed class Scope<T, TStatus>
    where T : ToolkitObject, IToolkitKind
    where TStatus : ToolkitStatus
{
    private readonly Dictionary<Type, object> _facts = [];
    private readonly IEventRecorder _events;
    private readonly Func<Scope<T, TStatus>, CancellationToken, Task> _writeProgress;

    internal Scope(
        CacheEntry<T> entry, IEventRecorder events, ILogger logger, TimeProvider time, Func<Scope<T, TStatus>, CancellationToken, Task> writeProgress)
    {
        Entry = entry;
        Object = entry.Value!;
        Written = Status = (TStatus)Object.CommonStatus;
        Conditions = new ConditionSet(Status.Conditions, entry.Head.Generation, time);
        Logger = logger;
        Time = time;
        _events = events;
        _writeProgress = writeProgress;
    }

    /// <summary>The object as it was when the reconcile began.</summary>
    public T Object { get; }

    /// <summary>The object's key.</summary>
    public ObjectKey Key => Entry.Key;

    /// <summary>The object's generation.</summary>
    public long Generation => Entry.Head.Generation;

    /// <summary>
    /// The status as it shall be written at the end. Steps replace it: <c>scope.Status = scope.Status with { … }</c>. Conditions,
    /// observedGeneration and lastHandledReconcileAt are filled in by the writer.
    /// </summary>
    public TStatus Status { get; set; }

    /// <summary>The conditions; Ready, Reconciling and Stalled follow from the outcome.</summary>
    public ConditionSet Conditions { get; }

    /// <summary>The log, with the object's kind, namespace and name in its scope.</summary>
    public ILogger Logger { get; }

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; }

    /// <summary>The value of <c>reconcile.fluxcd.io/requestedAt</c>, or null.</summary>
    public string? RequestedAt => Entry.Head.RequestedAt;

    /// <summary>Whether the user asked for this reconcile: the annotation has a value that was not handled yet.</summary>
    public bool IsRequested => RequestedAt is not null && RequestedAt != Object.CommonStatus.LastHandledReconcileAt;

    /// <summary>What is wrong with the object; only <see cref="ToolkitReconciler{T,TStatus}.FinalizeAsync"/> ever meets an object with errors.</summary>
    public IReadOnlyList<string> Errors => Entry.Errors;

    internal CacheEntry<T> Entry { get; }

    /// <summary>The status as it is on the server.</summary>
    internal TStatus Written { get; set; }

    /// <summary>Whether a step told of a change by an event of its own.</summary>
    internal bool HasNews { get; private set; }

    /// <summary>Leaves a fact for later steps, one of each type; a second one replaces the first.</summary>
    public void Set<TFact>(TFact fact)
        where TFact : class => _facts[typeof(TFact)] = fact;

    /// <summary>The fact of a type that an earlier step left, or null.</summary>
    public TFact? Find<TFact>()
        where TFact : class => (TFact?)_facts.GetValueOrDefault(typeof(TFact));

    /// <summary>The fact of a type that an earlier step left. Throws <see cref="InvalidOperationException"/> where there is none.</summary>
    public TFact Get<TFact>()
        where TFact : class => Find<TFact>() ?? throw new InvalidOperationException($"No earlier step left a {typeof(TFact).Name}.");

    /// <summary>Records an event about the object, with the object's annotations under <c>event.toolkit.fluxcd.io/</c>.</summary>
    /// <param name="type">What sort of news it is.</param>
    /// <param name="reason">The CamelCase reason.</param>
    /// <param name="message">The message; no times and no secrets, so that repetitions are recognised.</param>
    /// <param name="metadata">Keys below the kind's group, such as <c>revision</c>, with their values.</param>
    public void Event(EventType type, string reason, string message, params IReadOnlyList<KeyValuePair<string, string>> metadata)
    {
        HasNews |= type == EventType.Normal;
        var annotations = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (key, value) in Entry.Head.Annotations)
        {
            if (key.StartsWith(WellKnown.EventAnnotationPrefix, StringComparison.Ordinal))
            {
                annotations[key] = value;
            }
        }

        foreach (var (key, value) in metadata)
        {
            annotations[$"{T.ResourceKind.Group}/{key}"] = value;
        }

        _events.Record(new EventRecord(EventSubject.Of(Object), type, reason, message, annotations));
    }

    /// <summary>
    /// Tells that new work was found and is going on: writes Reconciling=True and Ready=Unknown, with the status as it stands, at once.
    /// Call it only when there is something to do, never on the way to finding out: a reconcile that changes nothing writes nothing.
    /// </summary>
    /// <param name="message">What is being done, such as <c>new upstream revision 'main@sha1:…'</c>.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <param name="reason">The conditions' reason.</param>
    public Task ProgressAsync(string message, CancellationToken cancellation, string reason = Reasons.Progressing)
    {
        ConditionSummary.InProgress(Conditions, reason, message);
        return _writeProgress(this, cancellation);
    }
}

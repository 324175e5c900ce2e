using GitOpsToolkit.Api.Meta;

namespace GitOpsToolkit.Reconciling.Status;

/// <summary>
/// The conditions of an object while it is reconciled. Steps state facts here (<c>FetchFailed</c>, <c>ArtifactInStorage</c> …);
/// Ready, Reconciling and Stalled follow from the outcome and are refused.
/// </summary>
public sealed class ConditionSet
{
    private readonly long _generation;
    private readonly TimeProvider _time;
    private readonly List<Condition> _conditions;

    internal ConditionSet(IEnumerable<Condition> present, long generation, TimeProvider time)
    {
        _conditions = [.. present];
        _generation = generation;
        _time = time;
    }

    /// <summary>The condition of a type, or null.</summary>
    public Condition? Find(string type) => _conditions.Find(condition => condition.Type == type);

    /// <summary>Whether the condition is there and True.</summary>
    public bool IsTrue(string type) => Find(type)?.Status == ConditionStatus.True;

    /// <summary>States that something holds.</summary>
    public void SetTrue(string type, string reason, string message) => SetFact(type, ConditionStatus.True, reason, message);

    /// <summary>States that something does not hold.</summary>
    public void SetFalse(string type, string reason, string message) => SetFact(type, ConditionStatus.False, reason, message);

    /// <summary>States that something is not known yet.</summary>
    public void SetUnknown(string type, string reason, string message) => SetFact(type, ConditionStatus.Unknown, reason, message);

    /// <summary>Withdraws conditions; those that are not there are no error.</summary>
    public void Remove(params ReadOnlySpan<string> types)
    {
        foreach (var type in types)
        {
            RefuseSummary(type);
            Drop(type);
        }
    }

    /// <summary>Ready first, the others by their types: the order does not depend on what happened when.</summary>
    internal IReadOnlyList<Condition> ToList() =>
        [.. _conditions.OrderBy(condition => condition.Type != ConditionTypes.Ready).ThenBy(condition => condition.Type, StringComparer.Ordinal)];

    internal void Drop(string type) => _conditions.RemoveAll(condition => condition.Type == type);

    /// <summary>Sets a condition; the transition time moves only where the status does.</summary>
    internal void Set(string type, string status, string reason, string message)
    {
        var index = _conditions.FindIndex(condition => condition.Type == type);
        var before = index < 0 ? new Condition { Type = type } : _conditions[index];
        var after = before with
        {
            Status = status,
            Reason = reason,
            Message = Shorten(message),
            ObservedGeneration = _generation,
            LastTransitionTime = before.Status == status ? before.LastTransitionTime : _time.GetUtcNow(),
        };
        if (index < 0)
        {
            _conditions.Add(after);
        }
        else
        {
            _conditions[index] = after;
        }
    }

    private void SetFact(string type, string status, string reason, string message)
    {
        RefuseSummary(type);
        Set(type, status, reason, message);
    }

    private static void RefuseSummary(string type)
    {
        if (type is ConditionTypes.Ready or ConditionTypes.Reconciling or ConditionTypes.Stalled)
        {
            throw new ArgumentException($"{type} follows from the outcome; a step does not set it.", nameof(type));
        }
    }

    /// <summary>The API server refuses messages above 32768 characters.</summary>
    private static string Shorten(string message) => message.Length <= 32768 ? message : string.Concat(message.AsSpan(0, 32765), "...");
}

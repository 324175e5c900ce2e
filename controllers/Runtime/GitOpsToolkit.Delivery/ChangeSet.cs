namespace GitOpsToolkit.Delivery;

/// <summary>What was done to an object.</summary>
public enum ApplyAction
{
    /// <summary>It was made.</summary>
    Created,

    /// <summary>It was changed.</summary>
    Configured,

    /// <summary>It was as it should be.</summary>
    Unchanged,

    /// <summary>It was deleted, or was gone already.</summary>
    Deleted,

    /// <summary>It was left alone because it, or its manifest, asks for that.</summary>
    Skipped,
}

/// <summary>One object and what was done to it.</summary>
/// <param name="Target">The object.</param>
/// <param name="Action">What was done.</param>
public sealed record Change(ObjectRef Target, ApplyAction Action)
{
    /// <summary>Formats as Flux's events do: <c>Deployment/apps/web configured</c>.</summary>
    public override string ToString() => $"{Target} {Action.ToString().ToLowerInvariant()}";
}

/// <summary>Why an object could not be applied or deleted.</summary>
/// <param name="Target">The object.</param>
/// <param name="Origin">Where its manifest stands; null for an object that has none any more.</param>
/// <param name="Message">What the server said, or what is wrong with the manifest.</param>
/// <param name="IsTransient">Whether the same may succeed in a moment: the server is away or overloaded, or an object changed
/// meanwhile.</param>
public sealed record ObjectFault(ObjectRef Target, string? Origin, string Message, bool IsTransient = false)
{
    /// <summary>Formats as <c>file:line: Kind/namespace/name message</c>.</summary>
    public override string ToString() => Origin is null ? $"{Target} {Message}" : $"{Origin}: {Target} {Message}";
}

/// <summary>What became of a set of objects. Even with faults, <see cref="Changes"/> tells what was done to the others.</summary>
/// <param name="Changes">What was done, in the order of the plan.</param>
/// <param name="Faults">What could not be done, all of it.</param>
public sealed record DeliveryResult(IReadOnlyList<Change> Changes, IReadOnlyList<ObjectFault> Faults)
{
    /// <summary>Whether there are faults, and all of them are transient.</summary>
    public bool IsTransient => Faults.Count > 0 && Faults.All(fault => fault.IsTransient);

    /// <summary>Whether all went well.</summary>
    public bool IsSuccess => Faults.Count == 0;

    /// <summary>The lines of an event: one for each object that was created, configured or deleted; empty when there is none.</summary>
    public string Summary =>
        string.Join('\n', Changes.Where(change => change.Action is ApplyAction.Created or ApplyAction.Configured or ApplyAction.Deleted));
}

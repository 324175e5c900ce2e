namespace GitOpsToolkit.Reconciling;

/// <summary>What a step, or a whole reconcile, came to. A closed set: <see cref="Done"/>, <see cref="Retry"/>, <see cref="WaitFor"/>, <see cref="Stalled"/>.</summary>
public abstract record Outcome
{
    /// <summary>The step is done; the next one may begin.</summary>
    public static readonly Outcome Next = new Done();

    private Outcome()
    {
    }

    /// <summary>All is well.</summary>
    /// <param name="After">When to look again; null or zero leaves that to others. Of several steps the shortest counts.</param>
    public sealed record Done(TimeSpan? After = null) : Outcome;

    /// <summary>Something failed that may succeed later: Ready becomes False with the fault's reason and message.</summary>
    /// <param name="Fault">What failed.</param>
    /// <param name="After">When to try again; null or zero means after the object's exponential back-off.</param>
    public sealed record Retry(Fault Fault, TimeSpan? After = null) : Outcome
    {
        /// <summary>Tries again after the back-off.</summary>
        public Retry(string reason, string message)
            : this(new Fault(reason, message))
        {
        }
    }

    /// <summary>Something that others must do first has not happened yet. No fault: no warning, no back-off; Ready is False meanwhile.</summary>
    /// <param name="What">What is waited for, as Ready's reason and message.</param>
    /// <param name="After">When to look again at the latest; a watch may wake the object sooner.</param>
    public sealed record WaitFor(Fault What, TimeSpan After) : Outcome
    {
        /// <summary>Waits.</summary>
        public WaitFor(string reason, string message, TimeSpan after)
            : this(new Fault(reason, message), after)
        {
        }
    }

    /// <summary>The user must change the object (or what it refers to); it is not tried again until then.</summary>
    /// <param name="Fault">What is wrong and what to do.</param>
    public sealed record Stalled(Fault Fault) : Outcome
    {
        /// <summary>Stalls.</summary>
        public Stalled(string reason, string message)
            : this(new Fault(reason, message))
        {
        }
    }
}

/// <summary>What went wrong, in the words that conditions and events carry: stable between two identical reconciles, without secrets.</summary>
/// <param name="Reason">The CamelCase reason, such as <c>BuildFailed</c>.</param>
/// <param name="Message">What failed, with which input, and what to do.</param>
/// <param name="Where">The place, such as <c>deploy/app.yaml:12</c>, or null; it leads the message.</param>
public sealed record Fault(string Reason, string Message, string? Where = null)
{
    /// <summary>Place and message.</summary>
    public string Text => Where is null ? Message : $"{Where}: {Message}";
}

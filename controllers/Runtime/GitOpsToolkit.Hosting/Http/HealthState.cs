namespace GitOpsToolkit.Hosting.Http;

/// <summary>What the probes answer. A process is ready when every part that it waits for has said so.</summary>
public sealed class HealthState
{
    private readonly Lock _gate = new();
    private readonly HashSet<string> _waitingFor = new(StringComparer.Ordinal);

    /// <summary>Whether the process works at all; it answers, so it does.</summary>
    public bool IsAlive { get; private set; } = true;

    /// <summary>Whether every awaited part has started.</summary>
    public bool IsReady
    {
        get
        {
            lock (_gate)
            {
                return IsAlive && _waitingFor.Count == 0;
            }
        }
    }

    /// <summary>Makes the process unready until <see cref="Started"/> is called with the same name.</summary>
    public void WaitFor(string part)
    {
        lock (_gate)
        {
            _waitingFor.Add(part);
        }
    }

    /// <summary>Says that a part has started.</summary>
    public void Started(string part)
    {
        lock (_gate)
        {
            _waitingFor.Remove(part);
        }
    }

    /// <summary>Says that the process must be restarted: a part has ended that should not.</summary>
    public void Failed() => IsAlive = false;
}

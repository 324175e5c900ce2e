using GitOpsToolkit.Kubernetes;

namespace GitOpsToolkit.Reconciling.Events;

/// <summary>Whether an event goes to the server as a new one, or counts up the one that says the same.</summary>
/// <param name="Name">The Event object's name.</param>
/// <param name="IsNew">Whether the object is to be created.</param>
/// <param name="FirstSeen">When the event was first recorded.</param>
/// <param name="Count">How often it was recorded.</param>
internal sealed record AdmittedEvent(string Name, bool IsNew, DateTimeOffset FirstSeen, int Count);

/// <summary>
/// Recognises events that repeat the last one about their object, and slows down objects that produce too many. Used by one sender at a time.
/// </summary>
internal sealed class EventCorrelator(EventRecorderOptions options, TimeProvider time)
{
    /// <summary>Objects remembered; when there are more, those that were quiet longest are forgotten.</summary>
    private const int MaxObjects = 8192;

    private readonly Dictionary<(string Kind, ObjectKey Key, string Uid), Recent> _recent = [];

    /// <summary>What to send, or null where the event is only counted or is too much.</summary>
    public AdmittedEvent? Admit(EventRecord record)
    {
        var now = time.GetUtcNow();
        var id = (record.Subject.Kind.Kind, record.Subject.Key, record.Subject.Uid);
        if (!_recent.TryGetValue(id, out var recent))
        {
            MakeRoom();
            _recent[id] = recent = new Recent(options.Burst, now);
        }

        recent.LastSeen = now;
        if (recent.Last is { } last && IsSame(record, last) && now - recent.First < options.AggregateFor)
        {
            recent.Count++;
            if (now - recent.Sent < options.RepeatInterval)
            {
                return null;
            }

            recent.Sent = now;
            return new AdmittedEvent(recent.Name, false, recent.First, recent.Count);
        }

        if (!recent.TakeToken(options, now))
        {
            return null;
        }

        recent.Begin(record, now);
        return new AdmittedEvent(recent.Name, true, now, 1);
    }

    private static bool IsSame(EventRecord one, EventRecord other) =>
        one.Type == other.Type && one.Reason == other.Reason && one.Message == other.Message;

    private void MakeRoom()
    {
        if (_recent.Count < MaxObjects)
        {
            return;
        }

        foreach (var (id, _) in _recent.OrderBy(pair => pair.Value.LastSeen).Take(MaxObjects / 4).ToArray())
        {
            _recent.Remove(id);
        }
    }

    /// <summary>What is known about the events of one object.</summary>
    private sealed class Recent(double tokens, DateTimeOffset refilled)
    {
        private double _tokens = tokens;
        private DateTimeOffset _refilled = refilled;

        public EventRecord? Last { get; private set; }

        public string Name { get; private set; } = string.Empty;

        public DateTimeOffset First { get; private set; }

        public DateTimeOffset Sent { get; set; }

        public DateTimeOffset LastSeen { get; set; }

        public int Count { get; set; }

        public bool TakeToken(EventRecorderOptions options, DateTimeOffset now)
        {
            _tokens = Math.Min(options.Burst, _tokens + ((now - _refilled) / options.RefillInterval));
            _refilled = now;
            if (_tokens < 1)
            {
                return false;
            }

            _tokens--;
            return true;
        }

        public void Begin(EventRecord record, DateTimeOffset now)
        {
            Last = record;
            First = Sent = now;
            Count = 1;
            // Unique for the object, as time passes, in the form that kubectl's users know.
            var suffix = $"{now.UtcTicks:x}{(uint)StringComparer.Ordinal.GetHashCode(record.Reason + record.Message):x8}";
            var name = record.Subject.Key.Name;
            Name = $"{(name.Length > 200 ? name[..200] : name)}.{suffix}";
        }
    }
}

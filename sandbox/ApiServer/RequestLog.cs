using System.Collections;

namespace GitOpsToolkit.Sandbox.ApiServer;

/// <summary>The requests of a server, oldest first; a snapshot on every enumeration. Safe to use from any thread.</summary>
public sealed class RequestLog : IEnumerable<RecordedRequest>
{
    private readonly Lock gate = new();
    private readonly Queue<RecordedRequest> requests = new();
    private readonly int capacity;
    private long last;

    internal RequestLog(int capacity) => this.capacity = Math.Max(1, capacity);

    /// <summary>Number of the newest request; 0 before the first.</summary>
    public long LastNumber
    {
        get
        {
            lock (gate)
            {
                return last;
            }
        }
    }

    /// <summary>The requests recorded after the given number (see <see cref="LastNumber"/>).</summary>
    public IReadOnlyList<RecordedRequest> Since(long number)
    {
        lock (gate)
        {
            return [.. requests.Where(r => r.Number > number)];
        }
    }

    /// <summary>Forgets what is recorded; the numbering goes on.</summary>
    public void Clear()
    {
        lock (gate)
        {
            requests.Clear();
        }
    }

    /// <inheritdoc/>
    public IEnumerator<RecordedRequest> GetEnumerator() => Since(0).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    internal RecordedRequest Add(Func<long, RecordedRequest> create)
    {
        lock (gate)
        {
            var request = create(++last);
            requests.Enqueue(request);
            while (requests.Count > capacity)
            {
                requests.Dequeue();
            }

            return request;
        }
    }
}

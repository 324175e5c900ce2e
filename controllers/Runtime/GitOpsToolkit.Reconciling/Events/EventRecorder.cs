using System.Threading.Channels;
using GitOpsToolkit.Kubernetes;
using Microsoft.Extensions.Logging;

namespace GitOpsToolkit.Reconciling.Events;

/// <summary>
/// Takes events and sends them later. Recording never blocks, fails or delays a reconcile: where the queue is full or the server refuses,
/// events are lost.
/// </summary>
public interface IEventRecorder
{
    /// <summary>Records an event.</summary>
    void Record(EventRecord record);
}

/// <summary>
/// Sends events as core/v1 Events. What repeats the last event about its object is counted instead; an object that produces
/// too many is slowed down.
/// </summary>
public sealed class EventRecorder : IEventRecorder
{
    private readonly EventRecorderOptions _options;
    private readonly ILogger _logger;
    private readonly EventCorrelator _correlator;
    private readonly EventSender _sender;
    private readonly TimeProvider _time;
    private readonly Channel<EventRecord> _queue;
    private long _dropped;

    /// <summary>Creates a recorder; it sends while <see cref="RunAsync"/> runs.</summary>
    public EventRecorder(KubeClient client, EventRecorderOptions options, ILogger<EventRecorder> logger)
    {
        ArgumentNullException.ThrowIfNull(client);
        ArgumentNullException.ThrowIfNull(options);
        _options = options;
        _logger = logger;
        _time = client.Time;
        _correlator = new EventCorrelator(options, client.Time);
        _sender = new EventSender(client, options);
        _queue = Channel.CreateBounded<EventRecord>(
            new BoundedChannelOptions(options.QueueSize) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true },
            _ => Interlocked.Increment(ref _dropped));
    }

    /// <summary>How many events were lost because too many waited.</summary>
    public long Dropped => Interlocked.Read(ref _dropped);

    /// <inheritdoc/>
    public void Record(EventRecord record) => _queue.Writer.TryWrite(record);

    /// <summary>Sends until cancelled, then sends what is left within <see cref="EventRecorderOptions.FlushTimeout"/>.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        using var late = new CancellationTokenSource();
        await using var stop = cancellation.Register(() => _queue.Writer.TryComplete());
        await using var timer = _time.CreateTimer(_ => late.Cancel(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        await using var deadline = cancellation.Register(() => timer.Change(_options.FlushTimeout, Timeout.InfiniteTimeSpan));
        try
        {
            await foreach (var record in _queue.Reader.ReadAllAsync(late.Token))
            {
                await SendAsync(record, late.Token);
            }
        }
        catch (OperationCanceledException)
        {
            _logger.LogDebug("Events were left unsent at the stop");
        }
    }

    private async Task SendAsync(EventRecord record, CancellationToken cancellation)
    {
        try
        {
            if (_correlator.Admit(record) is { } admitted)
            {
                await _sender.SendAsync(record, admitted, _time.GetUtcNow(), cancellation);
            }
        }
        catch (Exception error) when (!cancellation.IsCancellationRequested)
        {
            _logger.LogWarning("An event about {Object} was lost: {Reason}", record.Subject.Key, error.Message);
        }
    }
}

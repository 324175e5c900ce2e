using System.Text.Json;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace GitOpsToolkit.Kubernetes;

/// <summary>Who hears what a <see cref="Reflector"/> finds.</summary>
internal interface IReflectorSink
{
    /// <summary>A list begins; what an earlier, unfinished one said is void.</summary>
    void BeginList();

    /// <summary>An item of the list.</summary>
    void Listed(JsonElement item);

    /// <summary>The list is complete.</summary>
    void EndList();

    /// <summary>An object is new or changed.</summary>
    void Changed(JsonElement item);

    /// <summary>An object is gone.</summary>
    void Deleted(JsonElement item);
}

/// <summary>Follows a collection: list, watch, go on after failures, list again when the version is forgotten.</summary>
internal sealed class Reflector(KubeClient client, ResourcePath collection, WatchCacheOptions options, IReflectorSink sink, ILogger? logger)
{
    /// <summary>A watch that ends sooner than this ended for no good reason.</summary>
    private static readonly TimeSpan ShortWatch = TimeSpan.FromSeconds(1);

    private readonly ILogger _logger = logger ?? NullLogger.Instance;

    /// <summary>Seeded by the collection: watches of different kinds end at different times, and a run can be repeated.</summary>
    private readonly Random _random = new(StringComparer.Ordinal.GetHashCode(collection.ToString()));

    private int _failures;

    public async Task RunAsync(CancellationToken cancellation)
    {
        string? version = null;
        while (!cancellation.IsCancellationRequested)
        {
            try
            {
                version ??= await ListAsync(cancellation);
                var began = client.Time.GetTimestamp();
                await foreach (var seen in WatchAsync(version, cancellation))
                {
                    version = seen;
                    _failures = 0;
                }

                if (client.Time.GetElapsedTime(began) < ShortWatch)
                {
                    // A server that ends watches as soon as they begin must not be asked in a tight loop.
                    await WaitAsync(null, cancellation);
                }
            }
            catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
            {
                return;
            }
            catch (ApiException error) when (MustRelist(error))
            {
                version = null;
                _logger.LogDebug("Listing {Collection} again: {Reason}", collection, error.Message);
                if (_failures++ > 0)
                {
                    await WaitAsync(error, cancellation);
                }
            }
            catch (ApiException error)
            {
                LogFailure(error);
                await WaitAsync(error, cancellation);
            }
        }
    }

    private async Task<string> ListAsync(CancellationToken cancellation)
    {
        var list = new ListOptions { LabelSelector = options.LabelSelector, Limit = options.PageSize, MetadataOnly = options.MetadataOnly };
        sink.BeginList();
        string? token = null;
        while (true)
        {
            var page = await client.ListPageAsync(collection, list, token, cancellation);
            foreach (var item in page.Items)
            {
                sink.Listed(item);
            }

            if (page.Continue.Length == 0)
            {
                sink.EndList();
                _logger.LogTrace("Listed {Collection} at {Version}", collection, page.ResourceVersion);
                return page.ResourceVersion;
            }

            token = page.Continue;
        }
    }

    /// <summary>Gives the version of each event, once it has been handed on.</summary>
    private async IAsyncEnumerable<string> WatchAsync(
        string version, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation)
    {
        var watch = new WatchOptions
        {
            LabelSelector = options.LabelSelector,
            MetadataOnly = options.MetadataOnly,
            ResourceVersion = version,
            Timeout = options.WatchTimeout * (0.8 + (0.4 * _random.NextDouble())),
        };
        await foreach (var change in client.WatchAsync(collection, watch, cancellation))
        {
            switch (change.Type)
            {
                case WatchEventType.Deleted:
                    sink.Deleted(change.Object);
                    break;
                case WatchEventType.Added or WatchEventType.Modified:
                    sink.Changed(change.Object);
                    break;
            }

            if (change.Object.Member("metadata").Text("resourceVersion") is { Length: > 0 } seen)
            {
                yield return seen;
            }
        }
    }

    /// <summary>The version is too old (410), or unknown to a server that lost its state ("too large resource version").</summary>
    private static bool MustRelist(ApiException error) =>
        error.IsExpired || error.Causes.Any(cause => cause.Reason == "ResourceVersionTooLarge");

    private async Task WaitAsync(ApiException? error, CancellationToken cancellation)
    {
        var doubled = options.MinRetryDelay * Math.Pow(2, Math.Min(_failures++, 16));
        var delay = doubled < options.MaxRetryDelay ? doubled : options.MaxRetryDelay;
        if (error?.RetryAfter > delay)
        {
            delay = error.RetryAfter.Value < options.MaxRetryDelay ? error.RetryAfter.Value : options.MaxRetryDelay;
        }

        try
        {
            await Task.Delay(delay * (0.8 + (0.4 * _random.NextDouble())), client.Time, cancellation);
        }
        catch (OperationCanceledException)
        {
            // The loop sees the cancellation itself.
        }
    }

    private void LogFailure(ApiException error)
    {
        // A server that restarts breaks every watch: once is no news.
        var level = _failures == 0 ? LogLevel.Debug : LogLevel.Warning;
        _logger.Log(level, "Following {Collection} failed, trying again: {Reason}", collection, error.Message);
    }
}

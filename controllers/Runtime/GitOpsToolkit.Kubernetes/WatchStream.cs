using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using System.Runtime.CompilerServices;
using System.Text.Json;

namespace GitOpsToolkit.Kubernetes;

/// <summary>Reads the events of a watch: one JSON object a line, each bounded in size, the whole bounded in time.</summary>
internal static class WatchStream
{
    public static async IAsyncEnumerable<WatchEvent> ReadAsync(
        KubeTransport transport, KubeRequest request, TimeSpan longest, [EnumeratorCancellation] CancellationToken cancellation)
    {
        // The server ends a watch by itself after its timeout; one that outlives it hangs on a dead connection.
        using var watchdog = new CancellationTokenSource(longest, transport.Time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellation, watchdog.Token);
        using var response = await Guard(request, watchdog, () => transport.OpenAsync(request, both.Token), cancellation);
        await using var stream = await response.Content.ReadAsStreamAsync(both.Token);
        var reader = PipeReader.Create(stream, new StreamPipeReaderOptions(leaveOpen: true));
        try
        {
            while (true)
            {
                var result = await Guard(request, watchdog, async () => await reader.ReadAsync(both.Token), cancellation);
                var buffer = result.Buffer;
                while (TryTakeLine(ref buffer, out var line))
                {
                    if (Parse(request, line) is { } change)
                    {
                        yield return change;
                    }
                }

                if (buffer.Length > transport.Options.MaxResponseBytes)
                {
                    throw Broken(request, $"an event is larger than {transport.Options.MaxResponseBytes} bytes");
                }

                if (result.IsCompleted)
                {
                    if (!IsBlank(buffer))
                    {
                        throw Broken(request, "the connection broke off in the middle of an event");
                    }

                    yield break;
                }

                reader.AdvanceTo(buffer.Start, buffer.End);
            }
        }
        finally
        {
            await reader.CompleteAsync();
        }
    }

    private static async Task<T> Guard<T>(
        KubeRequest request, CancellationTokenSource watchdog, Func<Task<T>> action, CancellationToken cancellation)
    {
        try
        {
            return await action();
        }
        catch (OperationCanceledException) when (watchdog.IsCancellationRequested && !cancellation.IsCancellationRequested)
        {
            throw new ApiException(
                HttpStatusCode.ServiceUnavailable, ApiException.NoAnswer, $"{request.What}: the connection outlived the watch's time");
        }
        catch (Exception error) when (error is IOException or HttpRequestException)
        {
            throw new ApiException(
                HttpStatusCode.ServiceUnavailable, ApiException.NoAnswer, $"{request.What}: {error.Message}", inner: error);
        }
    }

    private static bool TryTakeLine(ref ReadOnlySequence<byte> buffer, out ReadOnlySequence<byte> line)
    {
        if (buffer.PositionOf((byte)'\n') is not { } end)
        {
            line = default;
            return false;
        }

        line = buffer.Slice(0, end);
        buffer = buffer.Slice(buffer.GetPosition(1, end));
        return true;
    }

    private static WatchEvent? Parse(KubeRequest request, ReadOnlySequence<byte> line)
    {
        if (IsBlank(line))
        {
            return null;
        }

        JsonElement frame;
        try
        {
            using var document = JsonDocument.Parse(line, JsonBytes.Limits);
            // Cloning copies the line out of the pipe's pooled memory, once.
            frame = document.RootElement.Clone();
        }
        catch (JsonException error)
        {
            throw Broken(request, $"an event is not JSON ({error.Message})");
        }

        var content = frame.Member("object");
        return frame.Text("type") switch
        {
            "ADDED" => new WatchEvent(WatchEventType.Added, content),
            "MODIFIED" => new WatchEvent(WatchEventType.Modified, content),
            "DELETED" => new WatchEvent(WatchEventType.Deleted, content),
            "BOOKMARK" => new WatchEvent(WatchEventType.Bookmark, content),
            "ERROR" => throw ApiException.FromStatus(request.What, null, content),
            var other => throw Broken(request, $"an event has the unknown type '{other}'"),
        };
    }

    private static bool IsBlank(ReadOnlySequence<byte> text)
    {
        foreach (var segment in text)
        {
            if (segment.Span.IndexOfAnyExcept(" \r\t\n"u8) >= 0)
            {
                return false;
            }
        }

        return true;
    }

    private static ApiException Broken(KubeRequest request, string why) =>
        new(HttpStatusCode.BadGateway, ApiException.BadAnswer, $"{request.What}: {why}");
}

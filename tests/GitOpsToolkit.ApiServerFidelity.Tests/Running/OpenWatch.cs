using System.Text.Json.Nodes;
using System.Threading.Channels;
using GitOpsToolkit.ApiServerFidelity.Tests.Cases;

namespace GitOpsToolkit.ApiServerFidelity.Tests.Running;

/// <summary>A watch that stays open while the case goes on.</summary>
internal sealed class OpenWatch : IAsyncDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(2);
    private readonly Channel<JsonNode> events = Channel.CreateUnbounded<JsonNode>();
    private readonly HttpResponseMessage response;
    private readonly CancellationTokenSource leave = new();
    private readonly Task reading;

    public OpenWatch(HttpResponseMessage response)
    {
        this.response = response;
        reading = ReadAsync();
    }

    /// <summary>The events since the last call, up to the one that the step waits for.</summary>
    /// <exception cref="CaseFailure">It did not come.</exception>
    public async Task<JsonArray> TakeAsync(EventsStep step, CancellationToken ct)
    {
        var taken = new JsonArray();
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(ct);
        deadline.CancelAfter(Deadline);
        try
        {
            while (step.Count == 0 || taken.Count < step.Count)
            {
                var next = await events.Reader.ReadAsync(deadline.Token);
                taken.Add(next);
                if (step.UntilType is { } type && next["type"]?.ToString() == type)
                {
                    break;
                }
            }
        }
        catch (ChannelClosedException) when (step.End)
        {
            return taken;
        }
        catch (Exception e) when (e is ChannelClosedException or OperationCanceledException && !ct.IsCancellationRequested)
        {
            var how = e is ChannelClosedException ? "the server ended the stream" : $"nothing more came within {Deadline.TotalSeconds:0} s";
            throw new CaseFailure($"watch \"{step.Watch}\": {how}, after {taken.ToJsonString()}");
        }

        return taken;
    }

    public async ValueTask DisposeAsync()
    {
        await leave.CancelAsync();
        response.Dispose();
        await reading;
        leave.Dispose();
    }

    private async Task ReadAsync()
    {
        try
        {
            using var stream = await response.Content.ReadAsStreamAsync(leave.Token);
            using var lines = new StreamReader(stream);
            while (await lines.ReadLineAsync(leave.Token) is { } line)
            {
                events.Writer.TryWrite(JsonNode.Parse(line)!);
            }

            events.Writer.TryComplete();
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or HttpRequestException or ObjectDisposedException)
        {
            // A stream that breaks is not one that the server ended.
            events.Writer.TryComplete(leave.IsCancellationRequested ? null : e);
        }
    }
}

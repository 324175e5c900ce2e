using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using GitOpsToolkit.ApiServerFidelity.Tests.Cases;
using GitOpsToolkit.ApiServerFidelity.Tests.Comparing;

namespace GitOpsToolkit.ApiServerFidelity.Tests.Running;

/// <summary>A case on one server.</summary>
internal sealed class CaseRun(Target target, Variables variables, CancellationToken ct) : IAsyncDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(2);

    // A real server makes its OpenAPI documents anew for each definition, one after another: on a busy machine it is minutes behind.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);
    private readonly Dictionary<string, OpenWatch> watches = [];
    private readonly List<Answer> answers = [];

    /// <summary>Runs a case in a new namespace.</summary>
    /// <param name="target">The server.</param>
    /// <param name="tried">The case.</param>
    /// <param name="id">A name of the run that is used nowhere else; the same on both servers.</param>
    /// <param name="ct">Ends it.</param>
    /// <exception cref="CaseFailure">A step could not be carried out.</exception>
    public static async Task<Transcript> RunAsync(Target target, FidelityCase tried, string id, CancellationToken ct)
    {
        var space = "fid-" + id;
        var variables = new Variables { ["ns"] = space, ["id"] = id };
        await target.CreateNamespaceAsync(space, ct);
        try
        {
            await using var run = new CaseRun(target, variables, ct);
            foreach (var step in tried.Setup)
            {
                await run.StepAsync(0, step);
            }

            run.CheckSetup();
            for (var i = 0; i < tried.Steps.Count; i++)
            {
                await run.StepAsync(i + 1, tried.Steps[i]);
            }

            return new([.. run.answers]);
        }
        finally
        {
            await target.DeleteNamespaceAsync(space, CancellationToken.None);
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var watch in watches.Values)
        {
            await watch.DisposeAsync();
        }
    }

    private void CheckSetup()
    {
        if (answers.FirstOrDefault(a => a.Content["code"]?.GetValue<int>() >= 400) is { } failed)
        {
            throw new CaseFailure($"{target.Name}: the preparation failed: {failed.Request}: {failed.Content.ToJsonString()}");
        }

        answers.Clear();
    }

    private async Task StepAsync(int number, Step step)
    {
        try
        {
            await (step switch
            {
                RequestStep request => RequestAsync(number, request),
                EventsStep wanted => EventsAsync(number, wanted),
                CloseStep close => CloseAsync(close),
                _ => throw new NotSupportedException(step.GetType().Name),
            });
        }
        catch (Exception e) when (e is CaseFailure or InvalidDataException or HttpRequestException or IOException or TimeoutException)
        {
            throw new CaseFailure($"{target.Name}, step {number}: {e.Message}");
        }
    }

    private async Task RequestAsync(int number, RequestStep step)
    {
        var path = variables.In(step.Path, Uri.EscapeDataString).Replace(" ", "%20");
        var text = $"{step.Method} {path}{(step.Body is null ? "" : $"   ({step.Type}) {Short(step.Body)}")}";
        JsonObject? content = null;
        if (step.Until.Count == 0)
        {
            content = await OnceAsync(step, path);
        }
        else
        {
            try
            {
                await Eventually.TrueAsync(
                    async () =>
                    {
                        content = await OnceAsync(step, path);
                        return step.Until.All(u => JsonNode.DeepEquals(JsonPlace.Find(content, variables.In(u.Key)), variables.In(u.Value)));
                    },
                    text,
                    Patience);
            }
            catch (TimeoutException e)
            {
                throw new CaseFailure($"{e.Message}; last {(content is null ? "" : Short(content))}");
            }
        }

        if (step.Part is not null)
        {
            content!["$"] = JsonPlace.Find(content, variables.In(step.Part))?.DeepClone()
                ?? throw new CaseFailure($"there is no {step.Part} in {Short(content)}");
        }

        answers.Add(new(number, text, content!));
        foreach (var (name, place) in step.Capture)
        {
            variables[name] = JsonPlace.Find(content!, place)?.ToString()
                ?? throw new CaseFailure($"there is no {place} to capture in {content!.ToJsonString()}");
        }
    }

    private async Task<JsonObject> OnceAsync(RequestStep step, string path)
    {
        // Paths go out as they stand in the case: "..", "//" and escapes are part of what is tried.
        var asWritten = new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true };
        using var request = new HttpRequestMessage(new(step.Method), new Uri(target.Address.GetLeftPart(UriPartial.Authority) + path, asWritten));
        foreach (var (name, value) in step.Headers)
        {
            request.Headers.TryAddWithoutValidation(name, variables.In(value).Split('\n'));
        }

        if (Body(step) is { } body)
        {
            request.Content = new ByteArrayContent(body);
            request.Content.Headers.ContentType = step.Type.Length == 0 ? null : MediaTypeHeaderValue.Parse(step.Type);
        }

        var bearer = step.Token is null ? null : variables.In(step.Token);
        var response = await target.SendAsync(request, bearer, ct);
        if (step.Watch is not null && response.IsSuccessStatusCode)
        {
            watches.Add(step.Watch, new(response));
            return AnswerReader.Head(response);
        }

        using (response)
        {
            return await ReadAsync(response);
        }
    }

    private async Task<JsonObject> ReadAsync(HttpResponseMessage response)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(ct);
        deadline.CancelAfter(Deadline);
        try
        {
            return await AnswerReader.ReadAsync(response, deadline.Token);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            throw new CaseFailure($"the answer did not end within {Deadline.TotalSeconds:0} s: {(int)response.StatusCode} {response.Content.Headers}");
        }
    }

    private byte[]? Body(RequestStep step) => step.Bytes ?? variables.In(step.Body) switch
    {
        null => null,
        JsonValue value when value.TryGetValue<string>(out var text) => Encoding.UTF8.GetBytes(text),
        var tree => Encoding.UTF8.GetBytes(tree.ToJsonString()),
    };

    private async Task EventsAsync(int number, EventsStep step) =>
        answers.Add(new(number, $"events of {step.Watch}", new() { ["$"] = await WatchOf(step.Watch).TakeAsync(step, ct) }));

    private async Task CloseAsync(CloseStep step)
    {
        await WatchOf(step.Watch).DisposeAsync();
        watches.Remove(step.Watch);
    }

    private OpenWatch WatchOf(string name) => watches.GetValueOrDefault(name) ?? throw new CaseFailure($"there is no open watch \"{name}\"");

    private static string Short(JsonNode body)
    {
        var text = body.ToJsonString(Comparing.Text.Readable);
        return text.Length <= 500 ? text : text[..500] + " …";
    }
}

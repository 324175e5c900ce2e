using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Primitives;

namespace GitOpsToolkit.Kubernetes.Tests;

/// <summary>A request that the fake server got.</summary>
internal sealed record SeenRequest(string Method, string PathAndQuery, string Body, IHeaderDictionary Headers);

/// <summary>A server that misbehaves exactly as a test wants: one function answers everything.</summary>
internal sealed class FakeServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private FakeServer(WebApplication app) => _app = app;

    public ConcurrentQueue<SeenRequest> Seen { get; } = new();

    public Uri Url => new(_app.Urls.First());

    public static async Task<FakeServer> StartAsync(Func<HttpContext, Task> answer)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        // A test that ends while a watch hangs must not wait for it.
        builder.WebHost.UseShutdownTimeout(TimeSpan.FromMilliseconds(50));
        var app = builder.Build();
        var server = new FakeServer(app);
        app.Run(async context =>
        {
            using var reader = new StreamReader(context.Request.Body);
            var body = await reader.ReadToEndAsync(context.RequestAborted);
            // A copy: the server uses its own headers again for the next request.
            server.Seen.Enqueue(new SeenRequest(
                context.Request.Method, context.Request.GetEncodedPathAndQuery(), body,
                new HeaderDictionary(new Dictionary<string, StringValues>(context.Request.Headers, StringComparer.OrdinalIgnoreCase))));
            await answer(context);
        });
        await app.StartAsync();
        return server;
    }

    public KubeClient Client(KubeClientOptions? options = null, TimeProvider? time = null, string? token = null) =>
        KubeConnection.ToServer(Url, token, null, options ?? new KubeClientOptions { RetryDelay = TimeSpan.FromMilliseconds(1) }, time);

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();
}

/// <summary>Answers of an API server.</summary>
internal static class Answers
{
    public static bool IsWatch(this HttpContext context) => context.Request.Query["watch"] == "true";

    public static Task JsonAsync(this HttpContext context, string json, int status = 200)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        return context.Response.WriteAsync(json, context.RequestAborted);
    }

    public static Task StatusAsync(this HttpContext context, int code, string reason, string message = "no", string details = "{}") => context.JsonAsync(
        $$"""{"kind":"Status","apiVersion":"v1","status":"Failure","message":"{{message}}","reason":"{{reason}}","details":{{details}},"code":{{code}}}""", code);

    public static string Object(string name, int version, string uid = "", string extra = "") =>
        $$$"""{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"{{{name}}}","namespace":"default","uid":"{{{(uid.Length > 0 ? uid : "uid-" + name)}}}","resourceVersion":"{{{version}}}"{{{extra}}}}}""";

    public static string List(int version, IEnumerable<string> items, string next = "") =>
        $$$"""{"apiVersion":"v1","kind":"ConfigMapList","metadata":{"resourceVersion":"{{{version}}}","continue":"{{{next}}}"},"items":[{{{string.Join(',', items)}}}]}""";

    public static string Event(string type, string body) => $$"""{"type":"{{type}}","object":{{body}}}""" + "\n";

    public static async Task SendAsync(this HttpContext context, string text)
    {
        await context.Response.WriteAsync(text, context.RequestAborted);
        await context.Response.Body.FlushAsync(context.RequestAborted);
    }

    /// <summary>Keeps the answer open until the client goes.</summary>
    public static async Task HangAsync(this HttpContext context)
    {
        await context.Response.StartAsync(context.RequestAborted);
        var gone = new TaskCompletionSource();
        await using var registration = context.RequestAborted.Register(() => gone.TrySetResult());
        await gone.Task;
    }
}

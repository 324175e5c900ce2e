using System.Collections.Concurrent;
using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;

namespace GitOpsToolkit.Git.Tests.SmartHttp;

/// <summary>A web server that answers as a test tells it to, and notes who asked for what on which connection.</summary>
internal sealed class ScriptedHost : IAsyncDisposable
{
    public const string AdvertisementType = "application/x-git-upload-pack-advertisement";
    public const string ResultType = "application/x-git-upload-pack-result";
    public const string Id = "1111111111111111111111111111111111111111";

    private readonly WebApplication _app;

    private ScriptedHost(Func<HttpContext, Task> answer)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
            kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http1));
        _app = builder.Build();
        _app.Run(async context =>
        {
            using var body = new StreamReader(context.Request.Body);
            Seen.Enqueue(new SeenRequest(
                $"{context.Request.Method} {context.Request.Path}{context.Request.QueryString}", await body.ReadToEndAsync(),
                context.Request.Headers.Authorization, context.Request.Headers["Git-Protocol"], context.Connection.Id));
            await answer(context);
        });
    }

    public ConcurrentQueue<SeenRequest> Seen { get; } = new();

    public string Url { get; private set; } = "";

    public static async Task<ScriptedHost> StartAsync(Func<HttpContext, Task> answer)
    {
        var host = new ScriptedHost(answer);
        await host._app.StartAsync();
        host.Url = host._app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single() + "/app.git";
        return host;
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    /// <summary>The text as pkt-lines: <c>0000</c>, <c>0001</c> and <c>0002</c> stand for themselves.</summary>
    public static string Lines(params string[] lines) =>
        string.Concat(lines.Select(line => line is "0000" or "0001" or "0002" ? line : $"{Encoding.UTF8.GetByteCount(line) + 4:x4}{line}"));

    public static Task SayAsync(HttpContext context, string type, string text, int status = 200)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = type;
        return context.Response.WriteAsync(text);
    }

    /// <summary>Answers as a server of version 2 does, with these lines as its references.</summary>
    public static Func<HttpContext, Task> Version2(params string[] refs) => context => HttpMethods.IsGet(context.Request.Method)
        ? SayAsync(context, AdvertisementType, Lines("version 2\n", "agent=git/2.39\n", "ls-refs=unborn\n", "fetch=shallow\n", "object-format=sha1\n", "0000"))
        : SayAsync(context, ResultType, Lines([.. refs, "0000"]));

    internal sealed record SeenRequest(string Line, string Body, string? Authorization, string? Protocol, string Connection);
}

using System.IO.Compression;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace GitOpsToolkit.Sandbox.Git;

/// <summary>Takes a request apart: which repository, may the client, is it a push; then git answers.</summary>
internal sealed class RequestHandler(GitServer server, GitServerOptions options, RepositoryStore store, HttpBackend backend, ILogger logger)
{
    private const string Advertisement = "/info/refs";
    private const string ReceivePack = "/git-receive-pack";

    public async Task HandleAsync(HttpContext context)
    {
        using var deadline = new CancellationTokenSource(options.Deadline, options.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, deadline.Token);
        var request = context.Request;
        var recorded = false;
        void Record()
        {
            if (!recorded)
            {
                recorded = true;
                server.Record(new GitRequest(request.Method, request.Path.Value ?? "", request.QueryString.Value ?? "", context.Response.StatusCode));
            }
        }

        // With the answer's beginning, so that whoever has the answer finds its request recorded.
        context.Response.OnStarting(() =>
        {
            Record();
            return Task.CompletedTask;
        });
        try
        {
            await RouteAsync(context, either.Token);
        }
        catch (OperationCanceledException)
        {
            context.Abort();
        }
        catch (Exception error) when (error is InvalidDataException or IOException or BadHttpRequestException)
        {
            logger.LogDebug(error, "{Method} {Path} failed.", request.Method, request.Path);
            Refuse(context, StatusCodes.Status400BadRequest);
        }
        finally
        {
            Record();
        }
    }

    private async Task RouteAsync(HttpContext context, CancellationToken cancel)
    {
        if (Split(context.Request.Path.Value ?? "") is not { } route || IsDumb(context.Request, route.Service))
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        var (repository, service) = route;

        // The access rule comes first: whether a repository exists is not told to everybody.
        if (server.AccessOf(repository) is { } access && !Authorization.Allows(access, context.Request.Headers.Authorization))
        {
            context.Response.Headers.WWWAuthenticate = Authorization.Challenge(access);
            context.Response.StatusCode = StatusCodes.Status401Unauthorized;
            return;
        }

        if (!store.Exists(repository))
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        var zipped = context.Request.Headers.ContentEncoding.ToString().Equals("gzip", StringComparison.OrdinalIgnoreCase);
        await using var inflated = zipped ? new GZipStream(context.Request.Body, CompressionMode.Decompress) : null;
        var body = inflated ?? context.Request.Body;
        var path = $"/{repository}.git{service}";
        if (service == ReceivePack && HttpMethods.IsPost(context.Request.Method))
        {
            await PushAsync(context, repository, path, body, cancel);
            return;
        }

        await backend.RunAsync(context, path, default, body, cancel);
    }

    private async Task PushAsync(HttpContext context, string repository, string path, Stream body, CancellationToken cancel)
    {
        var request = await ReceivePackRequest.ReadAsync(body, cancel);
        var push = new GitPush(repository, request.Updates, request.Options);
        if (request.Updates.Count > 0 && options.PreReceive is { } decide && await decide(push, cancel) is { } refusal)
        {
            await body.CopyToAsync(Stream.Null, cancel);
            context.Response.ContentType = "application/x-git-receive-pack-result";
            await context.Response.Body.WriteAsync(ReceivePackReport.Declined(request, refusal), cancel);
            return;
        }

        var gate = store.PushGate(repository);
        IReadOnlyList<GitRefUpdate> taken;
        await gate.WaitAsync(cancel);
        try
        {
            var before = await store.RefsAsync(repository, cancel);
            await backend.RunAsync(context, path, request.Head, body, cancel);
            var after = await store.RefsAsync(repository, cancel);
            taken = [.. request.Updates.Where(update => TookEffect(update, before, after))];
        }
        finally
        {
            gate.Release();
        }

        if (taken.Count > 0)
        {
            // The client has its answer before anybody else hears of the push.
            await context.Response.CompleteAsync();
            server.Announce(push with { Updates = taken });
        }
    }

    private static bool TookEffect(GitRefUpdate update, IReadOnlyDictionary<string, string> before, IReadOnlyDictionary<string, string> after)
    {
        var (was, now) = (before.GetValueOrDefault(update.Name), after.GetValueOrDefault(update.Name));
        return was != now && (update.IsDeletion ? now is null : now == update.New);
    }

    /// <summary>Splits <c>/org/app.git/info/refs</c> (or without <c>.git</c>) into the repository and the rest.</summary>
    private static (string Repository, string Service)? Split(string path)
    {
        string[] ends = [Advertisement, "/git-upload-pack", ReceivePack];
        if (Array.Find(ends, end => path.EndsWith(end, StringComparison.Ordinal)) is not { } rest)
        {
            return null;
        }

        var name = path[..^rest.Length].TrimStart('/');
        name = name.EndsWith(".git", StringComparison.Ordinal) ? name[..^4] : name;
        return RepositoryStore.IsName(name) ? (name, rest) : null;
    }

    /// <summary>The old protocol reads the repository's files; it is not served.</summary>
    private static bool IsDumb(HttpRequest request, string service) =>
        service == Advertisement && request.Query["service"].ToString() is not ("git-upload-pack" or "git-receive-pack");

    private static void Refuse(HttpContext context, int status)
    {
        if (context.Response.HasStarted)
        {
            context.Abort();
            return;
        }

        context.Response.StatusCode = status;
    }
}

using System.Text.Json;
using GitOpsToolkit.Sandbox.ApiServer.Auth;
using GitOpsToolkit.Sandbox.ApiServer.Discovery;
using GitOpsToolkit.Sandbox.ApiServer.Resources;
using GitOpsToolkit.Sandbox.ApiServer.Rights;
using GitOpsToolkit.Sandbox.ApiServer.Storage;
using GitOpsToolkit.Sandbox.ApiServer.Verbs;
using GitOpsToolkit.Sandbox.Machinery;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace GitOpsToolkit.Sandbox.ApiServer.Http;

/// <summary>The way of every request: 1. who is it, 2. is it discovery or a resource, 3. answer, 4. any failure becomes a Status; each is logged first.</summary>
internal sealed class Pipeline(Cluster cluster, Dispatcher dispatcher, DiscoveryHandler discovery, RequestLog log, CancellationToken stopping)
{
    public async Task HandleAsync(HttpContext http)
    {
        var path = RequestPath.Parse(http.Request.Path.Value ?? "/");
        var watch = path is { IsWatch: true } || ApiCall.Flag(http.Request, "watch");
        var verb = path is null ? "" : Dispatcher.VerbOf(http.Request.Method, path, watch);
        var user = cluster.Access.Authenticator.Authenticate(http.Request);
        var recorded = log.Add(number => Entry(number, http, verb, user));
        http.Response.OnStarting(() =>
        {
            recorded.StatusCode = http.Response.StatusCode;
            return Task.CompletedTask;
        });
        http.Response.Headers["Audit-Id"] = cluster.Ids.Uid();
        http.Response.Headers.CacheControl = "no-cache, private";
        try
        {
            await AnswerAsync(http, path, verb, user);
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            // The client has gone: there is nobody to answer to.
        }
        catch (Exception e)
        {
            await FailAsync(http, e);
        }
    }

    private async Task AnswerAsync(HttpContext http, RequestPath? path, string verb, UserInfo? user)
    {
        var authorizer = cluster.Access.Authorizer;
        if (user is null || !authorizer.KnowsAnonymous && user == UserInfo.Anonymous && !DiscoveryHandler.IsPublic(http.Request.Path.Value ?? ""))
        {
            throw ApiError.Unauthorized();
        }

        var acting = Impersonation.Resolve(user, http.Request.Headers, authorizer);
        authorizer.Require(AccessRequest.Of(http.Request, path, verb, acting));
        if (path is not null && cluster.Registry.Find(path.Group, path.Version, path.Plural) is { } resource && IsServed(resource, path))
        {
            var call = new ApiCall(http, path, resource, acting);
            await DispatchAsync(call, verb);
            return;
        }

        if (!await discovery.TryAnswerAsync(http))
        {
            if (IsServed(http.Request.Path.Value ?? ""))
            {
                throw ApiError.NotFoundPath();
            }

            await PlainAsync(http, 404, "404 page not found\n");
        }
    }

    // A custom resource is not there on a path of the other scope; a built-in one is, and says what is wrong.
    private static bool IsServed(ResourceDefinition resource, RequestPath path) => resource.Custom is null
        || resource.Namespaced == path.Namespace.Length > 0 || (resource.Namespaced && path.Name.Length == 0);

    // A refusal carries the warnings, too.
    private async Task DispatchAsync(ApiCall call, string verb)
    {
        try
        {
            await dispatcher.RunAsync(call, verb, stopping);
        }
        catch when (!call.Http.Response.HasStarted)
        {
            Responder.WriteWarnings(call);
            throw;
        }
    }

    private static Task PlainAsync(HttpContext http, int code, string text)
    {
        http.Response.StatusCode = code;
        http.Response.ContentType = "text/plain; charset=utf-8";
        http.Response.Headers.XContentTypeOptions = "nosniff";
        return http.Response.WriteAsync(text, http.RequestAborted);
    }

    /// <summary>Whether the path belongs to a group of the server's own: what is missing there is told as a Status, elsewhere as plain text.</summary>
    private bool IsServed(string path) => path.Split('/') switch
    {
        ["", "api", ..] => true,
        ["", "apis", var group, ..] => cluster.Registry.All.Any(d => d.Custom is null && d.Group == group),
        _ => false,
    };

    private async Task FailAsync(HttpContext http, Exception failure)
    {
        if (http.Response.HasStarted)
        {
            http.Abort();
            return;
        }

        if (failure is IncompleteImpersonationException incomplete)
        {
            var text = $"Internal Server Error: \"{http.Request.Path}{http.Request.QueryString}\": {incomplete.Message}\n";
            await PlainAsync(http, 500, text);
            return;
        }

        if (failure is ExpiredListError expired)
        {
            await Responder.WriteAsync(http, 410, JsonText.Bytes(expired.ToStatus()), Accepted.Json);
            return;
        }

        var error = failure switch
        {
            ApiError known => known,
            StatusException refusal => ApiError.From(refusal),
            JsonException json => ApiError.BadRequest(json.Message),
            BadHttpRequestException { StatusCode: 413 } => ApiError.TooLarge(cluster.Options.MaxRequestBytes),
            BadHttpRequestException bad => ApiError.BadRequest(bad.Message),
            _ => Unexpected(http, failure),
        };
        await Responder.WriteAsync(http, error);
    }

    private ApiError Unexpected(HttpContext http, Exception failure)
    {
        cluster.Logger.LogError(failure, "{Method} {Path} failed unexpectedly", http.Request.Method, http.Request.Path);
        return ApiError.Internal($"{failure.GetType().Name}: {failure.Message}");
    }

    private RecordedRequest Entry(long number, HttpContext http, string verb, UserInfo? user)
    {
        var headers = http.Request.Headers;
        return new()
        {
            Number = number,
            Time = cluster.Ids.Now,
            Method = http.Request.Method,
            Path = http.Request.Path.Value ?? "/",
            Query = http.Request.QueryString.Value ?? "",
            Verb = verb,
            UserAgent = headers.UserAgent.ToString(),
            ContentType = headers.ContentType.ToString(),
            User = user?.Name ?? "",
            ImpersonatedUser = headers["Impersonate-User"].ToString() is { Length: > 0 } name ? name : null,
            ImpersonatedGroups = [.. headers["Impersonate-Group"].OfType<string>()],
        };
    }
}

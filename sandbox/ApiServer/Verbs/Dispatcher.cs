using GitOpsToolkit.Sandbox.ApiServer.Http;
using GitOpsToolkit.Sandbox.ApiServer.Objects;
using GitOpsToolkit.Sandbox.ApiServer.Resources;

namespace GitOpsToolkit.Sandbox.ApiServer.Verbs;

/// <summary>From method and path to the verb.</summary>
internal sealed class Dispatcher
{
    private readonly Cluster cluster;
    private readonly Responder responder;
    private readonly WriteVerbs writes;
    private readonly PatchVerb patches;
    private readonly DeleteVerbs deletes;
    private readonly ListVerb lists;
    private readonly WatchVerb watches;
    private readonly ScaleVerb scales;
    private readonly BindingVerb bindings;
    private readonly AccessReviewVerb reviews;
    private readonly TokenVerbs tokens;

    public Dispatcher(Cluster cluster, ObjectWriter writer, ObjectDeleter deleter, Responder responder)
    {
        this.cluster = cluster;
        this.responder = responder;
        lists = new(cluster);
        watches = new(cluster);
        writes = new(cluster, writer);
        patches = new(cluster, writer);
        deletes = new(cluster, deleter, lists);
        scales = new(cluster, writer);
        bindings = new(cluster, writer);
        reviews = new(cluster);
        tokens = new(cluster);
    }

    /// <summary>The Kubernetes verb of a request; empty where the method is none.</summary>
    public static string VerbOf(string method, RequestPath path, bool watch) => method switch
    {
        "GET" or "HEAD" when path.IsWatch || watch && path.Name.Length == 0 => "watch",
        "GET" or "HEAD" => path.Name.Length > 0 ? "get" : "list",
        "POST" => "create",
        "PUT" => "update",
        "PATCH" => "patch",
        "DELETE" => path.Name.Length > 0 ? "delete" : "deletecollection",
        _ => "",
    };

    public async Task RunAsync(ApiCall call, string verb, CancellationToken stopping)
    {
        Check(call, verb);
        if (verb == "watch")
        {
            await watches.WatchAsync(call, responder, stopping);
            return;
        }

        if (call.Resource.Custom?.DeprecationWarning is { } deprecated)
        {
            call.Warn(deprecated);
        }

        // An answer that the client cannot take must not be found out after the write.
        _ = call.Accept(isList: verb is "list" or "deletecollection");
        await responder.WriteAsync(call, await AnswerAsync(call, verb));
    }

    private async Task<Reply> AnswerAsync(ApiCall call, string verb) => (verb, call.Subresource) switch
    {
        ("get", "scale") => scales.Get(call),
        ("update", "scale") => await scales.UpdateAsync(call),
        ("patch", "scale") => await scales.PatchAsync(call),
        ("create", "binding") => await bindings.CreateAsync(call),
        ("create", "token") => await tokens.RequestAsync(call),
        ("create", _) when call.Resource is { IsVirtual: true, Group: "authentication.k8s.io" } => await tokens.CreateAsync(call),
        ("create", _) when call.Resource.IsVirtual => await reviews.CreateAsync(call),
        ("get", _) => lists.Get(call),
        ("list", _) => lists.List(call),
        ("create", _) => await writes.CreateAsync(call),
        ("update", _) => await writes.UpdateAsync(call),
        ("patch", _) => await patches.PatchAsync(call),
        ("delete", _) => await deletes.DeleteAsync(call),
        ("deletecollection", _) => await deletes.DeleteCollectionAsync(call),
        _ => throw call.Resource.NotSupported(verb),
    };

    /// <summary>What needs a running container says so: a bare 404 of <c>kubectl logs</c> would look like a fault.</summary>
    private static ApiError Absent(ResourceDefinition resource, string subresource) =>
        resource is { Group: "", Plural: "pods" } && subresource is "log" or "exec" or "attach" or "portforward" or "proxy"
            ? new ApiError(501, "NotImplemented", $"the sandbox simulates pods and runs no containers: there is no \"{subresource}\" of a pod", [])
            : ApiError.NotFoundPath();

    // A custom kind without the subresource answers as if the object were not there.
    private static ApiError Undeclared(ApiCall call) =>
        call.Resource.Custom is null ? ApiError.NotFoundPath() : call.Resource.NotFound(call.Name);

    private static void Check(ApiCall call, string verb)
    {
        var resource = call.Resource;
        var scoped = call.Namespace.Length > 0;
        if (resource.IsVirtual && call.Name.Length > 0 || scoped && !resource.Namespaced || !scoped && resource.Namespaced && call.Name.Length > 0)
        {
            throw ApiError.NotFoundPath();
        }

        var allowed = call.Subresource switch
        {
            "" => resource.Allows(verb),
            "status" => resource.HasStatus ? verb is "get" or "update" or "patch" : throw Undeclared(call),
            "scale" => resource.HasScale ? verb is "get" or "update" or "patch" : throw Undeclared(call),
            var other => resource.Others.FirstOrDefault(o => o.Name == other) is { } sub
                ? sub.Verbs.Contains(verb, StringComparer.Ordinal)
                : throw Absent(resource, other),
        };
        var postOnName = verb == "create" && call.Name.Length > 0 && call.Subresource.Length == 0;
        var namedAll = verb is "create" or "deletecollection" && resource.Namespaced && !scoped;
        allowed &= call.Http.Request.Method != "HEAD";
        if (!allowed || postOnName || namedAll || verb is "update" or "patch" && call.Name.Length == 0)
        {
            throw new ApiError(405, "MethodNotAllowed", "the server does not allow this method on the requested resource", []);
        }
    }
}

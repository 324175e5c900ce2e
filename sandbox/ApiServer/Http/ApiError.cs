using System.Text.Json.Nodes;
using GitOpsToolkit.Sandbox.Machinery;

namespace GitOpsToolkit.Sandbox.ApiServer.Http;

/// <summary>A failure which the client gets as a metav1.Status. The factories are the well-known errors with their exact texts.</summary>
internal sealed class ApiError(int code, string reason, string message, JsonObject? details = null) : Exception(message)
{
    public int Code => code;

    public string Reason => reason;

    /// <summary>After how many seconds the client may try again; null where that is not said.</summary>
    public long? RetryAfter => details?["retryAfterSeconds"] is JsonValue seconds ? Json.Integer(seconds) : null;

    public JsonObject ToStatus()
    {
        var status = new JsonObject
        {
            ["kind"] = "Status",
            ["apiVersion"] = "v1",
            ["metadata"] = new JsonObject(),
            ["status"] = "Failure",
            ["message"] = Message,
        };
        if (reason.Length > 0)
        {
            status["reason"] = reason;
        }

        if (details is not null)
        {
            status["details"] = details.DeepClone();
        }

        status["code"] = code;
        return status;
    }

    public static ApiError BadRequest(string message) => new(400, "BadRequest", message);

    public static ApiError Unauthorized() => new(401, "Unauthorized", "Unauthorized");

    public static ApiError Forbidden(string qualifiedResource, string group, string plural, string name, string why)
    {
        var message = (qualifiedResource.Length, name.Length) switch
        {
            (0, _) => $"forbidden: {why}",
            (_, 0) => $"{qualifiedResource} is forbidden: {why}",
            _ => $"{qualifiedResource} \"{name}\" is forbidden: {why}",
        };
        return new(403, "Forbidden", message, Details(name, group, plural));
    }

    public static ApiError NamespaceTerminating(string qualifiedResource, string group, string plural, string name, string space)
    {
        var details = Details(name, group, plural);
        details["causes"] = Array([new StatusCause("NamespaceTerminating", $"namespace {space} is being terminated", "metadata.namespace")]);
        var why = $"unable to create new content in namespace {space} because it is being terminated";
        return new(403, "Forbidden", $"{qualifiedResource} \"{name}\" is forbidden: {why}", details);
    }

    public static ApiError NotFound(string qualifiedResource, string group, string plural, string name) =>
        new(404, "NotFound", $"{qualifiedResource} \"{name}\" not found", Details(name, group, plural));

    public static ApiError NotFoundPath() =>
        new(404, "NotFound", "the server could not find the requested resource", new JsonObject());

    public static ApiError MethodNotAllowed(string verb, string qualifiedResource, string group, string plural) =>
        new(405, "MethodNotAllowed", $"{verb} is not supported on resources of kind \"{qualifiedResource}\"", Details("", group, plural));

    public static ApiError NotAcceptable(params string[] accepted) =>
        new(406, "NotAcceptable", "only the following media types are accepted: " + string.Join(", ", accepted));

    public static ApiError AlreadyExists(string qualifiedResource, string group, string plural, string name) =>
        new(409, "AlreadyExists", $"{qualifiedResource} \"{name}\" already exists", Details(name, group, plural));

    public static ApiError Conflict(string qualifiedResource, string group, string plural, string name, string why) =>
        new(409, "Conflict", $"Operation cannot be fulfilled on {qualifiedResource} \"{name}\": {why}", Details(name, group, plural));

    public static ApiError Modified(string qualifiedResource, string group, string plural, string name) =>
        Conflict(qualifiedResource, group, plural, name,
            "the object has been modified; please apply your changes to the latest version and try again");

    public static ApiError Expired(string message) => new(410, "Expired", message);

    public static ApiError TooLarge(int limit) =>
        new(413, "RequestEntityTooLarge", $"Request entity too large: limit is {limit}");

    public static ApiError UnsupportedMediaType(params string[] accepted) =>
        new(415, "UnsupportedMediaType",
            "the body of the request was in an unknown format - accepted media types include: " + string.Join(", ", accepted));

    public static ApiError Invalid(string group, string kind, string name, IReadOnlyList<FieldError> errors) =>
        From(StatusException.Invalid(group, kind, name, errors));

    /// <summary>A refusal by the machinery.</summary>
    public static ApiError From(StatusException refusal)
    {
        var details = Details(refusal.DetailsName ?? "", refusal.DetailsGroup ?? "", refusal.DetailsKind ?? "");
        if (refusal.Causes.Count > 0)
        {
            details["causes"] = Array(refusal.Causes);
        }

        return new(refusal.Code, refusal.Reason, refusal.Message, details.Count > 0 || refusal.Code == 422 ? details : null);
    }

    public static ApiError Internal(string message) => new(500, "InternalError", "Internal error occurred: " + message,
        new JsonObject { ["causes"] = new JsonArray(new JsonObject { ["message"] = message }) });

    private static JsonArray Array(IEnumerable<StatusCause> causes) => new([.. causes.Select(JsonNode (c) => Cause(c))]);

    private static JsonObject Cause(StatusCause cause)
    {
        var node = new JsonObject { ["reason"] = cause.Reason, ["message"] = cause.Message };
        if (cause.Field.Length > 0)
        {
            node["field"] = cause.Field;
        }

        return node;
    }

    private static JsonObject Details(string name, string group, string kind)
    {
        var details = new JsonObject();
        if (name.Length > 0)
        {
            details["name"] = name;
        }

        if (group.Length > 0)
        {
            details["group"] = group;
        }

        if (kind.Length > 0)
        {
            details["kind"] = kind;
        }

        return details;
    }
}

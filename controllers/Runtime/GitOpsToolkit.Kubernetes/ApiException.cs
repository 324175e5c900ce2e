using System.Net;
using System.Text.Json;

namespace GitOpsToolkit.Kubernetes;

/// <summary>One cause in the details of a refusal.</summary>
/// <param name="Reason">The machine-readable cause, such as <c>FieldValueInvalid</c> or <c>FieldManagerConflict</c>.</param>
/// <param name="Field">The JSON path of the field, or the empty string.</param>
/// <param name="Message">The server's words.</param>
public sealed record ApiCause(string Reason, string Field, string Message);

/// <summary>An answer of the API server other than success. Its message never holds a credential or a request body.</summary>
public sealed class ApiException : Exception
{
    /// <summary>Creates the exception from its parts.</summary>
    public ApiException(
        HttpStatusCode code, string reason, string message, IReadOnlyList<ApiCause>? causes = null, TimeSpan? retryAfter = null, Exception? inner = null)
        : base(message, inner)
    {
        Code = code;
        Reason = reason;
        Causes = causes ?? [];
        RetryAfter = retryAfter;
    }

    /// <summary>The reason of an exception that stands for no answer at all: refused or broken off (code 503), out of time (code 408).</summary>
    public const string NoAnswer = "NoAnswer";

    /// <summary>The reason of an exception that stands for an answer which is no JSON or too large. Its code is 502.</summary>
    public const string BadAnswer = "BadAnswer";

    /// <summary>The HTTP status code.</summary>
    public HttpStatusCode Code { get; }

    /// <summary>The <c>reason</c> of the Status object, such as <c>NotFound</c>, <c>Conflict</c>, <c>Invalid</c>, or the empty string.</summary>
    public string Reason { get; }

    /// <summary>The causes in the Status object's details.</summary>
    public IReadOnlyList<ApiCause> Causes { get; }

    /// <summary>How long the server asks to wait, or null.</summary>
    public TimeSpan? RetryAfter { get; }

    /// <summary>The object or its kind does not exist.</summary>
    public bool IsNotFound => Code == HttpStatusCode.NotFound;

    /// <summary>A write lost against another one, or a field belongs to another manager.</summary>
    public bool IsConflict => Code == HttpStatusCode.Conflict && !IsAlreadyExists;

    /// <summary>An object to be created exists already.</summary>
    public bool IsAlreadyExists => Code == HttpStatusCode.Conflict && Reason == "AlreadyExists";

    /// <summary>The object does not hold to its schema or to a rule.</summary>
    public bool IsInvalid => Code == HttpStatusCode.UnprocessableEntity || Reason == "Invalid";

    /// <summary>The request itself was malformed.</summary>
    public bool IsBadRequest => Code == HttpStatusCode.BadRequest;

    /// <summary>The identity may not do this.</summary>
    public bool IsForbidden => Code == HttpStatusCode.Forbidden;

    /// <summary>The identity is unknown.</summary>
    public bool IsUnauthorized => Code == HttpStatusCode.Unauthorized;

    /// <summary>The resourceVersion or continue token is too old: list again.</summary>
    public bool IsExpired => Code == HttpStatusCode.Gone || Reason is "Expired" or "Gone";

    /// <summary>The server is overloaded, restarting or has no answer in time; the same request may succeed later.</summary>
    public bool IsTransient => (int)Code >= 500 || Code is HttpStatusCode.TooManyRequests or HttpStatusCode.RequestTimeout;

    /// <summary>The kind is not served: the 404 of a path instead of an object.</summary>
    public bool IsUnknownKind => IsNotFound && Reason != "NotFound";

    /// <summary>Reads a Status object, as an answer's body or as the object of an ERROR event.</summary>
    /// <param name="what">What was asked for, such as <c>GET pods default/web</c>.</param>
    /// <param name="code">The HTTP status of the answer, or null to take the Status object's own.</param>
    /// <param name="status">The body, of any shape.</param>
    /// <param name="retryAfter">The Retry-After header's value, or null.</param>
    public static ApiException FromStatus(string what, HttpStatusCode? code, JsonElement status, TimeSpan? retryAfter = null)
    {
        var isStatus = status.ValueKind == JsonValueKind.Object;
        var bodyCode = isStatus && status.TryGetProperty("code", out var c) && c.TryGetIntegral(out var n) ? (HttpStatusCode)n : (HttpStatusCode?)null;
        var finalCode = code ?? bodyCode ?? HttpStatusCode.InternalServerError;
        var message = isStatus ? status.Text("message") : string.Empty;
        var causes = new List<ApiCause>();
        if (isStatus && status.TryGetProperty("details", out var details) && details.ValueKind == JsonValueKind.Object)
        {
            if (details.TryGetProperty("retryAfterSeconds", out var seconds) && seconds.TryGetIntegral(out var s) && s > 0)
            {
                retryAfter ??= TimeSpan.FromSeconds(Math.Min(s, 3600));
            }

            foreach (var cause in details.Array("causes"))
            {
                causes.Add(new ApiCause(cause.Text("reason"), cause.Text("field"), cause.Text("message")));
            }
        }

        var text = message.Length > 0 ? message : $"{what}: the server answered {(int)finalCode} {finalCode}";
        return new ApiException(finalCode, isStatus ? status.Text("reason") : string.Empty, text, causes, retryAfter);
    }
}

namespace GitOpsToolkit.Sandbox.Machinery;

/// <summary>One entry of <c>status.details.causes</c>.</summary>
/// <param name="Reason">Machine-readable reason such as <c>FieldValueRequired</c>.</param>
/// <param name="Message">Message without the field.</param>
/// <param name="Field">Path of the field, possibly empty.</param>
public sealed record StatusCause(string Reason, string Message, string Field);

/// <summary>A refusal that the API server answers with a <c>Status</c> object.</summary>
public sealed class StatusException : Exception
{
    /// <summary>Makes a refusal.</summary>
    /// <param name="code">HTTP status code.</param>
    /// <param name="reason">Reason such as <c>Invalid</c>, <c>BadRequest</c>, <c>Conflict</c>.</param>
    /// <param name="message">Message for the user.</param>
    /// <param name="causes">Causes for <c>details.causes</c>.</param>
    public StatusException(int code, string reason, string message, IReadOnlyList<StatusCause>? causes = null)
        : base(message)
    {
        Code = code;
        Reason = reason;
        Causes = causes ?? [];
    }

    /// <summary>HTTP status code.</summary>
    public int Code { get; }

    /// <summary>Machine-readable reason.</summary>
    public string Reason { get; }

    /// <summary>Causes, possibly none.</summary>
    public IReadOnlyList<StatusCause> Causes { get; }

    /// <summary>Group of the object in <c>details.group</c>, if the refusal names an object.</summary>
    public string? DetailsGroup { get; init; }

    /// <summary>Kind of the object in <c>details.kind</c>, if the refusal names an object.</summary>
    public string? DetailsKind { get; init; }

    /// <summary>Name of the object in <c>details.name</c>, if the refusal names an object.</summary>
    public string? DetailsName { get; init; }

    /// <summary>400 with reason <c>BadRequest</c>.</summary>
    public static StatusException BadRequest(string message) => new(400, "BadRequest", message);

    /// <summary>422 for field errors, worded <c>Kind.group "name" is invalid: …</c>.</summary>
    public static StatusException Invalid(string group, string kind, string name, IReadOnlyList<FieldError> errors)
    {
        var qualified = group.Length == 0 ? kind : $"{kind}.{group}";
        var causes = errors.Select(e => new StatusCause(e.Reason, e.Body, e.Field)).ToList();
        return new StatusException(422, "Invalid", $"{qualified} \"{name}\" is invalid: {FieldError.Join(errors)}", causes)
        {
            DetailsGroup = group,
            DetailsKind = kind,
            DetailsName = name,
        };
    }

    /// <summary>409 of server-side apply; every cause has reason <c>FieldManagerConflict</c>.</summary>
    public static StatusException ApplyConflict(string message, IReadOnlyList<StatusCause> causes) => new(409, "Conflict", message, causes);

    /// <summary>422 for a patch that cannot be applied, worded as the API server does.</summary>
    public static StatusException Unprocessable(string message) => new(422, "Invalid", message);

    /// <summary>500 with reason <c>InternalError</c>.</summary>
    public static StatusException Internal(string message) => new(500, "InternalError", $"Internal error occurred: {message}");
}

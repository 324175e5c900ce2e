using System.Text.Json;
using System.Text.Json.Nodes;

namespace GitOpsToolkit.Sandbox.Machinery;

/// <summary>The kinds of field errors of the Kubernetes API, by the reason that a status cause carries.</summary>
public enum FieldErrorType
{
    /// <summary>A value is malformed or out of its bounds.</summary>
    Invalid,

    /// <summary>A value that must be given is missing.</summary>
    Required,

    /// <summary>A value is not one of the allowed ones.</summary>
    NotSupported,

    /// <summary>A value occurs twice where it must be unique.</summary>
    Duplicate,

    /// <summary>A value may not be set here.</summary>
    Forbidden,

    /// <summary>A text is longer than allowed.</summary>
    TooLong,

    /// <summary>A list or map has more entries than allowed.</summary>
    TooMany,

    /// <summary>A value has the wrong JSON type.</summary>
    TypeInvalid,

    /// <summary>A referenced thing does not exist.</summary>
    NotFound,
}

/// <summary>One fault of one field, formatted as the Kubernetes API server does.</summary>
/// <param name="Type">What is wrong.</param>
/// <param name="Field">Path of the field, such as <c>spec.ports[0].port</c>.</param>
/// <param name="Value">The offending value rendered as the server would (already quoted where it quotes), or null where none is shown.</param>
/// <param name="Detail">Explanation, possibly empty.</param>
public sealed record FieldError(FieldErrorType Type, string Field, string? Value, string Detail)
{
    /// <summary>The reason code that goes into <c>status.details.causes[].reason</c>.</summary>
    public string Reason => Type switch
    {
        FieldErrorType.Required => "FieldValueRequired",
        FieldErrorType.NotSupported => "FieldValueNotSupported",
        FieldErrorType.Duplicate => "FieldValueDuplicate",
        FieldErrorType.Forbidden => "FieldValueForbidden",
        FieldErrorType.TooLong => "FieldValueTooLong",
        FieldErrorType.TooMany => "FieldValueTooMany",
        FieldErrorType.TypeInvalid => "FieldValueTypeInvalid",
        FieldErrorType.NotFound => "FieldValueNotFound",
        _ => "FieldValueInvalid",
    };

    /// <summary>The message without the field's path, as in a status cause.</summary>
    public string Body
    {
        get
        {
            var text = Type switch
            {
                FieldErrorType.Required => "Required value",
                FieldErrorType.NotSupported => $"Unsupported value: {Value}",
                FieldErrorType.Duplicate => Value is null ? "Duplicate value" : $"Duplicate value: {Value}",
                FieldErrorType.Forbidden => "Forbidden",
                FieldErrorType.TooLong => "Too long",
                FieldErrorType.TooMany => $"Too many: {Value}",
                FieldErrorType.NotFound => $"Not found: {Value}",
                _ when Value is null => "Invalid value",
                _ => $"Invalid value: {Value}",
            };
            return Detail.Length == 0 ? text : $"{text}: {Detail}";
        }
    }

    /// <summary>Path and message.</summary>
    public override string ToString() => $"{Field}: {Body}";

    /// <summary>A malformed value.</summary>
    public static FieldError Invalid(string field, JsonNode? value, string detail) =>
        new(FieldErrorType.Invalid, field, Render(value), detail);

    /// <summary>A malformed text.</summary>
    public static FieldError InvalidText(string field, string value, string detail) =>
        new(FieldErrorType.Invalid, field, GoText.Quote(value), detail);

    /// <summary>A missing value.</summary>
    public static FieldError Required(string field, string detail = "") => new(FieldErrorType.Required, field, null, detail);

    /// <summary>A value that may not be set.</summary>
    public static FieldError Forbidden(string field, string detail) => new(FieldErrorType.Forbidden, field, null, detail);

    /// <summary>A repeated value.</summary>
    public static FieldError Duplicate(string field, JsonNode? value) => new(FieldErrorType.Duplicate, field, Render(value), "");

    /// <summary>A value outside the closed set <paramref name="supported"/>.</summary>
    public static FieldError NotSupported(string field, JsonNode? value, IEnumerable<string> supported) =>
        new(FieldErrorType.NotSupported, field, Render(value), SupportedText(supported));

    /// <summary>A text that exceeds <paramref name="limit"/> bytes.</summary>
    public static FieldError TooLong(string field, int limit) =>
        new(FieldErrorType.TooLong, field, null, $"may not be more than {limit} bytes");

    /// <summary>More entries than <paramref name="limit"/>.</summary>
    public static FieldError TooMany(string field, int actual, int limit) =>
        new(FieldErrorType.TooMany, field, actual.ToString(), $"must have at most {limit} items");

    /// <summary>A value of the wrong JSON type.</summary>
    public static FieldError TypeInvalid(string field, JsonNode? value, string detail) =>
        new(FieldErrorType.TypeInvalid, field, RenderTyped(value), detail);

    /// <summary>Joins errors as the server's aggregate does: one alone, several in brackets.</summary>
    public static string Join(IReadOnlyList<FieldError> errors)
    {
        var texts = errors.Select(e => e.ToString()).Distinct(StringComparer.Ordinal).ToList();
        return texts.Count == 1 ? texts[0] : $"[{string.Join(", ", texts)}]";
    }

    private static string SupportedText(IEnumerable<string> supported)
    {
        var quoted = supported.Select(GoText.Quote).ToList();
        return quoted.Count == 0 ? "" : $"supported values: {string.Join(", ", quoted)}";
    }

    // The server prints composite values as JSON where they are API objects, and texts with Go quoting.
    private static string Render(JsonNode? value) => value?.GetValueKind() switch
    {
        null or JsonValueKind.Null => "null",
        JsonValueKind.String => GoText.Quote(value.GetValue<string>()),
        _ => GoText.Json(value),
    };

    private static string RenderTyped(JsonNode? value) => value?.GetValueKind() switch
    {
        null or JsonValueKind.Null => "\"null\"",
        JsonValueKind.Object => "\"object\"",
        JsonValueKind.Array => "\"array\"",
        JsonValueKind.True or JsonValueKind.False => "\"boolean\"",
        JsonValueKind.String => "\"string\"",
        _ => Json.IsInteger(value) ? "\"integer\"" : "\"number\"",
    };
}

using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace GitOpsToolkit.Api.Json;

/// <summary>Times as metav1.Time has them: RFC 3339, UTC, whole seconds.</summary>
internal sealed class TimeConverter : JsonConverter<DateTimeOffset>
{
    /// <summary>Reads RFC 3339: a date, <c>T</c>, a time with optional fraction, and <c>Z</c> or an offset.</summary>
    public static bool TryParse(string? text, out DateTimeOffset value)
    {
        value = default;
        if (text is not { Length: >= 20 } || text[10] != 'T' || (text[^1] != 'Z' && text[^6] is not ('+' or '-')))
        {
            return false;
        }

        return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out value);
    }

    /// <summary>The form that the API server stores.</summary>
    public static string Format(DateTimeOffset value) =>
        value.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var text = reader.TokenType == JsonTokenType.String ? reader.GetString() : null;
        return TryParse(text, out var value) ? value : throw new JsonException($"\"{text}\" is not a time such as 2026-01-31T12:00:00Z");
    }

    public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options) => writer.WriteStringValue(Format(value));
}

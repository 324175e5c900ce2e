using System.Text.Json;
using System.Text.Json.Serialization;
using GitOpsToolkit.Api.Meta;

namespace GitOpsToolkit.Api.Json;

/// <summary>Durations as strings in Go's form.</summary>
internal sealed class GoDurationConverter : JsonConverter<GoDuration>
{
    public override GoDuration Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var text = reader.TokenType == JsonTokenType.String ? reader.GetString() : null;
        return GoDuration.TryParse(text, out var value, out var problem)
            ? value
            : throw new JsonException($"\"{text}\" is not a duration: {problem}");
    }

    public override void Write(Utf8JsonWriter writer, GoDuration value, JsonSerializerOptions options) => writer.WriteStringValue(value.ToString());
}

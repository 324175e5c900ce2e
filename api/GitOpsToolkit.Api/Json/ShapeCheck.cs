using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using GitOpsToolkit.Api.Meta;
using GitOpsToolkit.Api.Schema;

namespace GitOpsToolkit.Api.Json;

/// <summary>Walks JSON alongside the description of a record and notes every difference in shape.</summary>
internal sealed class ShapeCheck(JsonSerializerOptions options)
{
    /// <summary>What the user must put right.</summary>
    public List<ReadError> Errors { get; } = [];

    /// <summary>What is wrong in the status.</summary>
    public List<ReadError> Ignored { get; } = [];

    /// <summary>The paths (as <see cref="WithoutFields"/> has them) that the serializer cannot read.</summary>
    public HashSet<string> Unreadable { get; } = [];

    /// <summary>Checks a whole object.</summary>
    public void Object(JsonElement json, JsonTypeInfo info) => Value(json, info.Type, null, new At("", "", InStatus: false));

    /// <summary>Checks one value; returns whether what contains it can be kept.</summary>
    private bool Value(JsonElement json, Type type, JsonPropertyInfo? property, At at)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (LeafProblem(json, type, property) is { } leaf)
        {
            return leaf.Length == 0 || Refuse(at, leaf);
        }

        var info = options.GetTypeInfo(type);
        return info.Kind switch
        {
            JsonTypeInfoKind.Object when json.ValueKind == JsonValueKind.Object => Fields(json, info, at),
            JsonTypeInfoKind.Enumerable when json.ValueKind == JsonValueKind.Array => Items(json, info.ElementType!, property, at),
            JsonTypeInfoKind.Dictionary when json.ValueKind == JsonValueKind.Object => Entries(json, info.ElementType!, at),
            JsonTypeInfoKind.Enumerable => Refuse(at, $"is {Describe(json)}, not a list"),
            _ => Refuse(at, $"is {Describe(json)}, not an object"),
        };
    }

    private bool Fields(JsonElement json, JsonTypeInfo info, At at)
    {
        foreach (var property in info.Properties)
        {
            if (property.IsExtensionData || property.Get is null)
            {
                continue;
            }

            var child = at.Field(property.Name);
            var present = json.TryGetProperty(property.Name, out var value);
            if (present && value.ValueKind != JsonValueKind.Null)
            {
                // A part of the status that cannot be trusted takes what requires it along.
                if (!Value(value, property.PropertyType, property, child) && at.InStatus && FieldRules.Of(property).IsRequired)
                {
                    Unreadable.Add(at.Key);
                    return false;
                }

                continue;
            }

            if (present)
            {
                // Null is as good as absent, but the serializer refuses it for values that cannot be null.
                Unreadable.Add(child.Key);
            }

            if (FieldRules.Of(property).IsRequired)
            {
                Note(child, "is required");
                if (at.InStatus)
                {
                    Unreadable.Add(at.Key);
                    return false;
                }
            }
        }

        return true;
    }

    private bool Items(JsonElement json, Type elementType, JsonPropertyInfo? property, At at)
    {
        for (var i = 0; i < json.GetArrayLength(); i++)
        {
            Value(json[i], elementType, property, at.Item(i));
        }

        return true;
    }

    private bool Entries(JsonElement json, Type elementType, At at)
    {
        foreach (var entry in json.EnumerateObject())
        {
            Value(entry.Value, elementType, null, at.Field(entry.Name));
        }

        return true;
    }

    private bool Refuse(At at, string message)
    {
        Unreadable.Add(at.Key);
        Note(at, message);
        return false;
    }

    private void Note(At at, string message) => (at.InStatus ? Ignored : Errors).Add(new ReadError(at.Path, message));

    /// <summary>Null when the type is not a leaf, empty when the leaf is fine.</summary>
    private static string? LeafProblem(JsonElement json, Type type, JsonPropertyInfo? property)
    {
        if (type == typeof(string))
        {
            return json.ValueKind == JsonValueKind.String ? "" : $"is {Describe(json)}, not a string";
        }

        if (type == typeof(bool))
        {
            return json.ValueKind is JsonValueKind.True or JsonValueKind.False ? "" : $"is {Describe(json)}, not true or false";
        }

        if (type == typeof(long) || type == typeof(int))
        {
            return IsInteger(json, type) ? "" : $"is {Describe(json)}, not a whole number";
        }

        if (type == typeof(GoDuration))
        {
            return DurationProblem(json, property);
        }

        if (type == typeof(DateTimeOffset))
        {
            return json.ValueKind == JsonValueKind.String && TimeConverter.TryParse(json.GetString(), out _)
                ? ""
                : $"is {Describe(json)}, not a time such as 2026-01-31T12:00:00Z";
        }

        return type == typeof(JsonElement) ? "" : null;
    }

    private static bool IsInteger(JsonElement json, Type type) =>
        json.ValueKind == JsonValueKind.Number && (type == typeof(int) ? json.TryGetInt32(out _) : json.TryGetInt64(out _));

    private static string DurationProblem(JsonElement json, JsonPropertyInfo? property)
    {
        if (json.ValueKind != JsonValueKind.String)
        {
            return $"is {Describe(json)}, not a duration such as 1m30s";
        }

        var text = json.GetString()!;
        if (!GoDuration.TryParse(text, out _, out var problem))
        {
            return $"\"{text}\" is not a duration: {problem}";
        }

        var pattern = property is null ? null : FieldRules.Of(property).Pattern;
        return pattern is null || pattern.IsMatch(text)
            ? ""
            : pattern.ToString() == Patterns.ShortDuration
                ? $"\"{text}\" is not a duration in minutes, seconds or milliseconds, such as 1m30s"
                : $"\"{text}\" is not a duration in hours, minutes, seconds or milliseconds, such as 1h30m";
    }

    private static string Describe(JsonElement json) => json.ValueKind switch
    {
        JsonValueKind.String => $"\"{Shorten(json.GetString()!)}\"",
        JsonValueKind.Number => Shorten(json.GetRawText()),
        JsonValueKind.True => "true",
        JsonValueKind.False => "false",
        JsonValueKind.Array => "a list",
        JsonValueKind.Object => "an object",
        _ => "null",
    };

    private static string Shorten(string text) => text.Length <= 60 ? text : text[..60] + "…";

    /// <summary>A place in the object: for people, and as a key.</summary>
    private sealed record At(string Path, string Key, bool InStatus)
    {
        public At Field(string name) => new(
            Path.Length == 0 ? name : $"{Path}.{name}",
            WithoutFields.Key(Key, name),
            InStatus || (Path.Length == 0 && name == "status"));

        public At Item(int index) => new($"{Path}[{index}]", WithoutFields.Key(Key, index.ToString()), InStatus);
    }
}

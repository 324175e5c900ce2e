using System.Text.Json;
using GitOpsToolkit.Api.Meta;
using GitOpsToolkit.Api.Schema;

namespace GitOpsToolkit.Api.Json;

/// <summary>Reads objects from JSON without ever throwing for what a user can write.</summary>
public static class ToolkitReader
{
    /// <summary>Reads an object and collects all of its errors.</summary>
    /// <typeparam name="T">The kind.</typeparam>
    /// <param name="json">The object as the API server sent it.</param>
    /// <returns>The object as far as it could be read, and the errors with their paths.</returns>
    public static ReadResult<T> Read<T>(JsonElement json)
        where T : ToolkitObject, IToolkitKind
    {
        var info = ToolkitJson.TypeInfo<T>();
        var check = new ShapeCheck(ToolkitJson.Options);
        check.Object(json, info);
        CheckNames<T>(json, check);
        if (json.ValueKind != JsonValueKind.Object)
        {
            return new ReadResult<T>(null, check.Errors, check.Ignored);
        }

        try
        {
            var value = check.Unreadable.Count == 0 ? json.Deserialize(info) : WithoutFields.Copy(json, check.Unreadable).Deserialize(info);
            return new ReadResult<T>(value, check.Errors, check.Ignored);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or NotSupportedException)
        {
            // The check covers every shape that is known; what it missed must still stall this object alone.
            return new ReadResult<T>(null, [.. check.Errors, new ReadError("", e.Message)], check.Ignored);
        }
    }

    private static void CheckNames<T>(JsonElement json, ShapeCheck check)
        where T : IToolkitKind
    {
        CheckName(json, "apiVersion", T.ResourceKind.ApiVersion, check);
        CheckName(json, "kind", T.ResourceKind.Kind, check);
    }

    /// <summary>The items of a list may lack their names; wrong ones are an error.</summary>
    private static void CheckName(JsonElement json, string name, string expected, ShapeCheck check)
    {
        if (json.ValueKind == JsonValueKind.Object
            && json.TryGetProperty(name, out var value)
            && value.ValueKind == JsonValueKind.String
            && value.GetString() != expected)
        {
            check.Errors.Add(new ReadError(name, $"\"{value.GetString()}\" is not {expected}"));
        }
    }
}

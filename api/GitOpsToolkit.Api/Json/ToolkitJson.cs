using System.Collections;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using GitOpsToolkit.Api.Meta;

namespace GitOpsToolkit.Api.Json;

/// <summary>
/// Writes the records as Kubernetes expects them: camel-case names; absent, empty and false values omitted as Go's omitempty does,
/// required fields always written; unknown fields kept.
/// </summary>
public static class ToolkitJson
{
    /// <summary>The serializer options, for use with the records of this assembly only.</summary>
    public static JsonSerializerOptions Options { get; } = CreateOptions();

    /// <summary>The description of a record.</summary>
    /// <typeparam name="T">A record of this assembly.</typeparam>
    /// <returns>What the serializer needs to read and write the record.</returns>
    /// <exception cref="NotSupportedException">The type is not one of the records.</exception>
    public static JsonTypeInfo<T> TypeInfo<T>() => (JsonTypeInfo<T>)Options.GetTypeInfo(typeof(T));

    /// <summary>Turns a record into JSON text.</summary>
    /// <typeparam name="T">A record of this assembly.</typeparam>
    /// <param name="value">The record.</param>
    /// <returns>The text, without insignificant space.</returns>
    public static string ToText<T>(T value) => JsonSerializer.Serialize(value, TypeInfo<T>());

    /// <summary>Turns a record into a tree that can be changed.</summary>
    /// <typeparam name="T">A record of this assembly that is an object in JSON.</typeparam>
    /// <param name="value">The record.</param>
    /// <returns>A tree of its own.</returns>
    public static JsonObject ToNode<T>(T value)
        where T : notnull =>
        JsonSerializer.SerializeToNode(value, TypeInfo<T>())!.AsObject();

    /// <summary>Turns a record into an element.</summary>
    /// <typeparam name="T">A record of this assembly.</typeparam>
    /// <param name="value">The record.</param>
    /// <returns>The element.</returns>
    public static JsonElement ToElement<T>(T value) => JsonSerializer.SerializeToElement(value, TypeInfo<T>());

    /// <summary>Whether two records say the same, lists and maps compared by their content.</summary>
    /// <typeparam name="T">A record of this assembly.</typeparam>
    /// <param name="left">One.</param>
    /// <param name="right">The other.</param>
    /// <returns>True when both are written as the same JSON.</returns>
    public static bool SameContent<T>(T left, T right) => JsonElement.DeepEquals(ToElement(left), ToElement(right));

    private static JsonSerializerOptions CreateOptions()
    {
        var options = new JsonSerializerOptions(ToolkitJsonContext.Default.Options)
        {
            TypeInfoResolver = ToolkitJsonContext.Default.WithAddedModifier(OmitEmpty),
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        };
        options.MakeReadOnly();
        return options;
    }

    private static void OmitEmpty(JsonTypeInfo info)
    {
        foreach (var property in info.Properties)
        {
            if (typeof(ToolkitObject).IsAssignableFrom(info.Type) && property.Name == "status")
            {
                property.ShouldSerialize = static (o, _) => ((ToolkitObject)o).HasStatus;
            }
            else if (!property.IsExtensionData && !FieldRules.Of(property).IsRequired)
            {
                property.ShouldSerialize = static (_, value) => !IsEmpty(value);
            }
        }
    }

    private static bool IsEmpty(object? value) => value switch
    {
        null => true,
        string text => text.Length == 0,
        bool flag => !flag,
        long number => number == 0,
        int number => number == 0,
        ICollection list => list.Count == 0,
        _ => false,
    };
}

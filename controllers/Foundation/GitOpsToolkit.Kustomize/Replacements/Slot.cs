using System.Text.Json.Nodes;

namespace GitOpsToolkit.Kustomize.Replacements;

/// <summary>A place in an object that holds, or can hold, a value.</summary>
/// <param name="Parent">The map or list.</param>
/// <param name="Key">The key in a map; null in a list.</param>
/// <param name="Index">The index in a list.</param>
/// <param name="IsNew">Whether the value was created on the way and has no type yet.</param>
internal readonly record struct Slot(JsonNode Parent, string? Key, int Index, bool IsNew = false)
{
    internal JsonNode? Value
    {
        get => Key is not null ? ((JsonObject)Parent)[Key] : ((JsonArray)Parent)[Index];
    }

    internal void Set(JsonNode? value)
    {
        if (Key is not null)
        {
            ((JsonObject)Parent)[Key] = value;
        }
        else
        {
            ((JsonArray)Parent)[Index] = value;
        }
    }
}

using System.Text.Json;
using System.Text.Json.Nodes;

namespace GitOpsToolkit.Sandbox.Machinery;

/// <summary>Go's names for JSON kinds, as its decoder's messages use them.</summary>
public static class JsonKinds
{
    /// <summary>Such as <c>array</c>.</summary>
    public static string Name(JsonNode? node) => node?.GetValueKind() switch
    {
        JsonValueKind.Object => "object",
        JsonValueKind.Array => "array",
        JsonValueKind.String => "string",
        JsonValueKind.Number => "number",
        JsonValueKind.True or JsonValueKind.False => "bool",
        _ => "null",
    };
}

using System.Text.Json.Nodes;
using static GitOpsToolkit.Sandbox.Machinery.Builtins.BuiltinDefaults;

namespace GitOpsToolkit.Sandbox.Machinery.Builtins;

/// <summary>Defaults of custom resource definitions.</summary>
internal static class DefinitionDefaults
{
    public static void Apply(JsonObject spec)
    {
        var names = Json.Ensure(spec, "names");
        var kind = Json.Text(names, "kind") ?? "";
        if (kind.Length > 0)
        {
            Set(names, "singular", kind.ToLowerInvariant());
            Set(names, "listKind", $"{kind}List");
        }

        Set(Json.Ensure(spec, "conversion"), "strategy", "None");
    }
}

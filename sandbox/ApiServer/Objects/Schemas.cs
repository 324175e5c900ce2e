using System.Text.Json.Nodes;
using GitOpsToolkit.Sandbox.ApiServer.Resources;
using GitOpsToolkit.Sandbox.Machinery;

namespace GitOpsToolkit.Sandbox.ApiServer.Objects;

/// <summary>What the machinery knows of a kind, applied to one object.</summary>
internal static class Schemas
{
    /// <summary>Drops unknown fields and nulls; warns of them or refuses them as the request asks.</summary>
    public static void Decode(ResourceDefinition resource, JsonObject tree, WriteContext context)
    {
        if (resource.Rules is not { } rules)
        {
            return;
        }

        var unknown = rules.Decode(tree);
        foreach (var warning in rules.Enforce(context.Validation, unknown, context.Duplicates))
        {
            context.Warn(warning);
        }
    }

    public static void Default(ResourceDefinition resource, JsonObject tree) => resource.Rules?.Default(tree);

    public static IReadOnlyList<FieldError> Validate(ResourceDefinition resource, JsonObject tree, JsonObject? before, string subresource) =>
        resource.Rules is { } rules ? rules.Validate(tree, before, subresource) : MetaRules.Validate(resource, tree);
}

using System.Text;
using System.Text.Json.Nodes;
using GitOpsToolkit.Sandbox.ApiServer.Http;
using GitOpsToolkit.Sandbox.ApiServer.Resources;
using GitOpsToolkit.Sandbox.ApiServer.Storage;
using GitOpsToolkit.Sandbox.Machinery;
using GitOpsToolkit.Sandbox.Machinery.Apply;
using GitOpsToolkit.Sandbox.Machinery.Patches;

namespace GitOpsToolkit.Sandbox.ApiServer.Objects;

/// <summary>What the machinery knows of a kind, applied to one object.</summary>
internal static class Schemas
{
    /// <summary>Drops unknown fields and nulls; warns of them or refuses them as the request asks.</summary>
    public static void Decode(ResourceDefinition resource, JsonObject tree, WriteContext context)
    {
        var unknown = resource.Rules.Decode(tree);
        foreach (var warning in resource.Rules.Enforce(context.Validation, unknown, context.Duplicates))
        {
            context.Warn(warning);
        }
    }

    /// <summary>The same for what a patch made; what does not pass is shown whole, as the server does.</summary>
    public static void DecodePatched(ResourceDefinition resource, JsonObject tree, WriteContext context)
    {
        var patched = Encoding.UTF8.GetString(JsonText.Bytes(tree));
        try
        {
            Decode(resource, tree, context);
        }
        catch (StatusException refusal)
        {
            throw InvalidPatch(patched, refusal.Message);
        }
    }

    /// <summary>A patch that makes no object of the kind.</summary>
    public static ApiError InvalidPatch(string patched, string refusal) =>
        ApiError.Invalid("", "", "", [FieldError.InvalidText("patch", patched, refusal[(refusal.IndexOf(": ", StringComparison.Ordinal) + 2)..])]);

    /// <summary>Enters in the managed fields what a create or update changed.</summary>
    public static void Track(ResourceDefinition resource, JsonObject? before, JsonObject tree, WriteContext context, DateTimeOffset now) =>
        FieldManager.Update(new(resource.Rules, context.Manager, context.Subresource, now), before, tree);

    /// <summary>Merges an applied configuration into the present object (null: there is none).</summary>
    public static JsonObject Apply(
        ResourceDefinition resource, JsonObject? before, JsonObject wanted, bool force, WriteContext context, DateTimeOffset now) =>
        FieldManager.Apply(new(resource.Rules, context.Manager, context.Subresource, now), before, wanted, force);

    /// <summary>The result of a strategic merge patch.</summary>
    public static JsonObject StrategicMerge(ResourceDefinition resource, JsonObject before, JsonNode? patch) =>
        StrategicMergePatch.Apply(before, patch, resource.Rules.Type);

    public static void Default(ResourceDefinition resource, JsonObject tree) => resource.Rules.Default(tree);

    public static IReadOnlyList<FieldError> Validate(ResourceDefinition resource, JsonObject tree, JsonObject? before, string subresource) =>
        resource.Rules.Validate(tree, before, subresource);
}

using System.Text.Json.Nodes;
using GitOpsToolkit.Sandbox.ApiServer.Resources;

namespace GitOpsToolkit.Sandbox.ApiServer.Objects;

/// <summary>Warns of finalizers of custom resources that may clash with somebody else's.</summary>
internal static class FinalizerAdvice
{
    public static void Give(ResourceDefinition resource, JsonObject? before, JsonObject tree, WriteContext context)
    {
        if (resource.Custom is null)
        {
            return;
        }

        var known = before is null ? [] : before.Meta().Texts("finalizers");
        foreach (var name in tree.Meta().Texts("finalizers").Except(known, StringComparer.Ordinal).Where(name => !name.Contains('/')))
        {
            context.Warn($"metadata.finalizers: \"{name}\": prefer a domain-qualified finalizer name to avoid accidental conflicts with other finalizer writers");
        }
    }
}

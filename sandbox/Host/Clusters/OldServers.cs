using System.Text.Json.Nodes;

namespace GitOpsToolkit.Sandbox.Clusters;

/// <summary>Takes out of a CustomResourceDefinition what an old server does not know: an apply with a field that is not declared is refused there.</summary>
internal static class OldServers
{
    /// <summary>Rules in CEL came with 1.25; before, they are only less strict on what users write.</summary>
    private static readonly Version Rules = new(1, 25);

    public static void Adapt(JsonObject definition, Version server)
    {
        if (server < Rules)
        {
            Remove(definition, "x-kubernetes-validations");
        }
    }

    private static void Remove(JsonNode? node, string field)
    {
        switch (node)
        {
            case JsonObject members:
                members.Remove(field);
                foreach (var (_, value) in members)
                {
                    Remove(value, field);
                }

                break;
            case JsonArray items:
                foreach (var item in items)
                {
                    Remove(item, field);
                }

                break;
        }
    }
}

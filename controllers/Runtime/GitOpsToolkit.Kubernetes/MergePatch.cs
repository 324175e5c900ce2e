using System.Text.Json.Nodes;

namespace GitOpsToolkit.Kubernetes;

/// <summary>JSON merge patches (RFC 7386).</summary>
public static class MergePatch
{
    /// <summary>The patch which turns one object into another, or null where they are equal. Lists are replaced whole.</summary>
    public static JsonObject? Diff(JsonObject from, JsonObject to)
    {
        ArgumentNullException.ThrowIfNull(from);
        ArgumentNullException.ThrowIfNull(to);
        var patch = new JsonObject();
        foreach (var (name, _) in from)
        {
            if (!to.ContainsKey(name))
            {
                patch[name] = null;
            }
        }

        foreach (var (name, wanted) in to)
        {
            var present = from[name];
            if (wanted is JsonObject wantedObject && present is JsonObject presentObject)
            {
                if (Diff(presentObject, wantedObject) is { } inner)
                {
                    patch[name] = inner;
                }
            }
            else if (wanted is not null && !JsonNode.DeepEquals(present, wanted))
            {
                patch[name] = wanted.DeepClone();
            }
            else if (wanted is null && present is not null)
            {
                patch[name] = null;
            }
        }

        return patch.Count == 0 ? null : patch;
    }
}

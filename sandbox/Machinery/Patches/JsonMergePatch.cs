using System.Text.Json.Nodes;

namespace GitOpsToolkit.Sandbox.Machinery.Patches;

/// <summary>JSON merge patch, RFC 7386.</summary>
public static class JsonMergePatch
{
    /// <summary>Applies a patch to a copy of a document.</summary>
    /// <param name="document">The live object; not changed.</param>
    /// <param name="patch">The body: an object; null members remove.</param>
    /// <exception cref="StatusException">400 if the patch is no object.</exception>
    public static JsonObject Apply(JsonObject document, JsonNode? patch)
    {
        if (patch is not JsonObject changes)
        {
            throw StatusException.BadRequest(patch is null
                ? "Invalid JSON Patch"
                : $"error decoding patch: json: cannot unmarshal {JsonKinds.Name(patch)} into Go value of type map[string]interface {{}}");
        }

        var result = document.DeepClone().AsObject();
        Merge(result, changes);
        return result;
    }

    /// <summary>The patch that turns <paramref name="from"/> into <paramref name="to"/>; empty if they are equal.</summary>
    public static JsonObject Diff(JsonObject from, JsonObject to)
    {
        var patch = new JsonObject();
        foreach (var (name, _) in from.Where(member => !to.ContainsKey(member.Key)))
        {
            patch[name] = null;
        }

        foreach (var (name, value) in to)
        {
            if (!from.TryGetPropertyValue(name, out var old))
            {
                patch[name] = value?.DeepClone();
            }
            else if (!Json.Same(old, value))
            {
                patch[name] = old is JsonObject left && value is JsonObject right ? Diff(left, right) : value?.DeepClone();
            }
        }

        return patch;
    }

    private static void Merge(JsonObject target, JsonObject patch)
    {
        foreach (var (name, value) in patch)
        {
            switch (value)
            {
                case null:
                    target.Remove(name);
                    break;
                case JsonObject changes:
                    if (target[name] is not JsonObject child)
                    {
                        child = [];
                        target[name] = child;
                    }

                    Merge(child, changes);
                    break;
                default:
                    target[name] = value.DeepClone();
                    break;
            }
        }
    }
}

using System.Text.Json.Nodes;
using GitOpsToolkit.Kustomize.Generators;
using GitOpsToolkit.Kustomize.Resources;
using GitOpsToolkit.Yaml;

namespace GitOpsToolkit.Kustomize.Replacements;

/// <summary>Sets values inside of JSON or YAML that a text field holds, such as an entry of a ConfigMap.</summary>
internal static class StructuredText
{
    /// <summary>False when the path does not run through such a text, or does not fit it: nothing is changed then.</summary>
    internal static bool TrySet(JsonObject body, string[] steps, CreatedKind create, ReplacementValue value)
    {
        for (var length = 1; length < steps.Length; length++)
        {
            if (!FieldPath.TryGet(body, steps[..length], out var node))
            {
                continue;
            }

            if (JsonNodes.IsString(node))
            {
                return TrySetIn(node!, steps[length..], create, value);
            }
        }

        return false;
    }

    private static bool TrySetIn(JsonNode field, string[] steps, CreatedKind create, ReplacementValue value)
    {
        var text = field.GetValue<string>();
        try
        {
            var documents = YamlReader.ReadAll(text);
            if (documents.Count == 0 || documents[0].Root is not (JsonObject or JsonArray))
            {
                return false;
            }

            var root = documents[0].Root!;
            var slots = new PathMatcher(steps, create).Match(root);
            foreach (var slot in slots)
            {
                value.PutInto(slot, ReplacementOptions.None);
            }

            if (slots.Count == 0)
            {
                return false;
            }

            Put(field, Write(root, text));
            return true;
        }
        catch (Exception e) when (e is YamlReadException or PathException)
        {
            return false;
        }
    }

    private static void Put(JsonNode field, string text)
    {
        if (field.Parent is JsonArray list)
        {
            list[list.IndexOf(field)] = text;
        }
        else if (field.Parent is JsonObject map)
        {
            map[field.GetPropertyName()] = text;
        }
    }

    /// <summary>JSON stays JSON, on several lines if it was.</summary>
    private static string Write(JsonNode root, string before)
    {
        if (before.TrimStart()[0] is not ('{' or '['))
        {
            return YamlWriter.Write(root).Trim();
        }

        var isPretty = before.Contains('\n') && before.Contains("  ", StringComparison.Ordinal);
        return GoJson.Write(root, isPretty ? "  " : "");
    }
}

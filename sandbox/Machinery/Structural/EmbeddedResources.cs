using System.Text.Json.Nodes;
using GitOpsToolkit.Sandbox.Machinery.Builtins;
using GitOpsToolkit.Sandbox.Machinery.Types;

namespace GitOpsToolkit.Sandbox.Machinery.Structural;

/// <summary>Objects inside objects (<c>x-kubernetes-embedded-resource</c>): they have an identity and metadata of their own.</summary>
internal static class EmbeddedResources
{
    /// <summary>Brings their metadata into the shape of metadata, in place.</summary>
    /// <returns>Paths of what is unknown there and was dropped.</returns>
    /// <exception cref="FormatException">An identity or metadata is of the wrong type.</exception>
    public static IReadOnlyList<string> Decode(JsonObject obj, StructuralSchema schema)
    {
        var unknown = new List<string>();
        Visit(obj, schema, "", (embedded, path) =>
        {
            foreach (var name in (ReadOnlySpan<string>)["apiVersion", "kind"])
            {
                if (embedded.TryGetPropertyValue(name, out var value) && !Json.IsText(value))
                {
                    throw new FormatException($"{path}.{name}: Invalid value: {GoText.Json(value)}: must be a string");
                }
            }

            if (embedded["metadata"] is { } metadata)
            {
                unknown.AddRange(DecodeMetadata(metadata, $"{path}.metadata"));
            }
        });
        return unknown;
    }

    /// <summary>Adds the faults of their identities and metadata.</summary>
    public static void Validate(JsonObject obj, StructuralSchema schema, List<FieldError> errors) => Visit(obj, schema, "", (embedded, path) =>
    {
        foreach (var name in (ReadOnlySpan<string>)["apiVersion", "kind"])
        {
            if (!embedded.ContainsKey(name))
            {
                errors.Add(FieldError.Required($"{path}.{name}"));
            }
            else if (Json.Text(embedded, name) is "")
            {
                errors.Add(FieldError.InvalidText($"{path}.{name}", "", "must not be empty"));
            }
        }

        if (Json.Text(embedded, "apiVersion") is { } version && version.Count(c => c == '/') > 1)
        {
            errors.Add(FieldError.InvalidText($"{path}.apiVersion", version, $"unexpected GroupVersion string: {version}"));
        }

        if (Json.Text(embedded, "kind") is { Length: > 0 } kind && Names.Label1035(kind.ToLowerInvariant()) is { Count: > 0 } faults)
        {
            errors.Add(FieldError.InvalidText($"{path}.kind", kind, $"may have mixed case, but should otherwise match: {string.Join(',', faults)}"));
        }

        if (embedded["metadata"] is JsonObject metadata)
        {
            MetadataRules.CheckLabels(metadata["labels"], $"{path}.metadata.labels", errors);
        }
    });

    private static IEnumerable<string> DecodeMetadata(JsonNode metadata, string path)
    {
        var decoder = new TypeDecoder();
        try
        {
            decoder.Decode(
                metadata as JsonObject ?? throw new FormatException($"json: cannot unmarshal {JsonKinds.Name(metadata)} into Go value of type v1.ObjectMeta"),
                TypeTable.Get("ObjectMeta"));
        }
        catch (FormatException fault)
        {
            throw new FormatException($"{path}: Invalid value: {GoText.Json(metadata)}: {fault.Message}", fault);
        }

        return decoder.Unknown.Select(name => $"{path}.{name}");
    }

    private static void Visit(JsonNode? value, StructuralSchema schema, string path, Action<JsonObject, string> visit)
    {
        switch (value)
        {
            case JsonObject map:
                if (schema.EmbeddedResource && path.Length > 0)
                {
                    visit(map, path);
                }

                foreach (var (name, child) in map.ToList())
                {
                    if (schema.Member(name) is { } member)
                    {
                        Visit(child, member, path.Length == 0 ? name : $"{path}.{name}", visit);
                    }
                }

                break;
            case JsonArray list when schema.Items is not null:
                for (var i = 0; i < list.Count; i++)
                {
                    Visit(list[i], schema.Items, $"{path}[{i}]", visit);
                }

                break;
        }
    }
}

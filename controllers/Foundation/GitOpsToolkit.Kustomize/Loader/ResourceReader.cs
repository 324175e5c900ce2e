using System.Text.Json.Nodes;
using GitOpsToolkit.Kustomize.Resources;
using GitOpsToolkit.Yaml;

namespace GitOpsToolkit.Kustomize.Loader;

/// <summary>Turns YAML documents into resources.</summary>
internal static class ResourceReader
{
    /// <summary>Reads the objects of a file; lists (a kind ending in <c>List</c> with <c>items</c>) are taken apart.</summary>
    /// <exception cref="BuildException">A document is no Kubernetes object; all faults of the file together.</exception>
    internal static List<Resource> Read(IReadOnlyList<YamlDocument> documents, int firstLine = 1)
    {
        List<BuildError> errors = [];
        List<Resource> resources = [];
        Queue<(YamlDocument Document, JsonNode Node)> queue = new(
            documents.Where(document => !IsEmpty(document.Root)).Select(document => (document, document.Root!)));
        while (errors.Count < BuildException.MaxErrors && queue.TryDequeue(out var next))
        {
            var line = next.Document.PositionOf(next.Node).Line + firstLine - 1;
            if (Check(next.Node, next.Document, line, firstLine) is { } error)
            {
                errors.Add(error);
                continue;
            }

            var body = (JsonObject)next.Node;
            if (!IsList(body))
            {
                resources.Add(new Resource(body.Parent is null ? body : (JsonObject)body.DeepClone(), new Origin(next.Document.File, line))
                {
                    BareNulls = next.Document.BareNulls,
                });
                continue;
            }

            foreach (var item in (body["items"] as JsonArray ?? []).Where(item => !IsEmpty(item)))
            {
                queue.Enqueue((next.Document, item!));
            }
        }

        return errors.Count == 0 ? resources : throw new BuildException(errors);
    }

    private static bool IsEmpty(JsonNode? node) => node is null or JsonObject { Count: 0 };

    private static bool IsList(JsonObject body) =>
        body.Text("kind").EndsWith("List", StringComparison.Ordinal) && body.ContainsKey("items");

    private static BuildError? Check(JsonNode node, YamlDocument document, int line, int firstLine)
    {
        if (node is not JsonObject body)
        {
            return new BuildError("a Kubernetes object is a map", document.File, line);
        }

        if (!JsonNodes.IsString(body["kind"]) || body.Text("kind").Length == 0)
        {
            return new BuildError("this is no Kubernetes object: 'kind' is missing", document.File, line, "kind");
        }

        if (body["metadata"] is not (null or JsonObject))
        {
            return new BuildError("a map is expected", document.File, line, "metadata");
        }

        if (IsList(body))
        {
            return body["items"] is null or JsonArray ? null : new BuildError("a list is expected", document.File, line, "items");
        }

        var isList = body.Text("kind").EndsWith("List", StringComparison.Ordinal);
        if (!isList && (body["metadata"] as JsonObject)?.Text("name") is null or "")
        {
            return new BuildError($"{body.Text("kind")}: 'metadata.name' is missing", document.File, line, "metadata.name");
        }

        return NullInList(body, "") is { } found
            ? new BuildError(
                $"{body.Text("kind")}/{(body["metadata"] as JsonObject)?.Text("name")}: a list holds an empty item",
                document.File, document.PositionOf(found.List).Line + firstLine - 1, found.Path)
            : null;
    }

    private static (string Path, JsonArray List)? NullInList(JsonNode? node, string path)
    {
        switch (node)
        {
            case JsonArray list:
                for (var i = 0; i < list.Count; i++)
                {
                    if (list[i] is null)
                    {
                        return (path, list);
                    }

                    if (NullInList(list[i], $"{path}[{i}]") is { } found)
                    {
                        return found;
                    }
                }

                return null;
            case JsonObject map:
                foreach (var (key, value) in map)
                {
                    if (value is JsonObject or JsonArray && NullInList(value, path.Length == 0 ? key : $"{path}.{key}") is { } found)
                    {
                        return found;
                    }
                }

                return null;
            default:
                return null;
        }
    }
}

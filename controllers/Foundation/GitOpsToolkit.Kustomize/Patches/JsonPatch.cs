using System.Globalization;
using System.Text.Json.Nodes;
using GitOpsToolkit.Kustomize.Resources;

namespace GitOpsToolkit.Kustomize.Patches;

/// <summary>A list of JSON Patch operations (RFC 6902).</summary>
internal sealed class JsonPatch
{
    private readonly List<Operation> _operations;

    private JsonPatch(List<Operation> operations) => _operations = operations;

    /// <summary>Reads a patch; false when the node is no list of operations.</summary>
    internal static bool TryRead(JsonNode? node, out JsonPatch patch, out string fault)
    {
        patch = new JsonPatch([]);
        fault = "";
        if (node is not JsonArray list || list.Count == 0)
        {
            fault = "a JSON patch is a list of operations";
            return false;
        }

        for (var i = 0; i < list.Count; i++)
        {
            if (list[i] is not JsonObject map || Read(map, out fault) is not { } operation)
            {
                fault = fault.Length > 0 ? $"operation {i}: {fault}" : $"operation {i} is no map";
                return false;
            }

            patch._operations.Add(operation);
        }

        return true;
    }

    /// <summary>Applies all operations in order to <paramref name="target"/>.</summary>
    /// <exception cref="MergeException">An operation names a place that does not exist, or its test fails.</exception>
    internal JsonObject Apply(JsonObject target)
    {
        var root = new JsonObject { ["root"] = target.DeepClone() };
        foreach (var operation in _operations)
        {
            operation.Apply(root);
        }

        return root["root"] is JsonObject result
            ? (JsonObject)result.DeepClone()
            : throw new MergeException("", "the JSON patch replaces the object by something that is no map");
    }

    private static Operation? Read(JsonObject map, out string fault)
    {
        fault = "";
        var op = map.Text("op");
        if (op is not ("add" or "remove" or "replace" or "move" or "copy" or "test"))
        {
            fault = $"unknown op '{op}'";
            return null;
        }

        if (!JsonNodes.IsString(map["path"]))
        {
            fault = "'path' is missing";
            return null;
        }

        if (op is "move" or "copy" && !JsonNodes.IsString(map["from"]))
        {
            fault = $"'from' is missing for op '{op}'";
            return null;
        }

        if (op is "add" or "replace" && !map.ContainsKey("value"))
        {
            fault = $"'value' is missing for op '{op}'";
            return null;
        }

        return new Operation(op, map.Text("path"), map.Text("from"), map["value"]);
    }

    private sealed record Operation(string Op, string Path, string From, JsonNode? Value)
    {
        internal void Apply(JsonObject root)
        {
            switch (Op)
            {
                case "add":
                    Add(root, Path, Value?.DeepClone());
                    break;
                case "remove":
                    Remove(root, Path);
                    break;
                case "replace":
                    Replace(root);
                    break;
                case "move":
                    var moved = Get(root, From)?.DeepClone();
                    Remove(root, From);
                    Add(root, Path, moved);
                    break;
                case "copy":
                    Add(root, Path, Get(root, From)?.DeepClone());
                    break;
                default:
                    Test(root);
                    break;
            }
        }

        private void Test(JsonObject root)
        {
            if (!JsonNode.DeepEquals(TryGet(root, Path), Value))
            {
                throw new MergeException(Path, "the test of the JSON patch fails: the object holds another value");
            }
        }

        private void Replace(JsonObject root)
        {
            var (parent, key) = Locate(root, Path);
            switch (parent)
            {
                case JsonObject map when map.ContainsKey(key):
                    map[key] = Value?.DeepClone();
                    break;
                case JsonArray list:
                    list[Index(list, key, Path)] = Value?.DeepClone();
                    break;
                default:
                    throw Missing(Path);
            }
        }

        private static void Add(JsonObject root, string path, JsonNode? value)
        {
            var (parent, key) = Locate(root, path);
            switch (parent)
            {
                case JsonObject map:
                    map[key] = value;
                    break;
                case JsonArray list when key == "-":
                    list.Add(value);
                    break;
                case JsonArray list when int.TryParse(key, NumberStyles.None, CultureInfo.InvariantCulture, out var end)
                    && end == list.Count:
                    list.Add(value);
                    break;
                case JsonArray list:
                    list.Insert(Index(list, key, path), value);
                    break;
                default:
                    throw Missing(path);
            }
        }

        private static void Remove(JsonObject root, string path)
        {
            var (parent, key) = Locate(root, path);
            switch (parent)
            {
                case JsonObject map when map.Remove(key):
                    break;
                case JsonArray list:
                    list.RemoveAt(Index(list, key, path));
                    break;
                default:
                    throw Missing(path);
            }
        }

        private static JsonNode? TryGet(JsonObject root, string path)
        {
            try
            {
                return Get(root, path);
            }
            catch (MergeException)
            {
                return null;
            }
        }

        private static JsonNode? Get(JsonObject root, string path)
        {
            var (parent, key) = Locate(root, path);
            return parent switch
            {
                JsonObject map when map.ContainsKey(key) => map[key],
                JsonArray list => list[Index(list, key, path)],
                _ => throw Missing(path),
            };
        }

        /// <summary>The container of the place that a JSON pointer names, and the key in it.</summary>
        private static (JsonNode? Parent, string Key) Locate(JsonObject root, string pointer)
        {
            if (pointer.Length == 0)
            {
                return (root, "root");
            }

            if (pointer[0] != '/')
            {
                throw new MergeException(pointer, "a JSON pointer starts with '/'");
            }

            var steps = pointer[1..].Split('/').Select(step => step.Replace("~1", "/").Replace("~0", "~")).ToArray();
            var node = root["root"];
            foreach (var step in steps[..^1])
            {
                node = node switch
                {
                    JsonObject map when map[step] is { } child => child,
                    JsonArray list => list[Index(list, step, pointer)],
                    _ => throw Missing(pointer),
                };
            }

            return (node, steps[^1]);
        }

        /// <summary>Negative indexes count from the end, as the Go library that kustomize uses allows.</summary>
        private static int Index(JsonArray list, string key, string path)
        {
            if (!int.TryParse(key, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var index))
            {
                throw new MergeException(path, $"'{key}' is no index of the list");
            }

            index = index < 0 ? index + list.Count : index;
            return index >= 0 && index < list.Count ? index : throw Missing(path);
        }

        private static MergeException Missing(string path) => new(path, "the JSON patch names a place that the object does not have");
    }
}

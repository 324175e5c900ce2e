using System.Globalization;
using System.Text.Json.Nodes;

namespace GitOpsToolkit.Sandbox.Machinery.Patches;

/// <summary>JSON patch, RFC 6902, with the API server's answers to bad patches.</summary>
public static class JsonPatch
{
    /// <summary>The most operations that one patch may have.</summary>
    public const int MaxOperations = 10_000;

    private const string Rejected = "the server rejected our request due to an error in our request";

    /// <summary>Applies a patch to a copy of a document.</summary>
    /// <param name="document">The live object; not changed.</param>
    /// <param name="patch">The body: an array of operations.</param>
    /// <exception cref="StatusException">
    /// 400 if the patch is malformed, 413 if it has more than <see cref="MaxOperations"/>, 422 if an operation cannot be carried out.
    /// </exception>
    public static JsonObject Apply(JsonObject document, JsonNode? patch)
    {
        if (patch is not JsonArray operations)
        {
            throw StatusException.BadRequest(
                $"error decoding patch: json: cannot unmarshal {JsonKinds.Name(patch)} into Go value of type []handlers.jsonPatchOp");
        }

        if (operations.Count > MaxOperations)
        {
            throw new StatusException(413, "RequestEntityTooLarge",
                $"Request entity is too large: The allowed maximum operations in a JSON patch is {MaxOperations}, got {operations.Count}");
        }

        JsonNode? root = document.DeepClone();
        foreach (var operation in operations)
        {
            root = ApplyOne(root, operation);
        }

        return root as JsonObject ?? throw StatusException.Unprocessable(Rejected);
    }

    private static JsonNode? ApplyOne(JsonNode? root, JsonNode? operation)
    {
        if (operation is not JsonObject step)
        {
            throw StatusException.BadRequest(
                $"error decoding patch: json: cannot unmarshal {JsonKinds.Name(operation)} into Go value of type handlers.jsonPatchOp");
        }

        var path = Pointer(step, "path");
        switch (Json.Text(step, "op"))
        {
            case "add":
                return Add(root, path, Value(step));
            case "remove":
                return Remove(root, path);
            case "replace":
                _ = Find(root, path) is { Found: true } ? true : throw Fail();
                return path.Length == 0 ? Value(step) : Set(root, path, Value(step));
            case "move":
                var from = Pointer(step, "from");
                var moved = Required(root, from)?.DeepClone();
                return Add(Remove(root, from), path, moved);
            case "copy":
                return Add(root, path, Required(root, Pointer(step, "from"))?.DeepClone());
            case "test":
                var (_, current) = Find(root, path);
                return Json.Same(current, step["value"]) ? root : throw Fail();
            default:
                throw Fail();
        }
    }

    private static JsonNode? Value(JsonObject step) => step.TryGetPropertyValue("value", out var value) ? value?.DeepClone() : throw Fail();

    private static string[] Pointer(JsonObject step, string member)
    {
        var text = Json.Text(step, member) ?? throw Fail();
        if (text.Length == 0)
        {
            return [];
        }

        if (text[0] != '/')
        {
            throw Fail();
        }

        return [.. text[1..].Split('/').Select(part => part.Replace("~1", "/").Replace("~0", "~"))];
    }

    private static JsonNode? Required(JsonNode? root, string[] path)
    {
        var (found, node) = Find(root, path);
        return found ? node : throw Fail();
    }

    private static (bool Found, JsonNode? Node) Find(JsonNode? node, ReadOnlySpan<string> path)
    {
        foreach (var part in path)
        {
            switch (node)
            {
                case JsonObject map when map.TryGetPropertyValue(part, out var child):
                    node = child;
                    break;
                case JsonArray list when Index(part, list.Count - 1) is { } index:
                    node = list[index];
                    break;
                default:
                    return (false, null);
            }
        }

        return (true, node);
    }

    private static JsonNode? Add(JsonNode? root, string[] path, JsonNode? value)
    {
        if (path.Length == 0)
        {
            return value;
        }

        var last = path[^1];
        switch (Required(root, path[..^1]))
        {
            case JsonObject map:
                map[last] = value;
                return root;
            case JsonArray list:
                list.Insert(last == "-" ? list.Count : Index(last, list.Count) ?? throw Fail(), value);
                return root;
            default:
                throw Fail();
        }
    }

    private static JsonNode? Set(JsonNode? root, string[] path, JsonNode? value)
    {
        switch (Required(root, path[..^1]))
        {
            case JsonObject map:
                map[path[^1]] = value;
                return root;
            case JsonArray list:
                list[Index(path[^1], list.Count - 1) ?? throw Fail()] = value;
                return root;
            default:
                throw Fail();
        }
    }

    private static JsonNode? Remove(JsonNode? root, string[] path)
    {
        if (path.Length == 0)
        {
            throw Fail();
        }

        switch (Required(root, path[..^1]))
        {
            case JsonObject map when map.Remove(path[^1]):
                return root;
            case JsonArray list:
                list.RemoveAt(Index(path[^1], list.Count - 1) ?? throw Fail());
                return root;
            default:
                throw Fail();
        }
    }

    // Negative indexes count from the end: an extension that the API server's library has.
    private static int? Index(string part, int highest)
    {
        if (!int.TryParse(part, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var index))
        {
            return null;
        }

        index = index < 0 ? index + highest + 1 : index;
        return index >= 0 && index <= highest ? index : null;
    }

    private static StatusException Fail() => StatusException.Unprocessable(Rejected);
}

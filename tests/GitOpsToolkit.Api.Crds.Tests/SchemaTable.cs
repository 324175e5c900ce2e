using System.Text.Json.Nodes;

namespace GitOpsToolkit.Api.Crds.Tests;

/// <summary>A CRD as a table that a person can hold against the field tables of the API: a head, then one line a field.</summary>
internal static class SchemaTable
{
    /// <summary>The lines of a CRD.</summary>
    public static IEnumerable<string> Of(JsonObject crd)
    {
        var spec = crd["spec"]!;
        var names = spec["names"]!;
        var version = Assert(spec["versions"]!.AsArray());
        yield return $"{names["kind"]} {spec["group"]}/{version["name"]} {names["plural"]} {names["singular"]} {names["listKind"]} {spec["scope"]}";
        yield return $"short names: {List(names["shortNames"])}";
        yield return $"categories: {List(names["categories"])}";
        yield return $"labels: {Map(crd["metadata"]!["labels"])}";
        yield return $"annotations: {Map(crd["metadata"]!["annotations"])}";
        yield return $"subresources: {Map(version["subresources"])}";
        foreach (var column in version["additionalPrinterColumns"]!.AsArray())
        {
            yield return $"column: {column!["name"]} | {column["jsonPath"]} | {column["type"]}{(column["priority"] is { } wide ? $" | {wide}" : "")}";
        }

        foreach (var line in Fields("", version["schema"]!["openAPIV3Schema"]!.AsObject(), required: false))
        {
            yield return line;
        }
    }

    private static JsonObject Assert(JsonArray versions) =>
        versions is [JsonObject only] && (bool)only["served"]! && (bool)only["storage"]! ? only : throw new InvalidOperationException("one served and stored version is due");

    private static IEnumerable<string> Fields(string path, JsonObject schema, bool required)
    {
        if (path.Length > 0)
        {
            yield return $"{path} | {Describe(schema, required)}";
        }

        var requiredFields = (schema["required"]?.AsArray() ?? []).Select(n => (string)n!).ToHashSet();
        foreach (var (name, field) in (schema["properties"]?.AsObject() ?? []).OrderBy(p => p.Key, StringComparer.Ordinal))
        {
            foreach (var line in Fields(path.Length == 0 ? name : $"{path}.{name}", field!.AsObject(), requiredFields.Contains(name)))
            {
                yield return line;
            }
        }

        foreach (var (suffix, inner) in new[] { ("[]", schema["items"]), ("{}", schema["additionalProperties"]) })
        {
            foreach (var line in inner is JsonObject item ? Fields(path + suffix, item, required: false) : [])
            {
                yield return line;
            }
        }
    }

    private static string Describe(JsonObject schema, bool required)
    {
        var words = schema
            .Where(k => k.Key is not ("description" or "type" or "properties" or "items" or "additionalProperties" or "required"))
            .OrderBy(k => k.Key, StringComparer.Ordinal)
            .SelectMany(k => k.Key == "x-kubernetes-validations"
                ? k.Value!.AsArray().Select(r => $"rule: {r!["rule"]} => {r["message"]}")
                : [$"{k.Key}: {(k.Value is JsonValue scalar && scalar.GetValueKind() == System.Text.Json.JsonValueKind.String ? (string)scalar! : k.Value!.ToJsonString(Relaxed))}"]);
        return string.Join(" | ", [(string)schema["type"]! + (required ? "*" : ""), .. words]);
    }

    private static readonly System.Text.Json.JsonSerializerOptions Relaxed = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static string List(JsonNode? node) => string.Join(", ", (node?.AsArray() ?? []).Select(n => (string)n!));

    private static string Map(JsonNode? node) =>
        string.Join(", ", (node?.AsObject() ?? []).OrderBy(p => p.Key, StringComparer.Ordinal).Select(p => p.Value is JsonValue ? $"{p.Key}={p.Value}" : p.Key));
}

using System.Text.Json.Nodes;
using CsCheck;
using GitOpsToolkit.Api.Meta;
using GitOpsToolkit.Api.Schema;

namespace GitOpsToolkit.Api.Crds.Tests;

/// <summary>Objects which a schema allows, in the form in which they are written: no empty value, durations as Go prints them.</summary>
internal static class SchemaGen
{
    private static readonly Gen<string> Word = Gen.Char["abcdefghijklmnopqrstuvwxyz"].Array[1, 12].Select(c => new string(c));

    /// <summary>Specs that a CRD allows, its rules included.</summary>
    public static Gen<JsonObject> Spec(JsonObject crd)
    {
        var schema = crd["spec"]!["versions"]![0]!["schema"]!["openAPIV3Schema"]!["properties"]!["spec"]!.AsObject();
        return Fields(schema).Select(spec => Obey((string)crd["spec"]!["names"]!["kind"]!, spec));
    }

    private static Gen<JsonNode> Value(JsonObject schema) => (string)schema["type"]! switch
    {
        "object" when schema["additionalProperties"] is JsonObject entry => Map(entry),
        "object" => Fields(schema).Select(o => (JsonNode)o),
        "array" => Value(schema["items"]!.AsObject()).Array[1, 3].Select(items => (JsonNode)new JsonArray([.. items.Select(i => i.DeepClone())])),
        "boolean" => Gen.Const(() => (JsonNode)true),
        "integer" => Gen.Int[1, int.MaxValue].Select(n => (JsonNode)n),
        _ => Text(schema).Select(t => (JsonNode)t),
    };

    private static Gen<JsonNode> Map(JsonObject entry) =>
        Gen.Select(Word, Value(entry)).Array[1, 3].Select(pairs => (JsonNode)new JsonObject(pairs.DistinctBy(p => p.Item1).Select(p => KeyValuePair.Create(p.Item1, (JsonNode?)p.Item2.DeepClone()))));

    private static Gen<JsonObject> Fields(JsonObject schema)
    {
        var required = schema["required"].Strings().ToHashSet();
        var fields = schema["properties"]?.AsObject().ToList() ?? [];
        var result = Gen.Const(() => new JsonObject());
        foreach (var (name, field) in fields)
        {
            var value = Value(field!.AsObject());
            var chance = required.Contains(name) ? Gen.Const(true) : Gen.Bool;
            result = Gen.Select(result, chance, value, (json, take, v) =>
            {
                var copy = (JsonObject)json.DeepClone();
                if (take)
                {
                    copy[name] = v.DeepClone();
                }

                return copy;
            });
        }

        return result;
    }

    private static Gen<string> Text(JsonObject schema)
    {
        if (schema["enum"] is JsonArray allowed)
        {
            return Gen.Int[0, allowed.Count - 1].Select(i => (string)allowed[i]!);
        }

        return (string?)schema["pattern"] switch
        {
            null => Word,
            Patterns.Duration => Gen.Long[1, 10_000_000].Select(ms => new GoDuration(ms * 1_000_000).ToString()),
            Patterns.ShortDuration => Gen.Long[1, 3_599_999].Select(ms => new GoDuration(ms * 1_000_000).ToString()),
            "^(http|https|ssh)://.*$" => Word.Select(w => $"https://{w}.example/{w}.git"),
            "^oci://.*$" => Word.Select(w => $"oci://{w}.example/{w}"),
            var other => throw new InvalidOperationException($"no generator for {other}"),
        };
    }

    /// <summary>The rules that schemas state as expressions.</summary>
    private static JsonObject Obey(string kind, JsonObject spec)
    {
        switch (kind)
        {
            case "GitRepository" when (string?)spec["provider"] is not ("azure" or "aws"):
                spec.Remove("serviceAccountName");
                break;
            case "ImagePolicy" when (string?)spec["digestReflectionPolicy"] == "Always":
                spec["interval"] ??= "10m0s";
                break;
            case "ImagePolicy":
                spec.Remove("interval");
                break;
            case "Kustomization" when spec["kubeConfig"] is JsonObject:
                spec["kubeConfig"] = new JsonObject { ["secretRef"] = new JsonObject { ["name"] = "cluster" } };
                break;
        }

        return spec;
    }
}

using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using GitOpsToolkit.Kustomize.Resources;
using GitOpsToolkit.Kustomize.Transformers;

namespace GitOpsToolkit.Kustomize.Generators;

/// <summary>Appends a hash of the content to the names of generated objects, so that a change of the content makes a new object.</summary>
internal sealed class ContentHash : ITransformer
{
    public void Transform(ResourceSet set)
    {
        foreach (var resource in set.Items.Where(resource => resource.Generation.NeedsHash))
        {
            var hash = Of(resource.Body);
            resource.StorePreviousId();
            resource.SetMetadata("name", $"{resource.Name}-{hash}");
        }

        set.IdsChanged();
    }

    /// <summary>Ten characters, as kustomize and kubectl give them.</summary>
    internal static string Of(JsonObject body)
    {
        var content = body.Text("kind") switch
        {
            "ConfigMap" => Content(body, "ConfigMap", withType: false, optional: "binaryData"),
            "Secret" => Content(body, "Secret", withType: true, optional: "stringData"),
            _ => (JsonObject)body.DeepClone(),
        };
        var hex = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(GoJson.Write(content))));

        // Vowels and digits that look like them would let words appear.
        return string.Create(10, hex, (target, source) =>
        {
            for (var i = 0; i < target.Length; i++)
            {
                target[i] = source[i] switch { '0' => 'g', '1' => 'h', '3' => 'k', 'a' => 'm', 'e' => 't', var c => c };
            }
        });
    }

    /// <summary>The name does not count: kustomize looks for it under a path that no object has.</summary>
    private static JsonObject Content(JsonObject body, string kind, bool withType, string optional)
    {
        var content = new JsonObject { ["kind"] = kind, ["name"] = "", ["data"] = Value(body["data"]) };
        if (withType)
        {
            content["type"] = Value(body["type"]);
        }

        if (body[optional] is JsonObject map)
        {
            content[optional] = map.DeepClone();
        }

        return content;
    }

    private static JsonNode? Value(JsonNode? node) => node switch
    {
        null => "",
        JsonValue => JsonNodes.ScalarText(node),
        _ => node.DeepClone(),
    };
}

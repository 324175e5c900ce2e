using System.Text.Json.Nodes;
using GitOpsToolkit.Sandbox.ApiServer.Resources;
using GitOpsToolkit.Sandbox.ApiServer.Storage;

namespace GitOpsToolkit.Sandbox.ApiServer.Discovery;

/// <summary>
/// The OpenAPI v2 document for kubectl before 1.27: the models of all kinds, to explain, to validate and to merge by, and which kinds can be patched with
/// dryRun and fieldValidation.
/// </summary>
internal sealed class OpenApiV2(ResourceRegistry registry)
{
    private static readonly string[] Parameters = ["dryRun", "fieldManager", "fieldValidation", "force"];
    private volatile Made? made;

    /// <summary>The document as JSON and as protobuf; made anew only after a change of the resources that are served.</summary>
    public (byte[] Json, byte[] Protobuf) Now()
    {
        var resources = registry.All;
        var current = made;
        if (current is null || !ReferenceEquals(current.Resources, resources))
        {
            var document = Document(resources);
            made = current = new(resources, JsonText.Bytes(document), OpenApiProtobuf.Bytes(document));
        }

        return (current.Json, current.Protobuf);
    }

    private static JsonObject Document(IReadOnlyList<ResourceDefinition> resources)
    {
        var models = new OpenApiModels(v2: true);
        foreach (var resource in resources)
        {
            models.Add(resource);
        }

        return new()
        {
            ["swagger"] = "2.0",
            ["info"] = new JsonObject { ["title"] = "Kubernetes", ["version"] = "v1.33.0-sandbox" },
            ["paths"] = new JsonObject(resources.Where(r => r.Allows("patch")).Select(r => KeyValuePair.Create(PathOf(r), (JsonNode?)new JsonObject
            {
                ["patch"] = new JsonObject
                {
                    ["parameters"] = new JsonArray([.. Parameters.Select(p => new JsonObject
                    {
                        ["name"] = p, ["in"] = "query", ["type"] = "string", ["uniqueItems"] = true,
                    })]),
                    ["x-kubernetes-group-version-kind"] = new JsonObject { ["group"] = r.Group, ["kind"] = r.Kind, ["version"] = r.Version },
                },
            }))),
            ["definitions"] = models.Schemas,
        };
    }

    private static string PathOf(ResourceDefinition resource) => (resource.Group.Length == 0 ? "/api/" : $"/apis/{resource.Group}/")
        + $"{resource.Version}/{(resource.Namespaced ? "namespaces/{namespace}/" : "")}{resource.Plural}/{{name}}";

    private sealed record Made(IReadOnlyList<ResourceDefinition> Resources, byte[] Json, byte[] Protobuf);
}

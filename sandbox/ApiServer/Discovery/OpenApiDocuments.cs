using System.Text.Json.Nodes;
using GitOpsToolkit.Sandbox.ApiServer.Resources;

namespace GitOpsToolkit.Sandbox.ApiServer.Discovery;

/// <summary>The OpenAPI v3 documents: the models of the kinds, and operations enough for kubectl to know that the server validates fields by itself.</summary>
internal sealed class OpenApiDocuments(ResourceRegistry registry)
{
    private static readonly string[] Parameters = ["dryRun", "fieldManager", "fieldValidation", "force"];

    /// <summary>The index of the v3 documents, one for each group and version.</summary>
    public JsonObject Index() => new()
    {
        ["paths"] = new JsonObject(registry.Groups().SelectMany(g => g.Versions.Select(v => (g.Group, Version: v))).Select(g =>
        {
            var path = Path(g.Group, g.Version);
            return KeyValuePair.Create(path, (JsonNode?)new JsonObject { ["serverRelativeURL"] = $"/openapi/v3/{path}" });
        })),
    };

    public JsonObject? For(string group, string version)
    {
        if (!registry.HasGroupVersion(group, version))
        {
            return null;
        }

        var paths = new JsonObject();
        var models = new OpenApiModels(v2: false);
        foreach (var resource in registry.All.Where(d => d.Group == group && d.Version == version))
        {
            models.Add(resource);
            var space = resource.Namespaced ? "namespaces/{namespace}/" : "";
            if (resource.IsVirtual)
            {
                paths[$"/{Path(group, version)}/{space}{resource.Plural}"] = new JsonObject { ["post"] = Operation(resource, "post") };
                continue;
            }

            paths[$"/{Path(group, version)}/{space}{resource.Plural}"] = new JsonObject
            {
                ["get"] = Operation(resource, "list"),
                ["post"] = Operation(resource, "post"),
            };
            paths[$"/{Path(group, version)}/{space}{resource.Plural}/{{name}}"] = new JsonObject
            {
                ["get"] = Operation(resource, "get"),
                ["put"] = Operation(resource, "put"),
                ["patch"] = Operation(resource, "patch"),
            };
        }

        return new()
        {
            ["openapi"] = "3.0.0",
            ["info"] = new JsonObject { ["title"] = "Kubernetes", ["version"] = "v1.33.0-sandbox" },
            ["paths"] = paths,
            ["components"] = new JsonObject { ["schemas"] = models.Schemas },
        };
    }

    private static string Path(string group, string version) => group.Length == 0 ? $"api/{version}" : $"apis/{group}/{version}";

    private static JsonObject Operation(ResourceDefinition resource, string action) => new()
    {
        ["operationId"] = $"{action}{resource.Group}{resource.Version}{resource.Kind}",
        ["parameters"] = new JsonArray(
        [
            .. Parameters.Select(name => new JsonObject
            {
                ["name"] = name, ["in"] = "query", ["schema"] = new JsonObject { ["type"] = name == "force" ? "boolean" : "string" },
            }),
        ]),
        ["x-kubernetes-group-version-kind"] = new JsonObject
        {
            ["group"] = resource.Group,
            ["version"] = resource.Version,
            ["kind"] = resource.Kind,
        },
    };
}

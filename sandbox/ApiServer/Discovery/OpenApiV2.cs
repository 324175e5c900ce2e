using System.Buffers;
using System.Text;
using System.Text.Json.Nodes;
using GitOpsToolkit.Sandbox.ApiServer.Resources;

namespace GitOpsToolkit.Sandbox.ApiServer.Discovery;

/// <summary>
/// The OpenAPI v2 document for kubectl before 1.27: which kinds can be patched with dryRun and fieldValidation. It holds no models, so these
/// clients leave validation to the server and know nothing to explain. Such clients take it in gnostic's protobuf form only.
/// </summary>
internal static class OpenApiV2
{
    private static readonly string[] Parameters = ["dryRun", "fieldManager", "fieldValidation", "force"];

    public static JsonObject Json(ResourceRegistry registry) => new()
    {
        ["swagger"] = "2.0",
        ["info"] = new JsonObject { ["title"] = "Kubernetes", ["version"] = "v1.33.0-sandbox" },
        ["paths"] = new JsonObject(Patchable(registry).Select(r => KeyValuePair.Create(PathOf(r), (JsonNode?)new JsonObject
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
        ["definitions"] = new JsonObject(),
    };

    /// <summary>The same document as protobuf: swagger is field 1 (info 2, paths 8, definitions 9), a path's patch is field 8.</summary>
    public static byte[] Protobuf(ResourceRegistry registry)
    {
        byte[] info = [.. Field(1, "Kubernetes"), .. Field(2, "v1.33.0-sandbox")];
        byte[] paths = [.. Patchable(registry).SelectMany(r => Field(2, [.. Field(1, PathOf(r)), .. Field(2, Field(8, Operation(r)))]))];
        return [.. Field(1, "2.0"), .. Field(2, info), .. Field(8, paths), .. Field(9, [])];
    }

    private static byte[] Operation(ResourceDefinition resource)
    {
        var kind = $"group: \"{resource.Group}\"\nkind: {resource.Kind}\nversion: {resource.Version}\n";
        byte[] extension = [.. Field(1, "x-kubernetes-group-version-kind"), .. Field(2, Field(2, kind))];
        // ParametersItem.parameter / Parameter.non_body_parameter / NonBodyParameter.query_parameter_sub_schema
        var parameters = Parameters.SelectMany(name => Field(8, Field(1, Field(2, Field(3, Query(name))))));
        return [.. parameters, .. Field(13, extension)];
    }

    private static byte[] Query(string name) => [.. Field(2, "query"), .. Field(4, name), .. Field(6, "string")];

    private static IEnumerable<ResourceDefinition> Patchable(ResourceRegistry registry) => registry.All.Where(r => r.Allows("patch"));

    private static string PathOf(ResourceDefinition resource) => (resource.Group.Length == 0 ? "/api/" : $"/apis/{resource.Group}/")
        + $"{resource.Version}/{(resource.Namespaced ? "namespaces/{namespace}/" : "")}{resource.Plural}/{{name}}";

    private static byte[] Field(int number, string text) => Field(number, Encoding.UTF8.GetBytes(text));

    private static byte[] Field(int number, byte[] content)
    {
        var output = new ArrayBufferWriter<byte>(content.Length + 6);
        output.Write([(byte)((number << 3) | 2)]);
        var length = (uint)content.Length;
        while (length >= 0x80)
        {
            output.Write([(byte)(length | 0x80)]);
            length >>= 7;
        }

        output.Write([(byte)length]);
        output.Write(content);
        return output.WrittenSpan.ToArray();
    }
}

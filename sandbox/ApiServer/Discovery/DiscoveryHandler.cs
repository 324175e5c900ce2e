using System.Text.Json.Nodes;
using GitOpsToolkit.Sandbox.ApiServer.Http;
using GitOpsToolkit.Sandbox.ApiServer.Storage;
using Microsoft.AspNetCore.Http;

namespace GitOpsToolkit.Sandbox.ApiServer.Discovery;

/// <summary>Everything that is not a resource: health, version, discovery, OpenAPI.</summary>
internal sealed class DiscoveryHandler(Cluster cluster, Func<string> address)
{
    private readonly DiscoveryDocuments documents = new(cluster.Registry, address);
    private readonly OpenApiDocuments openApi = new(cluster.Registry);
    private readonly OpenApiV2 openApiV2 = new(cluster.Registry);

    /// <summary>What may be read without a token.</summary>
    public static bool IsPublic(string path) =>
        path is "/version" or "/version/" || path.Split('/') is ["", "healthz" or "livez" or "readyz", ..];

    /// <returns>False where there is nothing at the path.</returns>
    public async Task<bool> TryAnswerAsync(HttpContext http)
    {
        var path = (http.Request.Path.Value ?? "/").TrimEnd('/');
        var parts = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        if (parts is ["healthz" or "livez" or "readyz", ..])
        {
            http.Response.ContentType = "text/plain; charset=utf-8";
            var text = http.Request.Query.ContainsKey("verbose") ? $"[+]ping ok\n{parts[0]} check passed\n" : "ok";
            await http.Response.WriteAsync(text, http.RequestAborted);
            return true;
        }

        if (parts is ["openapi", "v2"])
        {
            await WriteOpenApiV2Async(http);
            return true;
        }

        if (parts is ["api"] or ["apis"] && Aggregated(http.Request.Headers.Accept.ToString()) is { } version)
        {
            var aggregated = documents.Aggregated(legacy: parts[0] == "api", version);
            await WriteAsync(http, aggregated, $"application/json;g=apidiscovery.k8s.io;v={version};as=APIGroupDiscoveryList");
            return true;
        }

        var document = parts switch
        {
            ["version"] => DiscoveryDocuments.Version(),
            ["api"] => documents.Versions(),
            ["apis"] => documents.Groups(),
            ["api", "v1"] => documents.Resources("", "v1"),
            ["apis", var group] => documents.Group(group),
            ["apis", var group, var v] => documents.Resources(group, v),
            ["openapi", "v3"] => openApi.Index(),
            ["openapi", "v3", "api", var v] => openApi.For("", v),
            ["openapi", "v3", "apis", var group, var v] => openApi.For(group, v),
            [] => documents.Paths(),
            _ => null,
        };
        if (document is null)
        {
            return false;
        }

        // The list of groups is answered by a handler of its own, which looks at no method.
        if (!HttpMethods.IsGet(http.Request.Method) && parts is ["version" or "api", ..] or ["apis", _, ..])
        {
            throw new ApiError(405, "MethodNotAllowed", "the server does not allow this method on the requested resource", []);
        }

        var accepted = parts is ["api" or "apis" or "version", ..] ? Accepted.Parse(http.Request.Headers.Accept.ToString(), isList: false) : Accepted.Json;
        await Responder.WriteAsync(http, 200, JsonText.Bytes(document), parts is ["version"] ? Accepted.Json : accepted);
        return true;
    }

    private async Task WriteOpenApiV2Async(HttpContext http)
    {
        var protobuf = http.Request.Headers.Accept.ToString().Contains("proto-openapi.spec.v2", StringComparison.Ordinal);
        var (json, binary) = openApiV2.Now();
        await WriteAsync(http, protobuf ? binary : json, protobuf ? "application/com.github.proto-openapi.spec.v2.v1.0+protobuf" : "application/json");
    }

    /// <summary>The version of aggregated discovery that the client prefers over plain JSON; null for none.</summary>
    private static string? Aggregated(string accept)
    {
        foreach (var (media, parameters) in Accepted.Alternatives(accept))
        {
            if (media != "application/json")
            {
                continue;
            }

            if (!parameters.TryGetValue("as", out var kind))
            {
                return null;
            }

            if (kind == "APIGroupDiscoveryList" && parameters.GetValueOrDefault("g") == "apidiscovery.k8s.io"
                && parameters.GetValueOrDefault("v") is "v2" or "v2beta1")
            {
                return parameters["v"];
            }
        }

        return null;
    }

    private static Task WriteAsync(HttpContext http, JsonObject document, string type) => WriteAsync(http, JsonText.Bytes(document), type);

    private static async Task WriteAsync(HttpContext http, byte[] body, string type)
    {
        http.Response.ContentType = type;
        http.Response.ContentLength = body.Length;
        if (!HttpMethods.IsHead(http.Request.Method))
        {
            await http.Response.Body.WriteAsync(body, http.RequestAborted);
        }
    }
}

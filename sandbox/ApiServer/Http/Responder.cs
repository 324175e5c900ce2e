using System.IO.Compression;
using System.Text;
using System.Text.Json.Nodes;
using GitOpsToolkit.Sandbox.ApiServer.Objects;
using GitOpsToolkit.Sandbox.ApiServer.Resources;
using GitOpsToolkit.Sandbox.ApiServer.Storage;
using GitOpsToolkit.Sandbox.ApiServer.Verbs;
using GitOpsToolkit.Yaml;
using Microsoft.AspNetCore.Http;

namespace GitOpsToolkit.Sandbox.ApiServer.Http;

/// <summary>Writes answers in the shape and encoding that the client accepts.</summary>
internal sealed class Responder(Tabulator tabulator)
{
    /// <summary>Bodies from this size on are compressed for clients that can read it.</summary>
    private const int ZipFrom = 128 * 1024;

    public async Task WriteAsync(ApiCall call, Reply reply)
    {
        var accepted = call.Accept(reply.IsList);
        if (reply.IsPlain)
        {
            accepted = accepted with { Shape = Shape.Object };
        }

        WriteWarnings(call);
        await WriteAsync(call.Http, reply.Code, Body(call, reply, accepted), accepted);
    }

    public static async Task WriteAsync(HttpContext http, int code, byte[] json, Accepted accepted)
    {
        http.Response.StatusCode = code;
        http.Response.ContentType = accepted.Yaml ? "application/yaml" : "application/json";
        var body = accepted.Yaml ? Encoding.UTF8.GetBytes(YamlWriter.Write(JsonText.ParseObject(json), YamlWriterOptions.Sorted)) : json;
        if (body.Length >= ZipFrom && http.Request.Headers.AcceptEncoding.ToString().Contains("gzip", StringComparison.Ordinal))
        {
            http.Response.Headers.ContentEncoding = "gzip";
            http.Response.Headers.Vary = "Accept-Encoding";
            body = Zipped(body);
        }

        http.Response.ContentLength = body.Length;
        if (!HttpMethods.IsHead(http.Request.Method))
        {
            await http.Response.Body.WriteAsync(body, http.RequestAborted);
        }
    }

    public static Task WriteAsync(HttpContext http, ApiError error)
    {
        if (error.RetryAfter is { } seconds)
        {
            http.Response.Headers.RetryAfter = seconds.ToString();
        }

        var yaml = Accepted.Alternatives(http.Request.Headers.Accept.ToString()).Select(a => a.Media).FirstOrDefault() == "application/yaml";
        return WriteAsync(http, error.Code, JsonText.Bytes(error.ToStatus()), Accepted.Json with { Yaml = yaml });
    }

    public static void WriteWarnings(ApiCall call)
    {
        foreach (var warning in call.Warnings)
        {
            var text = warning.Replace("\\", "\\\\").Replace("\"", "\\\"").ReplaceLineEndings(" ");
            call.Http.Response.Headers.Append("Warning", $"299 - \"{new string([.. text.Where(c => c is >= ' ' and < '\x7f')])}\"");
        }
    }

    /// <summary>An object of the resource in the shape that was asked for.</summary>
    public JsonObject Shaped(ApiCall call, Accepted accepted, JsonObject tree, bool withColumns = true) => accepted.Shape switch
    {
        Shape.Table => tabulator.Table(call.Resource, [tree], ListMeta(tree), accepted.MetaVersion, call.Query("includeObject"), withColumns),
        Shape.Metadata => Partial(tree, accepted.MetaVersion),
        _ => tree,
    };

    private static byte[] Zipped(byte[] body)
    {
        using var target = new MemoryStream();
        using (var zip = new GZipStream(target, CompressionLevel.Fastest))
        {
            zip.Write(body);
        }

        return target.ToArray();
    }

    private static JsonObject Partial(JsonObject tree, string version) => new()
    {
        ["kind"] = "PartialObjectMetadata",
        ["apiVersion"] = $"meta.k8s.io/{version}",
        ["metadata"] = tree["metadata"]?.DeepClone(),
    };

    private static JsonObject ListMeta(JsonObject tree) => new() { ["resourceVersion"] = tree.Meta().Text("resourceVersion") };

    private byte[] Body(ApiCall call, Reply reply, Accepted accepted)
    {
        var resource = call.Resource;
        if (reply.IsList)
        {
            return accepted.Shape == Shape.Object
                ? ListVerb.Bytes(resource, reply.Body, reply.Items)
                : JsonText.Bytes(List(call, reply, accepted));
        }

        if (reply.Stored is not null && accepted.Shape == Shape.Object && Conversion.IsIdentity(resource))
        {
            return reply.Stored.Json;
        }

        var tree = reply.Stored is null ? reply.Body : ObjectWriter.Served(resource, reply.Stored);
        return JsonText.Bytes(Shaped(call, accepted, tree));
    }

    private JsonObject List(ApiCall call, Reply reply, Accepted accepted)
    {
        var trees = reply.Items.Select(i => ObjectWriter.Served(call.Resource, i));
        var meta = (JsonObject)reply.Body["metadata"]!.DeepClone();
        if (meta.Text("continue").Length == 0)
        {
            meta.Remove("continue");
        }

        if (accepted.Shape == Shape.Table)
        {
            return tabulator.Table(call.Resource, trees, meta, accepted.MetaVersion, call.Query("includeObject"), withColumns: true);
        }

        return new()
        {
            ["kind"] = "PartialObjectMetadataList",
            ["apiVersion"] = $"meta.k8s.io/{accepted.MetaVersion}",
            ["metadata"] = meta,
            ["items"] = new JsonArray([.. trees.Select(t => Partial(t, accepted.MetaVersion))]),
        };
    }
}

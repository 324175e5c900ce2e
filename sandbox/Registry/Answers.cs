using System.Net;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace GitOpsToolkit.Sandbox.Registry;

/// <summary>Writes what the handlers answer.</summary>
internal static class Answers
{
    internal const string ContentDigest = "Docker-Content-Digest";

    internal static Task JsonAsync(HttpContext http, JsonNode body, string contentType = "application/json") =>
        BytesAsync(http, System.Text.Encoding.UTF8.GetBytes(body.ToJsonString()), contentType);

    internal static async Task BytesAsync(HttpContext http, byte[] body, string contentType)
    {
        http.Response.ContentType = contentType;
        http.Response.ContentLength = body.Length;
        if (!HttpMethods.IsHead(http.Request.Method))
        {
            await http.Response.Body.WriteAsync(body, http.RequestAborted);
        }
    }

    internal static void Created(HttpContext http, string location, string digest)
    {
        http.Response.StatusCode = (int)HttpStatusCode.Created;
        http.Response.Headers.Location = location;
        http.Response.Headers[ContentDigest] = digest;
    }

    internal static Task ErrorAsync(HttpContext http, RegistryException error)
    {
        http.Response.StatusCode = (int)error.Status;
        var body = new JsonObject { ["code"] = error.Code, ["message"] = error.Message };
        if (error.Detail is not null)
        {
            body["detail"] = error.Detail;
        }

        return JsonAsync(http, new JsonObject { ["errors"] = new JsonArray(body) });
    }
}

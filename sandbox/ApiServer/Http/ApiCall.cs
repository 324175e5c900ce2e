using System.Buffers;
using GitOpsToolkit.Sandbox.ApiServer.Auth;
using GitOpsToolkit.Sandbox.ApiServer.Resources;
using GitOpsToolkit.Sandbox.ApiServer.Storage;
using Microsoft.AspNetCore.Http;

namespace GitOpsToolkit.Sandbox.ApiServer.Http;

/// <summary>One request to a resource, on its way through a verb.</summary>
internal sealed class ApiCall(HttpContext http, RequestPath path, ResourceDefinition resource, UserInfo user)
{
    private readonly List<string> warnings = [];

    public HttpContext Http => http;

    public RequestPath Path => path;

    public ResourceDefinition Resource => resource;

    public UserInfo User => user;

    public string Namespace => path.Namespace;

    public string Name => path.Name;

    public string Subresource => path.Subresource;

    public CancellationToken Aborted => http.RequestAborted;

    public IReadOnlyList<string> Warnings => warnings;

    public ObjectId Id => new(resource.StorageKey, resource.Namespaced ? path.Namespace : "", path.Name);

    public string ContentType
    {
        get
        {
            var text = http.Request.ContentType ?? "";
            var semicolon = text.IndexOf(';', StringComparison.Ordinal);
            return (semicolon < 0 ? text : text[..semicolon]).Trim().ToLowerInvariant();
        }
    }

    public string Query(string name) => http.Request.Query[name].ToString();

    public bool Flag(string name) => Flag(http.Request, name);

    /// <summary>A switch in the query: on by its mere name, and by any value but <c>false</c> and <c>0</c>.</summary>
    public static bool Flag(HttpRequest request, string name) =>
        request.Query.TryGetValue(name, out var value) && !value.ToString().Equals("false", StringComparison.OrdinalIgnoreCase) && value != "0";

    public Accepted Accept(bool isList) => Accepted.Parse(http.Request.Headers.Accept.ToString(), isList, resource.GoType, resource.Custom is not null);

    /// <summary>Adds a Warning header (code 299) to the answer; duplicates are dropped.</summary>
    public void Warn(string text)
    {
        if (!warnings.Contains(text, StringComparer.Ordinal))
        {
            warnings.Add(text);
        }
    }

    /// <summary>The whole body.</summary>
    /// <exception cref="ApiError">413: it is larger than the limit.</exception>
    public async Task<byte[]> ReadBodyAsync(int limit)
    {
        if (http.Request.ContentLength > limit)
        {
            throw ApiError.TooLarge(limit);
        }

        var body = new ArrayBufferWriter<byte>(4096);
        while (true)
        {
            var read = await http.Request.Body.ReadAsync(body.GetMemory(4096), Aborted);
            if (read == 0)
            {
                return body.WrittenSpan.ToArray();
            }

            body.Advance(read);
            if (body.WrittenCount > limit)
            {
                throw ApiError.TooLarge(limit);
            }
        }
    }
}

using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace GitOpsToolkit.Sandbox.Registry.Tests;

/// <summary>A registry and a plain client for one test.</summary>
internal sealed class RegistryFixture : IAsyncDisposable
{
    internal const string OciManifest = "application/vnd.oci.image.manifest.v1+json";

    private RegistryFixture(OciRegistry registry)
    {
        Registry = registry;
        Http = new HttpClient { BaseAddress = registry.Url, Timeout = TimeSpan.FromMinutes(2) };
        Pusher = new ImagePusher(Http, registry.Url);
    }

    internal OciRegistry Registry { get; }

    internal HttpClient Http { get; }

    internal ImagePusher Pusher { get; }

    internal static async Task<RegistryFixture> StartAsync(OciRegistryOptions? options = null) =>
        new(await OciRegistry.StartAsync(options ?? new OciRegistryOptions()));

    internal static string Digest(string content) => $"sha256:{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(content)))}";

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await Registry.DisposeAsync();
    }

    internal async Task<HttpResponseMessage> SendAsync(
        HttpMethod method, string target, string? body = null, string? type = null, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, target);
        if (body is not null)
        {
            request.Content = new StringContent(body);
            request.Content.Headers.ContentType = type is null ? null : new MediaTypeHeaderValue(type);
        }

        foreach (var (name, value) in headers)
        {
            if (!request.Headers.TryAddWithoutValidation(name, value))
            {
                request.Content!.Headers.TryAddWithoutValidation(name, value);
            }
        }

        return await Http.SendAsync(request);
    }

    internal async Task<string> PushBlobAsync(string repository, string content)
    {
        using var answer = await SendAsync(HttpMethod.Post, $"/v2/{repository}/blobs/uploads/?digest={Digest(content)}", content);
        answer.EnsureSuccessStatusCode();
        return Digest(content);
    }

    internal static async Task<JsonNode> JsonAsync(HttpResponseMessage answer) => JsonNode.Parse(await answer.Content.ReadAsStringAsync())!;

    internal static async Task<string> ErrorCodeAsync(HttpResponseMessage answer) =>
        (await JsonAsync(answer))["errors"]![0]!["code"]!.GetValue<string>();

    internal static string Header(HttpResponseMessage answer, string name) =>
        answer.Headers.TryGetValues(name, out var values) || answer.Content.Headers.TryGetValues(name, out values) ? values.Single() : "";
}

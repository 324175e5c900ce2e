using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;

namespace GitOpsToolkit.Sandbox.ApiServer.Tests;

/// <summary>A server and a plain HTTP client that trusts it.</summary>
internal sealed class TestServer : IAsyncDisposable
{
    private TestServer(ApiServer server)
    {
        Server = server;
        Http = Client(server);
        Http.DefaultRequestHeaders.Authorization = new("Bearer", server.Token);
        Http.DefaultRequestHeaders.UserAgent.ParseAdd("tests/1.0");
    }

    public ApiServer Server { get; }

    public HttpClient Http { get; }

    public static async Task<TestServer> StartAsync(ApiServerOptions? options = null) => new(await ApiServer.StartAsync(options));

    public static HttpClient Client(ApiServer server)
    {
        var authority = X509Certificate2.CreateFromPem(server.CertificateAuthorityPem);
        var handler = new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.FromMinutes(1) };
        handler.SslOptions.RemoteCertificateValidationCallback = (_, certificate, chain, _) =>
        {
            chain!.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
            chain.ChainPolicy.CustomTrustStore.Add(authority);
            chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
            return chain.Build((X509Certificate2)certificate!);
        };
        return new(handler) { BaseAddress = server.Url, Timeout = TimeSpan.FromSeconds(30) };
    }

    public async Task<Answer> SendAsync(
        string method, string path, string? body = null, string type = "application/json", string? accept = null, params (string, string)[] headers)
    {
        using var request = new HttpRequestMessage(new(method), path);
        if (body is not null)
        {
            request.Content = new StringContent(body, Encoding.UTF8);
            request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(type);
        }

        if (accept is not null)
        {
            request.Headers.TryAddWithoutValidation("Accept", accept);
        }

        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        using var response = await Http.SendAsync(request, TestContext.Current.CancellationToken);
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        var warnings = response.Headers.TryGetValues("Warning", out var values) ? values.ToList() : [];
        return new(response.StatusCode, text, response.Content.Headers.ContentType?.ToString() ?? "", warnings);
    }

    public Task<Answer> GetAsync(string path, string? accept = null) => SendAsync("GET", path, accept: accept);

    public Task<Answer> PostAsync(string path, string body) => SendAsync("POST", path, body);

    public Task<Answer> PutAsync(string path, string body) => SendAsync("PUT", path, body);

    public Task<Answer> DeleteAsync(string path, string? body = null) => SendAsync("DELETE", path, body);

    public Task<Answer> MergeAsync(string path, string patch) => SendAsync("PATCH", path, patch, "application/merge-patch+json");

    public Task<Answer> ApplyAsync(string path, string body) => SendAsync("PATCH", path, body, "application/apply-patch+yaml");

    public async Task<Answer> MustPostAsync(string path, string body)
    {
        var answer = await PostAsync(path, body);
        Assert.True(answer.Code == HttpStatusCode.Created, answer.Text);
        return answer;
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await Server.DisposeAsync();
    }
}

/// <summary>What came back.</summary>
internal sealed record Answer(HttpStatusCode Code, string Text, string ContentType, IReadOnlyList<string> Warnings)
{
    public int Number => (int)Code;

    public JsonObject Json => JsonNode.Parse(Text)!.AsObject();

    public string Message => Json["message"]?.GetValue<string>() ?? "";

    public string Reason => Json["reason"]?.GetValue<string>() ?? "";

    public string Version => Json["metadata"]!["resourceVersion"]!.GetValue<string>();

    public JsonNode? At(string path)
    {
        JsonNode? node = Json;
        foreach (var part in path.Split('.'))
        {
            node = int.TryParse(part, out var index) ? (node as JsonArray)?[index] : (node as JsonObject)?[part];
        }

        return node;
    }

    public string TextAt(string path) => At(path)?.ToString() ?? "";
}

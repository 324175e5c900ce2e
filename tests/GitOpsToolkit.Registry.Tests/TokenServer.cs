using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using GitOpsToolkit.TestKit;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace GitOpsToolkit.Registry.Tests;

/// <summary>Issues tokens that docker-registry believes: signed by a certificate below its root bundle. One user, ann, may push and pull.</summary>
internal sealed class TokenServer(WebApplication app) : IAsyncDisposable
{
    private int issued;

    internal Uri Realm => new($"{app.Urls.First()}/token");

    internal int Issued => issued;

    public ValueTask DisposeAsync() => app.DisposeAsync();

    internal static async Task<TokenServer> StartAsync(TestIdentity signer, string password)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        var server = new TokenServer(builder.Build());
        server.Run(signer, $"Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes($"ann:{password}"))}");
        await server.Start();
        return server;
    }

    private static string Base64Url(ReadOnlySpan<byte> bytes) => Convert.ToBase64String(bytes).TrimEnd('=').Replace('+', '-').Replace('/', '_');

    private static string Sign(TestIdentity signer, JsonObject claims)
    {
        using var certificate = X509Certificate2.CreateFromPem(signer.Certificate);
        using var key = ECDsa.Create();
        key.ImportFromPem(signer.Key);
        var header = new JsonObject { ["typ"] = "JWT", ["alg"] = "ES256", ["x5c"] = new JsonArray(Convert.ToBase64String(certificate.RawData)) };
        var text = $"{Base64Url(Encoding.UTF8.GetBytes(header.ToJsonString()))}.{Base64Url(Encoding.UTF8.GetBytes(claims.ToJsonString()))}";
        return $"{text}.{Base64Url(key.SignData(Encoding.ASCII.GetBytes(text), HashAlgorithmName.SHA256))}";
    }

    private Task Start() => app.StartAsync();

    private void Run(TestIdentity signer, string expected) => app.Run(http =>
    {
        if (http.Request.Headers.Authorization != expected)
        {
            http.Response.StatusCode = StatusCodes.Status401Unauthorized;
            return Task.CompletedTask;
        }

        Interlocked.Increment(ref issued);
        var scope = http.Request.Query["scope"].ToString().Split(':');
        var now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        var token = Sign(signer, new JsonObject
        {
            ["iss"] = "test",
            ["sub"] = "ann",
            ["aud"] = http.Request.Query["service"].ToString(),
            ["iat"] = now - 10,
            ["nbf"] = now - 10,
            ["exp"] = now + 300,
            ["jti"] = Guid.NewGuid().ToString("N"),
            ["access"] = scope.Length < 3 ? new JsonArray() : new JsonArray(new JsonObject
            {
                ["type"] = scope[0],
                ["name"] = scope[1],
                ["actions"] = new JsonArray([.. scope[2].Split(',').Select(action => JsonValue.Create(action))]),
            }),
        });
        return http.Response.WriteAsync(new JsonObject { ["token"] = token, ["expires_in"] = 300 }.ToJsonString());
    });
}

using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using GitOpsToolkit.Sandbox.ApiServer.Resources;
using GitOpsToolkit.Sandbox.ApiServer.Storage;

namespace GitOpsToolkit.Sandbox.ApiServer.Auth;

/// <summary>Issues and checks the tokens of service accounts: JWTs, signed with a key which only this server has.</summary>
internal sealed class TokenSigner(byte[] key, TimeProvider time)
{
    public const string Issuer = "https://kubernetes.default.svc.cluster.local";

    private static readonly string Header = Encode("{\"alg\":\"HS256\",\"typ\":\"JWT\"}"u8);

    public string Issue(string space, string name, string uid, IReadOnlyList<string> audiences, DateTimeOffset expires)
    {
        var now = time.GetUtcNow().ToUnixTimeSeconds();
        var claims = new JsonObject
        {
            ["aud"] = new JsonArray([.. audiences.Select(a => JsonValue.Create(a))]),
            ["exp"] = expires.ToUnixTimeSeconds(),
            ["iat"] = now,
            ["iss"] = Issuer,
            ["kubernetes.io"] = new JsonObject
            {
                ["namespace"] = space,
                ["serviceaccount"] = new JsonObject { ["name"] = name, ["uid"] = uid },
            },
            ["nbf"] = now,
            ["sub"] = $"system:serviceaccount:{space}:{name}",
        };
        var body = $"{Header}.{Encode(JsonText.Bytes(claims))}";
        return $"{body}.{Sign(body)}";
    }

    /// <summary>The service account of a valid, unexpired token; null otherwise.</summary>
    public (string Namespace, string Name, string Uid, IReadOnlyList<string> Audiences)? Check(string token)
    {
        var dot = token.LastIndexOf('.');
        if (dot < 0 || !token.StartsWith(Header + ".", StringComparison.Ordinal)
            || !CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(Sign(token[..dot])), Encoding.UTF8.GetBytes(token[(dot + 1)..])))
        {
            return null;
        }

        try
        {
            var claims = JsonText.ParseObject(Base64Url.DecodeFromChars(token.AsSpan(Header.Length + 1, dot - Header.Length - 1)));
            if (claims.Number("exp") is not { } expires || expires < time.GetUtcNow().ToUnixTimeSeconds())
            {
                return null;
            }

            var subject = claims.Map("kubernetes.io");
            var account = subject.Map("serviceaccount");
            return (subject.Text("namespace"), account.Text("name"), account.Text("uid"), [.. claims.Texts("aud")]);
        }
        catch (Exception e) when (e is JsonException or FormatException)
        {
            return null;
        }
    }

    private static string Encode(ReadOnlySpan<byte> data) => Base64Url.EncodeToString(data);

    private string Sign(string body) => Encode(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(body)));
}

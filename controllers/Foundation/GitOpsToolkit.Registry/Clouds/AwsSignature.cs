using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace GitOpsToolkit.Registry.Clouds;

/// <summary>Keys of AWS, long-lived or for a session.</summary>
internal sealed record AwsKeys(string AccessKey, string SecretKey, string? SessionToken)
{
    /// <summary>A text without the secret.</summary>
    public override string ToString() => "AwsKeys(hidden)";
}

/// <summary>Signs requests to AWS, Signature Version 4.</summary>
internal static class AwsSignature
{
    private const string Algorithm = "AWS4-HMAC-SHA256";

    /// <summary>Adds the time, the session's token and the signature to a request.</summary>
    /// <param name="request">The request; all of its headers are signed.</param>
    /// <param name="body">Its content.</param>
    /// <param name="keys">Whose request it is.</param>
    /// <param name="region">The region of the service.</param>
    /// <param name="service">The service.</param>
    /// <param name="now">The time.</param>
    internal static void Sign(HttpRequestMessage request, byte[] body, AwsKeys keys, string region, string service, DateTimeOffset now)
    {
        var at = now.ToUniversalTime().ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);
        request.Headers.TryAddWithoutValidation("X-Amz-Date", at);
        if (keys.SessionToken is { } token)
        {
            request.Headers.TryAddWithoutValidation("X-Amz-Security-Token", token);
        }

        var headers = new SortedDictionary<string, string>(StringComparer.Ordinal) { ["host"] = request.RequestUri!.Authority };
        foreach (var (name, values) in request.Headers.Concat(request.Content?.Headers ?? Enumerable.Empty<KeyValuePair<string, IEnumerable<string>>>()))
        {
            headers[name.ToLowerInvariant()] = string.Join(',', values).Trim();
        }

        headers.Remove("content-length");
        var names = string.Join(';', headers.Keys);
        var uri = request.RequestUri;
        var canonical = string.Join('\n',
            request.Method.Method, uri.AbsolutePath, Query(uri), string.Concat(headers.Select(header => $"{header.Key}:{header.Value}\n")), names, Hex(SHA256.HashData(body)));
        var scope = $"{at[..8]}/{region}/{service}/aws4_request";
        var text = $"{Algorithm}\n{at}\n{scope}\n{Hex(SHA256.HashData(Encoding.UTF8.GetBytes(canonical)))}";
        var key = Encoding.UTF8.GetBytes($"AWS4{keys.SecretKey}");
        foreach (var part in scope.Split('/'))
        {
            key = HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(part));
        }

        var signature = Hex(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(text)));
        request.Headers.TryAddWithoutValidation(
            "Authorization", $"{Algorithm} Credential={keys.AccessKey}/{scope}, SignedHeaders={names}, Signature={signature}");
    }

    private static string Query(Uri uri) =>
        string.Join('&', uri.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal));

    private static string Hex(byte[] hash) => Convert.ToHexStringLower(hash);
}

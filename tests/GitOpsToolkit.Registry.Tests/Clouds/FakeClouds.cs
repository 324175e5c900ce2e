using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Text;
using GitOpsToolkit.Registry.Clouds;
using Microsoft.Extensions.Time.Testing;

namespace GitOpsToolkit.Registry.Tests.Clouds;

/// <summary>A request as a cloud saw it.</summary>
internal sealed record CloudRequest(string Method, Uri Url, IReadOnlyDictionary<string, string> Headers, string Body)
{
    internal string this[string header] => Headers.GetValueOrDefault(header, "");

    internal string Form(string name) => Body.Split('&').Select(pair => pair.Split('=', 2))
        .Where(pair => pair[0] == name).Select(pair => WebUtility.UrlDecode(pair[1])).FirstOrDefault("");
}

/// <summary>The clouds' services as far as the exchanges need them, by address; whatever else is asked fails the test by a 404.</summary>
internal sealed class FakeClouds : HttpMessageHandler
{
    private readonly ConcurrentQueue<CloudRequest> requests = new();
    private readonly Dictionary<string, Func<CloudRequest, (int Status, string Body)>> answers = new(StringComparer.Ordinal);

    internal FakeTimeProvider Time { get; } = new(new DateTimeOffset(2026, 11, 1, 12, 0, 0, TimeSpan.Zero));

    internal Dictionary<string, string> Variables { get; } = new(StringComparer.Ordinal);

    internal Dictionary<string, string> Files { get; } = new(StringComparer.Ordinal);

    internal IReadOnlyList<CloudRequest> Requests => [.. requests];

    internal List<string> Audiences { get; } = [];

    internal IEnumerable<string> Trace => Requests.Select(request => $"{request.Method} {request.Url.GetLeftPart(UriPartial.Path)}");

    internal CloudLogin Login() => new(
        new CloudEnvironment(Variables, (path, _) => Files.TryGetValue(path, out var text)
            ? Task.FromResult(text)
            : throw new FileNotFoundException($"no {path}")),
        Time, _ => this);

    internal CloudRequest Asked(string url) => Requests.Single(request => request.Url.AbsoluteUri.StartsWith(url, StringComparison.Ordinal));

    internal FakeClouds On(string url, Func<CloudRequest, (int Status, string Body)> answer)
    {
        answers[url] = answer;
        return this;
    }

    internal FakeClouds On(string url, string body, int status = 200) => On(url, _ => (status, body));

    /// <summary>A ServiceAccount with annotations.</summary>
    internal CloudIdentity Account(params (string Name, string Value)[] annotations) => new(
        "apps", "puller", annotations.ToDictionary(pair => pair.Name, pair => pair.Value, StringComparer.Ordinal), (audience, _) =>
        {
            Audiences.Add(audience);
            return Task.FromResult("CANARY-account-token");
        });

    internal string Ecr(string password, int hours = 12) => $$"""
        {"authorizationData":[{"authorizationToken":"{{Base64($"AWS:{password}")}}","expiresAt":{{Seconds(hours)}}.5,"proxyEndpoint":"https://x"}]}
        """;

    internal string Jwt(int hours) => $"{Url("""{"alg":"none"}""")}.{Url($$"""{"exp":{{Seconds(hours)}}}""")}.CANARY-signature";

    internal static string Sts(string secret = "CANARY-secret") => $"""
        <AssumeRoleWithWebIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleWithWebIdentityResult><Credentials>
        <AccessKeyId>ASIA1</AccessKeyId><SecretAccessKey>{secret}</SecretAccessKey><SessionToken>CANARY-session</SessionToken>
        <Expiration>2026-11-01T13:00:00Z</Expiration></Credentials></AssumeRoleWithWebIdentityResult></AssumeRoleWithWebIdentityResponse>
        """;

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var headers = request.Headers.Concat(request.Content?.Headers ?? Enumerable.Empty<KeyValuePair<string, IEnumerable<string>>>())
            .ToDictionary(header => header.Key, header => string.Join(',', header.Value), StringComparer.OrdinalIgnoreCase);
        var body = request.Content is null ? "" : await request.Content.ReadAsStringAsync(cancellationToken);
        var asked = new CloudRequest(request.Method.Method, request.RequestUri!, headers, body);
        requests.Enqueue(asked);
        await Task.Yield();
        var (status, text) = answers.TryGetValue(asked.Url.GetLeftPart(UriPartial.Path), out var answer) ? answer(asked) : (404, "");
        return new HttpResponseMessage((HttpStatusCode)status) { Content = new StringContent(text) };
    }

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));

    private static string Url(string text) => Base64(text).TrimEnd('=').Replace('+', '-').Replace('/', '_');

    private string Seconds(int hours) => Time.GetUtcNow().AddHours(hours).ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
}

using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;

namespace GitOpsToolkit.Registry;

/// <summary>What a token is for.</summary>
internal sealed record TokenRequest(Uri Realm, string Service, string Scope, RegistryCredential? Credential)
{
    /// <summary>What tells tokens apart; holds no secret.</summary>
    internal string Key => $"{Realm}\n{Service}\n{Scope}\n{Credential?.Fingerprint}";
}

/// <summary>
/// Bearer tokens by realm, service, scope and credential, kept until shortly before they expire; one request for however many ask.
/// </summary>
internal sealed class TokenSource(RegistryTransport transport, RegistryClientOptions options, TimeProvider time)
{
    private const int MaxTokenBytes = 256 << 10;
    private const int MaxEntries = 4096;

    // The specification's default where the answer does not say.
    private static readonly TimeSpan DefaultLifetime = TimeSpan.FromSeconds(60);

    private readonly ConcurrentDictionary<string, Entry> entries = new(StringComparer.Ordinal);

    internal async Task<string> GetAsync(Uri registry, TokenRequest request, CancellationToken cancellation)
    {
        var entry = entries.GetOrAdd(request.Key, _ => new Entry());
        await entry.Turn.WaitAsync(cancellation);
        try
        {
            if (entry.Token is { } cached && time.GetUtcNow() < entry.Until)
            {
                return cached;
            }

            var (token, lifetime) = await FetchAsync(registry, request, cancellation);

            // Refreshed early: a listing of many pages should not lose its token on the way.
            entry.Until = time.GetUtcNow() + (lifetime * 0.8);
            entry.Token = token;
            return token;
        }
        finally
        {
            entry.Turn.Release();
            Trim();
        }
    }

    internal void Forget(TokenRequest request)
    {
        if (entries.TryGetValue(request.Key, out var entry))
        {
            entry.Until = DateTimeOffset.MinValue;
        }
    }

    private void Trim()
    {
        if (entries.Count <= MaxEntries)
        {
            return;
        }

        var now = time.GetUtcNow();
        foreach (var (key, entry) in entries)
        {
            if (entry.Until <= now)
            {
                entries.TryRemove(key, out _);
            }
        }
    }

    private async Task<(string Token, TimeSpan Lifetime)> FetchAsync(Uri registry, TokenRequest request, CancellationToken cancellation)
    {
        CheckRealm(registry, request.Realm);
        var separator = request.Realm.Query.Length == 0 ? '?' : '&';
        var query = $"service={Uri.EscapeDataString(request.Service)}&scope={Uri.EscapeDataString(request.Scope)}";
        using var message = new HttpRequestMessage(
            HttpMethod.Get, new Uri($"{request.Realm.GetLeftPart(UriPartial.Query)}{separator}{query}"));
        RegistryTransport.Stamp(message, options);
        if (request.Credential is { } credential)
        {
            message.Headers.Authorization = new AuthenticationHeaderValue("Basic", credential.BasicValue);
        }

        var what = $"GET {request.Realm.GetLeftPart(UriPartial.Path)} (token for {request.Scope})";
        try
        {
            using var answer = SameOrigin(registry, request.Realm)
                ? await transport.SendAsync(message, cancellation)
                : await transport.SendForeignAsync(registry, message, cancellation);
            if (answer.StatusCode != HttpStatusCode.OK)
            {
                throw await RegistryAnswers.FaultAsync(what, answer, request.Credential, options, time, cancellation);
            }

            return Read(await RegistryAnswers.ReadBoundedAsync(what, answer, MaxTokenBytes, cancellation), what);
        }
        catch (Exception error) when (RegistryAnswers.IsTransport(error, cancellation))
        {
            throw RegistryAnswers.Unreachable(what, error);
        }
    }

    /// <summary>
    /// A realm is the registry's word; it must not make us send a password in clear or reach inside. Addresses are checked on connecting.
    /// </summary>
    private static void CheckRealm(Uri registry, Uri realm)
    {
        var plainAsked = registry.Scheme == Uri.UriSchemeHttp;
        if (realm.UserInfo.Length > 0 || (realm.Scheme != Uri.UriSchemeHttps && !(plainAsked && realm.Scheme == Uri.UriSchemeHttp)))
        {
            throw new RegistryException(
                RegistryFault.Protocol,
                $"{registry.Authority} names the token realm {realm.Scheme}://{realm.Authority}, which is not https; refused to send credentials there");
        }
    }

    private static bool SameOrigin(Uri one, Uri other) => one.Scheme == other.Scheme && one.Authority == other.Authority;

    private static (string Token, TimeSpan Lifetime) Read(byte[] body, string what)
    {
        try
        {
            using var document = JsonDocument.Parse(body, new JsonDocumentOptions { MaxDepth = 16 });
            var root = document.RootElement;
            var token = Text(root, "token") ?? Text(root, "access_token");
            if (string.IsNullOrEmpty(token) || token.AsSpan().ContainsAnyInRange('\0', ' '))
            {
                throw new RegistryException(RegistryFault.Protocol, $"{what}: the answer holds no token");
            }

            var seconds = root.TryGetProperty("expires_in", out var value) && value.TryGetInt32(out var given) ? given : 0;
            return (token, seconds > 0 ? TimeSpan.FromSeconds(seconds) : DefaultLifetime);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            throw new RegistryException(RegistryFault.Protocol, $"{what}: the answer is not the JSON of a token", error);
        }
    }

    private static string? Text(JsonElement root, string name) =>
        root.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private sealed class Entry : IDisposable
    {
        internal SemaphoreSlim Turn { get; } = new(1);

        internal string? Token { get; set; }

        internal DateTimeOffset Until { get; set; }

        // Never called while in use: the entries live as long as the source, and a semaphore without a wait handle owns nothing.
        public void Dispose() => Turn.Dispose();
    }
}

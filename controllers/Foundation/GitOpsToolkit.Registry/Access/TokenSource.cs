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
internal sealed class TokenSource(RegistryClientOptions options, HostBudget budget, TimeProvider time)
{
    private const int MaxTokenBytes = 256 << 10;
    private const int MaxEntries = 4096;
    private const string DockerHubRealm = "auth.docker.io";

    // The specification's default where the answer does not say.
    private static readonly TimeSpan DefaultLifetime = TimeSpan.FromSeconds(60);

    private readonly ConcurrentDictionary<string, Entry> entries = new(StringComparer.Ordinal);

    internal async Task<string> GetAsync(CallScope scope, TokenRequest request, CancellationToken cancellation)
    {
        var entry = entries.GetOrAdd(KeyOf(scope, request), _ => new Entry());
        await entry.Turn.WaitAsync(cancellation);
        try
        {
            if (entry.Token is { } cached && time.GetUtcNow() < entry.Until)
            {
                return cached;
            }

            var (token, lifetime) = await FetchAsync(scope, request, cancellation);

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

    internal void Forget(CallScope scope, TokenRequest request)
    {
        if (entries.TryGetValue(KeyOf(scope, request), out var entry))
        {
            entry.Until = DateTimeOffset.MinValue;
        }
    }

    private static string KeyOf(CallScope scope, TokenRequest request) => $"{scope.Access.TransportKey}\n{scope.Registry}\n{request.Key}";

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

    private async Task<(string Token, TimeSpan Lifetime)> FetchAsync(CallScope scope, TokenRequest request, CancellationToken cancellation)
    {
        CheckRealm(scope.Registry, request);
        using var message = Message(request);
        RegistryTransport.Stamp(message, options);
        var what = $"{message.Method} {RegistryAnswers.Show(request.Realm)} (token for {request.Scope})";
        try
        {
            await budget.PassAsync(request.Realm, pull: false, who: null, cancellation);
            using var answer = SameOrigin(scope.Registry, request.Realm)
                ? await scope.Transport.SendAsync(message, cancellation)
                : await scope.Transport.SendForeignAsync(scope.Registry, message, cancellation);
            budget.Observe(request.Realm, who: null, answer);
            if (answer.StatusCode != HttpStatusCode.OK)
            {
                throw await RegistryAnswers.FaultAsync(what, answer, request.Credential, scope.Mask, options, time, cancellation);
            }

            return Read(await RegistryAnswers.ReadBoundedAsync(what, answer, MaxTokenBytes, cancellation), what);
        }
        catch (Exception error) when (RegistryAnswers.IsTransport(error, cancellation))
        {
            throw RegistryAnswers.Unreachable(what, error);
        }
    }

    /// <summary>By GET with user name and password, or by POST where there is an identity token to give for it.</summary>
    private static HttpRequestMessage Message(TokenRequest request)
    {
        if (request.Credential is { IdentityToken: { } identity })
        {
            return new HttpRequestMessage(HttpMethod.Post, request.Realm)
            {
                Content = new FormUrlEncodedContent(
                [
                    new("grant_type", "refresh_token"),
                    new("service", request.Service),
                    new("client_id", "gitops-toolkit"),
                    new("scope", request.Scope),
                    new("refresh_token", identity),
                ]),
            };
        }

        var separator = request.Realm.Query.Length == 0 ? '?' : '&';
        var query = $"service={Uri.EscapeDataString(request.Service)}&scope={Uri.EscapeDataString(request.Scope)}";
        var message = new HttpRequestMessage(HttpMethod.Get, new Uri($"{request.Realm.GetLeftPart(UriPartial.Query)}{separator}{query}"));
        if (request.Credential is { Password.Length: > 0 } credential)
        {
            message.Headers.Authorization = new AuthenticationHeaderValue("Basic", credential.BasicValue);
        }

        return message;
    }

    /// <summary>
    /// A realm is the registry's word; it must not make us send a password in clear or reach inside. Addresses are checked on connecting.
    /// An identity token opens more than one scope, so it stays with the registry's own host.
    /// </summary>
    private static void CheckRealm(Uri registry, TokenRequest request)
    {
        var realm = request.Realm;
        var named = $"{registry.Authority} names the token realm {realm.Scheme}://{realm.Authority}";
        var plainAsked = registry.Scheme == Uri.UriSchemeHttp;
        if (realm.UserInfo.Length > 0 || (realm.Scheme != Uri.UriSchemeHttps && !(plainAsked && realm.Scheme == Uri.UriSchemeHttp)))
        {
            throw new RegistryException(RegistryFault.Protocol, $"{named}, which is not https; refused to send credentials there");
        }

        var home = SameOrigin(registry, realm)
            || (registry.Host == ImageName.DockerHub && realm is { Host: DockerHubRealm, IsDefaultPort: true });
        if (request.Credential?.IdentityToken is not null && !home)
        {
            throw new RegistryException(RegistryFault.Authentication,
                $"{named}, which is another host; refused to send the identity token there; use a user name and a password or access token");
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

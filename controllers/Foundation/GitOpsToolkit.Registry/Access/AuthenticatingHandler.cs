using System.Net;
using System.Net.Http.Headers;

namespace GitOpsToolkit.Registry;

/// <summary>
/// Sends the requests of one call: keeps to the host's budget, answers challenges, and follows redirects of reads. The credential goes to the
/// registry's own scheme, host and port and to the token realm that passes the rules, and nowhere else.
/// </summary>
internal sealed class AuthenticatingHandler(CallScope scope, TokenSource tokens, ChallengeMemory memory, HostBudget budget) : HttpMessageHandler
{
    private const int MaxRedirects = 5;

    private RegistryCredential? credential = scope.Access.Credential;
    private bool renewed;

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        HttpResponseMessage? answer = null;
        try
        {
            (answer, var known) = await SendAsKnownAsync(request, cancellationToken);
            if (answer.StatusCode == HttpStatusCode.Unauthorized && ReadChallenge(answer, known) is { } challenge)
            {
                answer.Dispose();
                answer = await SendOnceAsync(request, challenge, cancellationToken);
            }
        }
        catch (RegistryException error) when (error.Fault == RegistryFault.Authentication && CanRenew)
        {
            // The realm refused the credential: as good as the registry itself.
            answer = null;
        }

        if (CanRenew && answer is null or { StatusCode: HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden })
        {
            answer = await SendRenewedAsync(request, answer, cancellationToken);
        }

        return await FollowAsync(request, answer!, cancellationToken);
    }

    private bool CanRenew => !renewed && credential is not null && scope.Access.Renew is not null;

    private static HttpRequestMessage Copy(HttpRequestMessage request, Uri target)
    {
        var copy = new HttpRequestMessage(request.Method, target);
        foreach (var (name, values) in request.Headers)
        {
            copy.Headers.TryAddWithoutValidation(name, values);
        }

        copy.Headers.Authorization = null;
        return copy;
    }

    /// <summary>
    /// Sends a request as the registry wanted it last. Where no token is to be had in that way, the registry may want another by now: it is
    /// asked anew.
    /// </summary>
    private async Task<(HttpResponseMessage Answer, KnownChallenge? Known)> SendAsKnownAsync(
        HttpRequestMessage request, CancellationToken cancellation)
    {
        if (memory.Recall(scope) is { } known)
        {
            try
            {
                return (await SendOnceAsync(request, known, cancellation), known);
            }
            catch (RegistryException error) when (error.RetryAfter is null && known.Token is not null)
            {
                memory.Forget(scope);
            }
        }

        return (await SendOnceAsync(request, challenge: null, cancellation), null);
    }

    private async Task<HttpResponseMessage> SendRenewedAsync(
        HttpRequestMessage request, HttpResponseMessage? refused, CancellationToken cancellation)
    {
        renewed = true;
        if (await scope.Access.Renew!(credential!, cancellation) is { } other)
        {
            credential = other;
            scope.Mask.AddRange(other.Secrets);
        }
        else if (refused is not null)
        {
            return refused;
        }

        refused?.Dispose();
        return await SendOnceAsync(request, memory.Recall(scope), cancellation);
    }

    private async Task<AuthenticationHeaderValue?> AuthorizationAsync(KnownChallenge? challenge, CancellationToken cancellation)
    {
        var header = challenge switch
        {
            null => null,
            { Token: not null } when credential?.RegistryToken is { } token => new AuthenticationHeaderValue("Bearer", token),
            { Token: { } wanted } => new AuthenticationHeaderValue(
                "Bearer", await tokens.GetAsync(scope, wanted with { Credential = credential }, cancellation)),
            _ => credential is { Password.Length: > 0 } ? new AuthenticationHeaderValue("Basic", credential.BasicValue) : null,
        };
        scope.Mask.Add(header?.Parameter);
        return header;
    }

    private async Task<HttpResponseMessage> SendOnceAsync(
        HttpRequestMessage request, KnownChallenge? challenge, CancellationToken cancellation)
    {
        using var copy = Copy(request, request.RequestUri!);
        copy.Headers.Authorization = await AuthorizationAsync(challenge, cancellation);
        return await SendHomeAsync(copy, cancellation);
    }

    private async Task<HttpResponseMessage> SendHomeAsync(HttpRequestMessage request, CancellationToken cancellation)
    {
        var pull = request.Method == HttpMethod.Get && request.RequestUri!.AbsolutePath.Contains("/manifests/", StringComparison.Ordinal);
        await budget.PassAsync(scope.Registry, pull, credential?.Fingerprint, cancellation);
        var answer = await scope.Transport.SendAsync(request, cancellation);
        budget.Observe(scope.Registry, credential?.Fingerprint, answer);
        return answer;
    }

    /// <summary>What to do about a refusal, or null where nothing new can be tried.</summary>
    private KnownChallenge? ReadChallenge(HttpResponseMessage answer, KnownChallenge? tried)
    {
        var challenges = answer.Headers.NonValidated.TryGetValues("WWW-Authenticate", out var values) ? AuthChallenge.Parse(values) : [];
        foreach (var challenge in challenges)
        {
            if (challenge.Scheme.Equals("Bearer", StringComparison.OrdinalIgnoreCase)
                && Uri.TryCreate(challenge["realm"], UriKind.Absolute, out var realm))
            {
                var wanted = challenge["scope"] is { Length: > 0 } given ? given : $"repository:{scope.Repository}:pull";
                var request = new TokenRequest(realm, challenge["service"] ?? scope.Registry.Authority, wanted, credential);
                if (tried?.Token is { } before)
                {
                    // The token was good by our clock and is not by the registry's.
                    tokens.Forget(scope, before with { Credential = credential });
                }

                return Remember(new KnownChallenge(request));
            }

            if (challenge.Scheme.Equals("Basic", StringComparison.OrdinalIgnoreCase) && credential is not null && tried is null or { Token: not null })
            {
                return Remember(new KnownChallenge(Token: null));
            }
        }

        return null;
    }

    private KnownChallenge Remember(KnownChallenge challenge)
    {
        memory.Remember(scope, challenge);
        return challenge;
    }

    private async Task<HttpResponseMessage> FollowAsync(
        HttpRequestMessage request, HttpResponseMessage answer, CancellationToken cancellation)
    {
        var at = request.RequestUri!;
        for (var hops = 0; IsRedirect(answer.StatusCode) && answer.Headers.Location is { } location; hops++)
        {
            answer.Dispose();
            var next = new Uri(at, location);
            var what = $"{request.Method} {RegistryAnswers.Show(request.RequestUri!)}";
            if (hops == MaxRedirects)
            {
                throw new RegistryException(RegistryFault.Protocol, $"{what}: more than {MaxRedirects} redirects");
            }

            if (next.Scheme != Uri.UriSchemeHttps && !(next.Scheme == Uri.UriSchemeHttp && scope.Registry.Scheme == Uri.UriSchemeHttp))
            {
                throw new RegistryException(RegistryFault.Protocol, $"{what}: redirected to {next.Scheme}://{next.Authority}; refused");
            }

            var home = next.Scheme == scope.Registry.Scheme && next.Authority == scope.Registry.Authority;
            using var copy = Copy(request, next);
            copy.Headers.Authorization = home ? await AuthorizationAsync(memory.Recall(scope), cancellation) : null;
            answer = home
                ? await SendHomeAsync(copy, cancellation)
                : await scope.Transport.SendForeignAsync(scope.Registry, copy, cancellation);
            at = next;
        }

        return answer;
    }

    private static bool IsRedirect(HttpStatusCode status) => status is HttpStatusCode.MovedPermanently or HttpStatusCode.Found
        or HttpStatusCode.SeeOther or HttpStatusCode.TemporaryRedirect or HttpStatusCode.PermanentRedirect;
}

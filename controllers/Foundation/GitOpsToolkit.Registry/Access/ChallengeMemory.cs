using System.Collections.Concurrent;

namespace GitOpsToolkit.Registry;

/// <summary>How a repository wants to be asked: by a token for a scope, or by user name and password (without a request).</summary>
internal sealed record KnownChallenge(TokenRequest? Token);

/// <summary>
/// How registries want to be asked for their repositories, as they last said; saves the refused request of every later call.
/// </summary>
internal sealed class ChallengeMemory
{
    private const int MaxEntries = 10_000;

    private readonly ConcurrentDictionary<string, KnownChallenge> known = new(StringComparer.Ordinal);

    internal KnownChallenge? Recall(CallScope scope) => known.GetValueOrDefault(KeyOf(scope));

    internal void Remember(CallScope scope, KnownChallenge challenge)
    {
        if (known.Count < MaxEntries)
        {
            known[KeyOf(scope)] = challenge.Token is { } token ? new KnownChallenge(token with { Credential = null }) : challenge;
        }
    }

    internal void Forget(CallScope scope) => known.TryRemove(KeyOf(scope), out _);

    private static string KeyOf(CallScope scope) => $"{scope.Registry}{scope.Repository}";
}

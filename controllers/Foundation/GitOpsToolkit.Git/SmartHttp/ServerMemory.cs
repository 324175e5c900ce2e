using System.Collections.Concurrent;
using System.Security.Cryptography;

namespace GitOpsToolkit.Git;

/// <summary>What a server of protocol version 2 said of itself.</summary>
/// <param name="Base">The repository's address, to which an anonymous client may have been redirected.</param>
/// <param name="TellsFormat">Whether the server names its object format.</param>
internal sealed record ServerAbilities(Uri Base, bool TellsFormat);

/// <summary>Remembers servers by address, credentials and proxy, so that a poll need not ask what they can do. An address that
/// redirected is asked anew after an hour.</summary>
internal sealed class ServerMemory(TimeProvider time)
{
    private const int MaxKept = 10_000;
    private static readonly TimeSpan s_lasts = TimeSpan.FromHours(1);
    private readonly ConcurrentDictionary<string, (ServerAbilities Abilities, long At)> _known = new(StringComparer.Ordinal);
    private readonly byte[] _key = RandomNumberGenerator.GetBytes(32);

    /// <summary>What is known; null where the server has to be asked.</summary>
    public ServerAbilities? Find(GitEndpoint endpoint) =>
        _known.TryGetValue(KeyOf(endpoint), out var found) && (IsOwn(endpoint, found.Abilities) || time.GetElapsedTime(found.At) < s_lasts)
            ? found.Abilities
            : null;

    /// <summary>Keeps what a server said.</summary>
    public void Keep(GitEndpoint endpoint, ServerAbilities abilities)
    {
        if (_known.Count >= MaxKept)
        {
            _known.Clear();
        }

        _known[KeyOf(endpoint)] = (abilities, time.GetTimestamp());
    }

    /// <summary>Drops what turned out to be so no more.</summary>
    public void Forget(GitEndpoint endpoint) => _known.TryRemove(KeyOf(endpoint), out _);

    private static bool IsOwn(GitEndpoint endpoint, ServerAbilities abilities) => abilities.Base == endpoint.Url.Uri;

    private string KeyOf(GitEndpoint endpoint) =>
        $"{endpoint.Url}\n{endpoint.Credentials?.Fingerprint(_key)}\n{endpoint.Proxy?.Fingerprint}";
}

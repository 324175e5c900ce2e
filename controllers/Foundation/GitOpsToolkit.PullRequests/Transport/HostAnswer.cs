using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace GitOpsToolkit.PullRequests.Transport;

/// <summary>An answer that was read to its end.</summary>
/// <param name="What">Method and address without the query, for messages.</param>
/// <param name="Status">The status.</param>
/// <param name="Body">The body.</param>
internal sealed record HostAnswer(string What, HttpStatusCode Status, byte[] Body)
{
    /// <summary>Whether the list goes on, by the header Link with <c>rel="next"</c>.</summary>
    internal bool HasNext { get; init; }

    /// <summary>When to come back, where the host says so.</summary>
    internal TimeSpan? RetryAfter { get; init; }

    /// <summary>Whether no requests are left in the host's present window (<c>x-ratelimit-remaining: 0</c>).</summary>
    internal bool IsSpent { get; init; }

    /// <summary>Whether the body says that it is JSON.</summary>
    internal bool IsJson { get; init; }

    /// <summary>A status of success with a body that is what was asked for: a page to sign in comes with success, too.</summary>
    internal bool IsSuccess => (int)Status is >= 200 and < 300 && Status != HttpStatusCode.NonAuthoritativeInformation && (IsJson || Body.Length == 0);

    /// <summary>Reads the body.</summary>
    /// <exception cref="PullRequestException">It is not what the host's documentation says.</exception>
    internal T Read<T>(JsonTypeInfo<T> type)
    {
        try
        {
            return JsonSerializer.Deserialize(Body, type) ?? throw new JsonException("null");
        }
        catch (JsonException error)
        {
            throw new PullRequestException(
                PullRequestFault.Protocol, $"{What}: the answer is not what the host's API documents ({error.Path ?? "no JSON"})", error);
        }
    }
}

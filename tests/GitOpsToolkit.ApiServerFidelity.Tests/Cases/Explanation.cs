using System.Text.Json.Nodes;
using GitOpsToolkit.ApiServerFidelity.Tests.Comparing;

namespace GitOpsToolkit.ApiServerFidelity.Tests.Cases;

/// <summary>
/// Why the answers may differ somewhere: because the reference server is of another version than the one that the sandbox follows,
/// or because of a limit that the sandbox's README lists.
/// </summary>
internal sealed record Explanation(IReadOnlyList<PathPattern> At, string Why)
{
    /// <summary>The steps that are meant; empty for all.</summary>
    public IReadOnlyList<int> Steps { get; init; } = [];

    /// <summary>The first version in which the difference is gone.</summary>
    public Version? Until { get; init; }

    /// <summary>The first version that has the difference.</summary>
    public Version? Since { get; init; }

    /// <summary>Words of the limit in the sandbox's README.</summary>
    public string? Limit { get; init; }

    /// <summary>What the sandbox has there; null for anything.</summary>
    public JsonNode? Is { get; init; }

    /// <summary>Whether the server has nothing there, the sandbox having followed newer ones: what differs otherwise is not covered.</summary>
    public bool Added { get; init; }

    /// <summary>Whether it says something about a server of this version.</summary>
    public bool AppliesTo(Version version) => (Until is null || version < Until) && (Since is null || version >= Since);

    public bool Covers(int step, Difference difference) =>
        (Steps.Count == 0 || Steps.Contains(step))
        && At.Any(pattern => pattern.Covers(difference.Path))
        && (!Added || difference.Reference is null)
        && (Is is null || JsonNode.DeepEquals(Is, difference.Sandbox));

    public override string ToString() => $"{string.Join(", ", At)}: {Why}";
}

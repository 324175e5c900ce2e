using System.Net;

namespace GitOpsToolkit.Sandbox.Clusters;

/// <summary>A request that a controller sent to the API server, seen where it was sent: so it can be asked for on any cluster.</summary>
/// <param name="Controller">The controller, such as <c>source</c>.</param>
/// <param name="Method">The HTTP method.</param>
/// <param name="Path">The path with its query.</param>
/// <param name="ImpersonatedUser">In whose name it was asked, or null for the controller's own.</param>
/// <param name="Status">The answer; null where there was none.</param>
public sealed record ControllerRequest(string Controller, HttpMethod Method, string Path, string? ImpersonatedUser, HttpStatusCode? Status)
{
    /// <summary>Whether it asked for a change (a dry run does not).</summary>
    public bool IsWrite => Method != HttpMethod.Get && !Path.Contains("dryRun=All", StringComparison.Ordinal);

    /// <inheritdoc/>
    public override string ToString() => $"{Method} {Path} by {ImpersonatedUser ?? Controller}: {(int?)Status}";
}

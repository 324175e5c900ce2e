using GitOpsToolkit.Api.Image.V1;
using GitOpsToolkit.Api.Meta;

namespace GitOpsToolkit.Controllers.ImageReflector.Access;

/// <summary>How long one operation on the registry of an ImageRepository may take, login and all pages of a list included.</summary>
/// <param name="Span">How long, one second at least: a shorter one would never let anything through.</param>
/// <param name="Field">The field that says so, in the words of a message.</param>
internal readonly record struct RegistryTimeout(TimeSpan Span, string Field)
{
    private static readonly TimeSpan Shortest = TimeSpan.FromSeconds(1);

    /// <summary>That of <c>spec.timeout</c>; where it is not set that of <c>spec.interval</c>, as with Flux.</summary>
    internal static RegistryTimeout Of(ImageRepositorySpec spec)
    {
        var (span, field) = spec.Timeout is { } given
            ? (given.ToTimeSpan(), "spec.timeout")
            : (spec.Interval.ToTimeSpan(), "spec.interval, for want of spec.timeout");
        return new RegistryTimeout(span < Shortest ? Shortest : span, field);
    }

    /// <summary>What a message says when the time is over: <c>not done within 5s</c>.</summary>
    internal string Exceeded => $"not done within {GoDuration.From(Span)}";
}

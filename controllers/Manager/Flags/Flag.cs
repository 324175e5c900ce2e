using System.CommandLine;

namespace GitOpsToolkit.Manager.Flags;

/// <summary>One flag with its default. Given several times, the last one counts, as with Flux: a patch appends to the arguments of a Deployment.</summary>
/// <param name="option">How the flag is parsed.</param>
/// <param name="fallback">What it means where it is absent.</param>
internal sealed class Flag<T>(Option<Flag<T>.Given?> option, T fallback)
{
    /// <summary>The value given, or the default.</summary>
    public T In(ParseResult parsed) => parsed.GetValue(option) is { } given ? given.Value : fallback;

    /// <summary>Whether the flag was given.</summary>
    public bool IsGiven(ParseResult parsed) => parsed.GetResult(option) is { Implicit: false };

    /// <summary>A value that was given; it may be null, as an address that means not to listen is.</summary>
    internal sealed record Given(T Value);
}

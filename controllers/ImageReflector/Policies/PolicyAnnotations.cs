using System.Diagnostics.CodeAnalysis;
using GitOpsToolkit.Api.Meta;
using GitOpsToolkit.Controllers.ImageReflector.Policies.Signatures;
using GitOpsToolkit.Registry.Content;
using GitOpsToolkit.Versioning;

namespace GitOpsToolkit.Controllers.ImageReflector.Policies;

/// <summary>What the annotations of an ImagePolicy ask for beyond its spec. Without any, an election is Flux's.</summary>
public sealed record PolicyAnnotations
{
    /// <summary><c>true</c>: of the tags that the policy admits, the one that was first seen last wins.</summary>
    public const string NewestKey = WellKnown.ToolkitAnnotationPrefix + "newest";

    /// <summary>A duration: how long ago a tag must have been seen first.</summary>
    public const string MinAgeKey = WellKnown.ToolkitAnnotationPrefix + "minAge";

    /// <summary>Platforms such as <c>linux/amd64,linux/arm64</c>: a tag counts only when its image is there for each.</summary>
    public const string PlatformsKey = WellKnown.ToolkitAnnotationPrefix + "platforms";

    /// <summary>A YAML list of versions that are held back, with reason, author and end.</summary>
    public const string HoldsKey = WellKnown.ToolkitAnnotationPrefix + "holds";

    /// <summary><c>Hold</c> or <c>Fallback</c>: what becomes of the election when its tag is deleted from the registry.</summary>
    public const string OnTagDeletedKey = WellKnown.ToolkitAnnotationPrefix + "onTagDeleted";

    /// <summary>A YAML map with the fields of an OCIRepository's <c>spec.verify</c>: a tag counts only when its image is signed so.</summary>
    public const string VerifyKey = WellKnown.ToolkitAnnotationPrefix + "verify";

    private static readonly string[] Keys = [NewestKey, MinAgeKey, PlatformsKey, HoldsKey, OnTagDeletedKey, VerifyKey];

    /// <summary>See <see cref="NewestKey"/>.</summary>
    public bool Newest { get; init; }

    /// <summary>See <see cref="MinAgeKey"/>.</summary>
    public TimeSpan MinAge { get; init; }

    /// <summary>See <see cref="PlatformsKey"/>.</summary>
    public IReadOnlyList<Platform> Platforms { get; init; } = [];

    /// <summary>See <see cref="HoldsKey"/>.</summary>
    public IReadOnlyList<TagHold> Holds { get; init; } = [];

    /// <summary>See <see cref="OnTagDeletedKey"/>: whether the election stands; null where nothing is said.</summary>
    public bool? HoldDeleted { get; init; }

    /// <summary>See <see cref="VerifyKey"/>; null where no signatures are asked for.</summary>
    public VerifyRequest? Verify { get; init; }

    /// <summary>Reads the annotations of an object.</summary>
    /// <param name="annotations">All of its annotations; others than these are passed over.</param>
    /// <param name="read">What they ask for, or null.</param>
    /// <param name="error">Every annotation that is wrong, why, and what it may be; or null.</param>
    public static bool TryRead(
        IReadOnlyDictionary<string, string> annotations, [NotNullWhen(true)] out PolicyAnnotations? read, [NotNullWhen(false)] out string? error)
    {
        List<string> errors = [];
        T Value<T>(string key, T fallback, Func<string, T> parse)
        {
            if (!annotations.TryGetValue(key, out var text))
            {
                return fallback;
            }

            try
            {
                return parse(text);
            }
            catch (FormatException wrong)
            {
                errors.Add($"annotation {key}: {wrong.Message}");
                return fallback;
            }
        }

        read = new PolicyAnnotations
        {
            Newest = Value(NewestKey, false, ParseSwitch),
            MinAge = Value(MinAgeKey, TimeSpan.Zero, ParseAge),
            Platforms = Value<IReadOnlyList<Platform>>(PlatformsKey, [], PlatformList.Parse),
            Holds = Value<IReadOnlyList<TagHold>>(HoldsKey, [], HoldList.Parse),
            HoldDeleted = Value<bool?>(OnTagDeletedKey, null, ParseDeleted),
            Verify = Value<VerifyRequest?>(VerifyKey, null, VerifyRequest.Parse),
        };
        error = errors.Count == 0 ? null : string.Join("; ", errors);
        return error is null;
    }

    /// <summary>Whether two sets of annotations ask for different things here.</summary>
    internal static bool Differ(IReadOnlyDictionary<string, string> before, IReadOnlyDictionary<string, string> after) =>
        Keys.Any(key => before.GetValueOrDefault(key) != after.GetValueOrDefault(key));

    private static bool ParseSwitch(string text) => text switch
    {
        "true" => true,
        "false" => false,
        _ => throw new FormatException($"'{text}' is neither true nor false"),
    };

    private static TimeSpan ParseAge(string text) =>
        GoDuration.TryParse(text, out var age, out var problem) && age.Nanoseconds >= 0
            ? age.ToTimeSpan()
            : throw new FormatException($"'{text}' is no duration such as 72h: {problem ?? "it is negative"}");

    private static bool? ParseDeleted(string text) => text switch
    {
        "Hold" => true,
        "Fallback" => false,
        _ => throw new FormatException($"'{text}' is neither Hold nor Fallback"),
    };
}

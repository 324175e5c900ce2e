using GitOpsToolkit.Registry.Content;

namespace GitOpsToolkit.Controllers.ImageReflector.Policies;

/// <summary>Platforms as text, and which of them an image is there for.</summary>
internal static class PlatformList
{
    /// <exception cref="FormatException">The text is no list of platforms.</exception>
    internal static IReadOnlyList<Platform> Parse(string text) => [.. text.Split(',').Select(item => One(item.Trim()))];

    /// <summary>Whether an image for one platform runs on another that is wanted. A variant counts only where one is wanted.</summary>
    internal static bool Serves(Platform present, Platform wanted) =>
        present.OperatingSystem == wanted.OperatingSystem
        && present.Architecture == wanted.Architecture
        && (wanted.Variant.Length == 0 || wanted.Variant == Variant(present));

    private static Platform One(string item) =>
        item.Split('/') is [{ Length: > 0 } system, { Length: > 0 } architecture, .. var rest] && rest is [] or [{ Length: > 0 }]
            ? new Platform(system, architecture, rest is [var variant] ? variant : "")
            : throw new FormatException($"'{item}' is no platform such as linux/amd64 or linux/arm/v7");

    // An arm64 image without a variant is v8: there is no other.
    private static string Variant(Platform present) => present is { Architecture: "arm64", Variant: "" } ? "v8" : present.Variant;
}

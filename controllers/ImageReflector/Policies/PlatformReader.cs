using System.Collections.Concurrent;
using System.Text.Json;
using GitOpsToolkit.Registry;
using GitOpsToolkit.Registry.Content;

namespace GitOpsToolkit.Controllers.ImageReflector.Policies;

/// <summary>
/// Reads for which platforms an image is there: from its index, or for a single image from its configuration. What a digest holds never
/// changes, so each is read once.
/// </summary>
internal sealed class PlatformReader(IRegistryReader registry)
{
    private const int MostDigests = 4096;

    private readonly ConcurrentDictionary<string, IReadOnlyList<Platform>> known = new(StringComparer.Ordinal);

    /// <exception cref="RegistryException">The registry did not give what was asked.</exception>
    internal async Task<IReadOnlyList<Platform>> ReadAsync(
        ImageName image, string digest, RegistryAccess access, CancellationToken cancellation)
    {
        if (known.TryGetValue(digest, out var platforms))
        {
            return platforms;
        }

        var manifest = await registry.GetManifestAsync(image, digest, access, cancellation);
        platforms = manifest.IsIndex
            ? [.. manifest.Manifests.Select(entry => entry.Platform).OfType<Platform>()]
            : manifest.Config is { } configuration ? OfConfiguration(await registry.ReadBlobAsync(image, configuration, access, cancellation))
            : [];
        if (known.Count >= MostDigests)
        {
            known.Clear();
        }

        known[digest] = platforms;
        return platforms;
    }

    /// <summary>Other artifacts than images have configurations of other forms: they run nowhere.</summary>
    private static IReadOnlyList<Platform> OfConfiguration(byte[] configuration)
    {
        try
        {
            using var document = JsonDocument.Parse(configuration);
            return Text(document.RootElement, "os") is { } system && Text(document.RootElement, "architecture") is { } architecture
                ? [new Platform(system, architecture, Text(document.RootElement, "variant") ?? "")]
                : [];
        }
        catch (JsonException)
        {
            return [];
        }
    }

    private static string? Text(JsonElement parent, string name) =>
        parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;
}

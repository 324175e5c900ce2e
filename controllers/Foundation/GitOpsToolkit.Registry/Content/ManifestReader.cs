using System.Text.Json;

namespace GitOpsToolkit.Registry.Content;

/// <summary>
/// Reads manifests and indexes. A document that could be taken for both, or that calls itself something else than the answer did, is
/// refused: two readers must not see two images under one digest.
/// </summary>
internal static class ManifestReader
{
    private const int MaxDepth = 32;
    private const int MaxDescriptors = 10_000;

    /// <exception cref="RegistryException">The bytes are no manifest.</exception>
    internal static Manifest Read(string what, string? contentType, byte[] content)
    {
        try
        {
            using var document = JsonDocument.Parse(content, new JsonDocumentOptions { MaxDepth = MaxDepth });
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object)
            {
                throw Refused(what, "is no JSON object");
            }

            var manifest = new Manifest(MediaTypeOf(what, contentType, root), Archives.Digest.Sha256(content).ToString(), content)
            {
                Manifests = List(what, root, "manifests"),
                Config = One(what, root, "config"),
                Layers = List(what, root, "layers"),
                Subject = One(what, root, "subject"),
                Annotations = AnnotationsOf(root),
            };
            return manifest with { ArtifactType = Text(root, "artifactType") ?? manifest.Config?.MediaType };
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            throw new RegistryException(RegistryFault.Protocol, $"{what}: the manifest is not valid JSON", error);
        }
    }

    private static string MediaTypeOf(string what, string? contentType, JsonElement root)
    {
        var (hasManifests, hasLayers) = (root.TryGetProperty("manifests", out _), root.TryGetProperty("layers", out _));
        if (hasManifests && hasLayers)
        {
            throw Refused(what, "has both 'manifests' and 'layers'");
        }

        var written = Text(root, "mediaType");
        var given = contentType is not null && (MediaTypes.IsIndex(contentType) || MediaTypes.IsManifest(contentType)) ? contentType : null;
        if (written is not null && given is not null && written != given)
        {
            throw Refused(what, $"calls itself {written} and was sent as {given}");
        }

        var type = written ?? given ?? (hasManifests ? MediaTypes.OciIndex : hasLayers ? MediaTypes.OciManifest : null);
        return type switch
        {
            null => throw Refused(what, $"({contentType ?? "no content type"}) is neither an image nor an index"),
            _ when MediaTypes.IsIndex(type) && !hasLayers => type,
            _ when MediaTypes.IsManifest(type) && !hasManifests => type,
            _ => throw Refused(what, $"of type {type} is not supported, or holds what its type has not"),
        };
    }

    private static List<Descriptor> List(string what, JsonElement parent, string name)
    {
        var list = new List<Descriptor>();
        if (parent.TryGetProperty(name, out var items) && items.ValueKind == JsonValueKind.Array)
        {
            if (items.GetArrayLength() > MaxDescriptors)
            {
                throw Refused(what, $"has more than {MaxDescriptors} {name}");
            }

            list.AddRange(items.EnumerateArray().Select(item => Descriptor(what, item)));
        }

        return list;
    }

    private static Descriptor? One(string what, JsonElement parent, string name) =>
        parent.TryGetProperty(name, out var item) && item.ValueKind == JsonValueKind.Object ? Descriptor(what, item) : null;

    private static Descriptor Descriptor(string what, JsonElement item)
    {
        if (item.ValueKind != JsonValueKind.Object
            || !Archives.Digest.TryParse(Text(item, "digest"), out var digest)
            || !item.TryGetProperty("size", out var size) || !size.TryGetInt64(out var length) || length < 0)
        {
            throw Refused(what, "has a descriptor without a proper digest and size");
        }

        return new Descriptor(Text(item, "mediaType") ?? "", digest.ToString(), length)
        {
            ArtifactType = Text(item, "artifactType"),
            Platform = PlatformOf(item),
            Annotations = AnnotationsOf(item),
        };
    }

    private static Platform? PlatformOf(JsonElement item) =>
        item.TryGetProperty("platform", out var platform) && platform.ValueKind == JsonValueKind.Object
        && Text(platform, "os") is { } os && Text(platform, "architecture") is { } architecture
            ? new Platform(os, architecture, Text(platform, "variant") ?? "")
            : null;

    private static IReadOnlyDictionary<string, string> AnnotationsOf(JsonElement item)
    {
        if (!item.TryGetProperty("annotations", out var annotations) || annotations.ValueKind != JsonValueKind.Object)
        {
            return Annotation.None;
        }

        var read = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var entry in annotations.EnumerateObject().Where(entry => entry.Value.ValueKind == JsonValueKind.String))
        {
            read[entry.Name] = entry.Value.GetString()!;
        }

        return read;
    }

    private static string? Text(JsonElement parent, string name) =>
        parent.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 0 } text
            ? text
            : null;

    private static RegistryException Refused(string what, string why) => new(RegistryFault.Protocol, $"{what}: the manifest {why}; refused");
}

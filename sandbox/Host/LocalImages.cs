using System.Collections.Concurrent;
using GitOpsToolkit.Sandbox.Registry;

namespace GitOpsToolkit.Sandbox;

/// <summary>
/// Which images the simulated node cannot pull: those of the sandbox's own registry that are not there. Images of other registries are
/// never looked for. What was pulled once stays on the node, also when it is deleted from the registry.
/// </summary>
internal sealed class LocalImages(OciRegistry registry)
{
    private readonly ConcurrentDictionary<string, bool> _pulled = new(StringComparer.Ordinal);

    public bool IsMissing(string image)
    {
        if (!image.StartsWith(registry.Host + "/", StringComparison.Ordinal) || _pulled.ContainsKey(image))
        {
            return false;
        }

        var (repository, reference) = Split(image[(registry.Host.Length + 1)..]);
        if (!registry.Holds(repository, reference))
        {
            return true;
        }

        _pulled.TryAdd(image, true);
        return false;
    }

    /// <summary>A digest goes before a tag; without both it is the tag latest.</summary>
    private static (string Repository, string Reference) Split(string name)
    {
        var at = name.IndexOf('@', StringComparison.Ordinal);
        var tagged = at >= 0 ? name[..at] : name;
        var colon = tagged.LastIndexOf(':');
        var repository = colon >= 0 ? tagged[..colon] : tagged;
        return (repository, at >= 0 ? name[(at + 1)..] : colon >= 0 ? tagged[(colon + 1)..] : "latest");
    }
}

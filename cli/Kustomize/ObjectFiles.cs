using System.Text.Json.Nodes;
using GitOpsToolkit.Kustomize.Resources;
using GitOpsToolkit.Yaml;

namespace GitOpsToolkit.Cli.Kustomize;

/// <summary>Writes one file for each object, named as kustomize names them: <c>apps_v1_deployment_web.yaml</c>, with the namespace before it where there are several.</summary>
internal static class ObjectFiles
{
    /// <summary>Writes; files of the same names are replaced.</summary>
    public static void Write(string directory, IReadOnlyList<Resource> resources)
    {
        var severalNamespaces = resources.Where(resource => !resource.Id.IsClusterScoped).Select(resource => resource.Id.EffectiveNamespace).Distinct().Skip(1).Any();
        foreach (var resource in resources)
        {
            var text = YamlWriter.WriteAll([(JsonNode?)resource.Body], YamlWriterOptions.Sorted);
            File.WriteAllText(Path.Combine(directory, NameOf(resource.Id, severalNamespaces)), text);
        }
    }

    private static string NameOf(ResourceId id, bool severalNamespaces)
    {
        var parts = new[] { severalNamespaces && !id.IsClusterScoped ? id.EffectiveNamespace : "", id.Group, id.Version, id.Kind, id.Name };
        // A name may hold what is a path to the file system; it must not lead out of the directory.
        return string.Join('_', parts.Where(part => part.Length > 0)).ToLowerInvariant().Replace('/', '_').Replace('\\', '_') + ".yaml";
    }
}

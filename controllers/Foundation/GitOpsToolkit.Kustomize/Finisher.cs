using GitOpsToolkit.Kustomize.Generators;
using GitOpsToolkit.Kustomize.Loader;
using GitOpsToolkit.Kustomize.Resources;
using GitOpsToolkit.Kustomize.Transformers;
using GitOpsToolkit.Kustomize.Variables;

namespace GitOpsToolkit.Kustomize;

/// <summary>What is done once, after the last kustomization: hashes, references, variables, and the annotations that kustomize leaves.</summary>
internal static class Finisher
{
    private const string SourceAnnotation = "config.kubernetes.io/origin";
    private const string TransformationsAnnotation = "alpha.config.kubernetes.io/transformations";

    /// <summary>Annotations by which kustomize and its functions keep notes; none of them is ever put out.</summary>
    private static readonly string[] Notes =
    [
        "internal.config.kubernetes.io/previousKinds", "internal.config.kubernetes.io/previousNames",
        "internal.config.kubernetes.io/prefixes", "internal.config.kubernetes.io/suffixes",
        "internal.config.kubernetes.io/previousNamespaces", "internal.config.kubernetes.io/allowNameChange",
        "internal.config.kubernetes.io/allowKindChange", "internal.config.kubernetes.io/refBy",
        "internal.config.kubernetes.io/generatorBehavior", "internal.config.kubernetes.io/needsHashSuffix",
        "internal.config.kubernetes.io/path", "internal.config.kubernetes.io/index", "internal.config.kubernetes.io/seqindent",
        "internal.config.kubernetes.io/id", "internal.config.kubernetes.io/annotations-migration-resource-id",
        "internal.config.kubernetes.io/helm-generated", "config.kubernetes.io/path", "config.kubernetes.io/index", "config.k8s.io/id",
    ];

    /// <exception cref="BuildException">A reference or a variable is at fault.</exception>
    internal static ResourceSet Finish(Accumulation accumulation, KustomizationFile root, Action<string> warn)
    {
        var set = accumulation.Set;
        new ContentHash().Transform(set);
        new NameReferenceTransformer(accumulation.Config.NameReferences).Transform(set);
        new VariableTransformer(accumulation.Variables, accumulation.Config.VariableReferences, warn).Transform(set);
        set.Remove(set.Items.Where(IsLocal).ToHashSet());
        LegacyOrder.Apply(set, root.Sort);
        foreach (var resource in set.Items)
        {
            Annotate(resource, root.BuildMetadata);
        }

        return set;
    }

    /// <summary>Objects marked as local configuration are input for tools, not for the cluster.</summary>
    private static bool IsLocal(Resource resource) =>
        resource.Annotations is { } annotations
        && annotations.ContainsKey("config.kubernetes.io/local-config")
        && annotations.Text("config.kubernetes.io/local-config") != "false";

    private static void Annotate(Resource resource, IReadOnlyList<string> wanted)
    {
        if (wanted.Contains("managedByLabel"))
        {
            resource.Body.GetOrAddObject("metadata").GetOrAddObject("labels")["app.kubernetes.io/managed-by"] = "kustomize-v5.8.1";
        }

        Settle(resource);
        Put(resource, SourceAnnotation, wanted.Contains("originAnnotations") ? resource.Provenance.SourceText : null);
        Put(resource, TransformationsAnnotation,
            wanted.Contains("transformerAnnotations") ? resource.Provenance.TransformationsText : null);
        if (resource.Annotations is { Count: 0 })
        {
            resource.Metadata!.Remove("annotations");
        }
    }

    private static void Put(Resource resource, string annotation, string? text)
    {
        if (text is null)
        {
            resource.Annotations?.Remove(annotation);
            return;
        }

        resource.Body.GetOrAddObject("metadata").GetOrAddObject("annotations")[annotation] = text;
    }

    /// <summary>kustomize rewrites annotations when it takes its notes out: every value becomes text, empty ones vanish.</summary>
    private static void Settle(Resource resource)
    {
        if (resource.Metadata is not { } metadata || !metadata.ContainsKey("annotations"))
        {
            return;
        }

        if (resource.Annotations is not { } annotations)
        {
            metadata.Remove("annotations");
            return;
        }

        foreach (var note in Notes)
        {
            annotations.Remove(note);
        }

        foreach (var (key, value) in annotations.ToArray())
        {
            if (!JsonNodes.IsString(value))
            {
                annotations[key] = JsonNodes.ScalarText(value) ?? "";
            }
        }
    }
}

using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using GitOpsToolkit.Api.Kustomize.V1;
using GitOpsToolkit.Delivery;
using GitOpsToolkit.Kustomize;
using GitOpsToolkit.Kustomize.Loader;
using GitOpsToolkit.Kustomize.Patches;
using GitOpsToolkit.Kustomize.Resources;
using GitOpsToolkit.Yaml;

namespace GitOpsToolkit.Controllers.Kustomize;

/// <summary>The manifests of a revision, ready to be applied.</summary>
/// <param name="Objects">The objects with their owner's labels, in the order of the build.</param>
/// <param name="Digest">The digest of the rendered YAML, for the history.</param>
/// <param name="Inputs">What the build saw of the artifact.</param>
internal sealed record Manifests(IReadOnlyList<DesiredObject> Objects, string Digest, BuildInputs Inputs);

/// <summary>Renders the manifests of a Kustomization from an unpacked artifact.</summary>
public static class ManifestBuild
{
    /// <exception cref="BuildException">The manifests, or the spec's changes to them, are at fault.</exception>
    internal static Manifests Run(Kustomization kustomization, OwnerLabels owner, string folder, BuildLimits limits,
        CancellationToken cancellation)
    {
        var builder = new KustomizeBuilder(new DirectoryFileSource(folder), new BuildOptions { Limits = limits });
        var result = builder.Build(kustomization.Spec.Path ?? "", OverlayOf(kustomization.Spec), cancellation);
        Check(result.Resources);
        var yaml = YamlWriter.WriteAll(result.Resources.Select(resource => (JsonNode?)resource.Body), YamlWriterOptions.Sorted);
        var digest = $"sha256:{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(yaml)))}";
        return new Manifests([.. result.Resources.Select(resource => Finish(resource, kustomization.Spec, owner))], digest, result.Inputs);
    }

    /// <summary>What the spec adds to the kustomization of its path.</summary>
    public static BuildOverlay OverlayOf(KustomizationSpec spec) => new()
    {
        Namespace = spec.TargetNamespace ?? "",
        NamePrefix = spec.NamePrefix ?? "",
        NameSuffix = spec.NameSuffix ?? "",
        Components = spec.Components,
        IgnoreMissingComponents = spec.IgnoreMissingComponents,
        Images = [.. spec.Images.Select(image =>
            new GitOpsToolkit.Kustomize.Transformers.ImageOverride(image.Name, image.NewName ?? "", image.NewTag ?? "",
                image.Digest ?? ""))],
        Patches = [.. spec.Patches.Select((patch, i) => new InlinePatch(patch.Content, TargetOf(patch.Target), $"spec.patches[{i}]"))],
    };

    private static PatchTarget? TargetOf(Selector? target) => target is null ? null : new PatchTarget
    {
        Group = target.Group ?? "",
        Version = target.Version ?? "",
        Kind = target.Kind ?? "",
        Name = target.Name ?? "",
        Namespace = target.Namespace ?? "",
        LabelSelector = target.LabelSelector ?? "",
        AnnotationSelector = target.AnnotationSelector ?? "",
    };

    private static void Check(IReadOnlyList<Resource> resources)
    {
        List<BuildError> errors = [];
        foreach (var resource in resources)
        {
            if (resource.Id.Version.Length == 0)
            {
                errors.Add(new BuildError($"{resource.Id}: 'apiVersion' is missing", resource.Origin.File, resource.Origin.Line, "apiVersion"));
            }

            if (resource.Body["sops"] is not null)
            {
                errors.Add(new BuildError(
                    $"{resource.Id} is SOPS encrypted, configuring decryption is required for this object to be reconciled",
                    resource.Origin.File, resource.Origin.Line, "sops"));
            }
        }

        if (errors.Count > 0)
        {
            throw new BuildException(errors);
        }
    }

    private static DesiredObject Finish(Resource resource, KustomizationSpec spec, OwnerLabels owner)
    {
        var body = resource.Body;
        owner.Stamp(body);
        if (spec.CommonMetadata is { } common)
        {
            var metadata = (JsonObject)body["metadata"]!;
            Put(metadata, "labels", common.Labels);
            Put(metadata, "annotations", common.Annotations);
        }

        EncodeSecret(body);
        return new DesiredObject(body, resource.Origin.ToString());
    }

    private static void Put(JsonObject metadata, string field, IReadOnlyDictionary<string, string> pairs)
    {
        if (pairs.Count == 0)
        {
            return;
        }

        if (metadata[field] is not JsonObject map)
        {
            metadata[field] = map = [];
        }

        foreach (var (key, value) in pairs)
        {
            map[key] = value;
        }
    }

    /// <summary>The server keeps <c>stringData</c> as <c>data</c>: sent in that form, the object can be compared.</summary>
    private static void EncodeSecret(JsonObject body)
    {
        if (body["kind"]?.ToString() != "Secret" || body["apiVersion"]?.ToString() != "v1" || body["stringData"] is not JsonObject plain)
        {
            return;
        }

        if (body["data"] is not JsonObject data)
        {
            body["data"] = data = [];
        }

        foreach (var (key, value) in plain)
        {
            data[key] = Convert.ToBase64String(Encoding.UTF8.GetBytes(value?.ToString() ?? ""));
        }

        body.Remove("stringData");
    }
}

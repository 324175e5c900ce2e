using System.Text.Json.Nodes;
using GitOpsToolkit.Kustomize.Patches;
using GitOpsToolkit.Kustomize.Transformers;
using GitOpsToolkit.Yaml;

namespace GitOpsToolkit.Kustomize.Loader;

/// <summary>Reads kustomization.yaml. A field that this engine does not honour is an error that names it, never silently ignored.</summary>
internal static class KustomizationReader
{
    private static readonly HashSet<string> Known = new(StringComparer.OrdinalIgnoreCase)
    {
        "apiVersion", "kind", "metadata", "resources", "components", "namespace", "namePrefix", "nameSuffix", "labels", "commonLabels",
        "commonAnnotations", "images", "patches",
    };

    /// <summary>Fields of kustomize's language that this engine does not build yet.</summary>
    private static readonly HashSet<string> NotHonoured = new(StringComparer.OrdinalIgnoreCase)
    {
        "bases", "buildMetadata", "configMapGenerator", "configurations", "crds", "generatorOptions", "generators",
        "helmChartInflationGenerator",
        "helmCharts", "helmGlobals", "imageTags", "inventory", "openapi", "patchesJson6902", "patchesStrategicMerge", "replacements",
        "replicas",
        "secretGenerator", "sortOptions", "transformers", "validators", "vars",
    };

    /// <exception cref="BuildException">The text is no kustomization, or uses what is not honoured.</exception>
    internal static KustomizationFile Read(YamlDocument document)
    {
        if (document.Root is not JsonObject map)
        {
            return document.Root is null
                ? new KustomizationFile { File = document.File, IsEmpty = true }
                : throw BuildException.At("a kustomization is a map", document.File, document.StartLine);
        }

        var reader = new FieldReader(document, map, "");
        RefuseOthers(reader, map);
        var kind = reader.Text("kind");
        CheckType(reader, kind);
        return new KustomizationFile
        {
            File = document.File,
            IsComponent = kind == "Component",
            Resources = reader.Texts("resources"),
            Components = reader.Texts("components"),
            Namespace = reader.Text("namespace"),
            NamePrefix = reader.Text("namePrefix"),
            NameSuffix = reader.Text("nameSuffix"),
            Labels = [.. reader.Maps("labels").Select(ReadLabels)],
            CommonLabels = reader.TextMap("commonLabels"),
            CommonAnnotations = reader.TextMap("commonAnnotations"),
            Images = [.. reader.Maps("images").Select(ReadImage)],
            Patches = [.. reader.Maps("patches").Select(ReadPatch)],
            IsEmpty = !map.Any(field => !IsTypeField(field.Key) && !IsUnset(field.Value)),
        };
    }

    private static void RefuseOthers(FieldReader reader, JsonObject map)
    {
        List<BuildError> errors = [];
        foreach (var (name, value) in map)
        {
            if (Known.Contains(name) || (NotHonoured.Contains(name) && IsBlank(value)))
            {
                continue;
            }

            var message = NotHonoured.Contains(name)
                ? "this field is not honoured yet; remove it, or render the manifests before they are committed"
                : "unknown field";
            errors.AddRange(reader.Fault(name, message).Errors);
        }

        if (errors.Count > 0)
        {
            throw new BuildException(errors);
        }
    }

    private static void CheckType(FieldReader reader, string kind)
    {
        var version = reader.Text("apiVersion");
        if (kind is not ("" or "Kustomization" or "Component"))
        {
            throw reader.Fault("kind", "must be Kustomization or Component");
        }

        var wanted = kind == "Component" ? "kustomize.config.k8s.io/v1alpha1" : "kustomize.config.k8s.io/v1beta1";
        if (version.Length > 0 && version != wanted)
        {
            throw reader.Fault("apiVersion", $"must be {wanted}");
        }
    }

    private static bool IsTypeField(string name) =>
        name.Equals("apiVersion", StringComparison.OrdinalIgnoreCase) || name.Equals("kind", StringComparison.OrdinalIgnoreCase);

    private static bool IsBlank(JsonNode? value) => value switch
    {
        JsonArray list => list.Count == 0,
        JsonObject map => map.Count == 0,
        _ => IsUnset(value),
    };

    /// <summary>An empty list is set, if to nothing.</summary>
    private static bool IsUnset(JsonNode? value) =>
        value is null || (value is JsonValue scalar && scalar.TryGetValue<string>(out var text) && text.Length == 0);

    private static LabelEntry ReadLabels(FieldReader entry)
    {
        entry.RefuseUnknown("pairs", "includeSelectors", "includeTemplates", "includeVolumeClaimTemplates", "fields");
        return new LabelEntry(
            entry.TextMap("pairs"), entry.Bool("includeSelectors"), entry.Bool("includeTemplates"),
            entry.Bool("includeVolumeClaimTemplates"),
            [.. entry.Maps("fields").Select(ReadFieldSpec)]);
    }

    private static FieldSpec ReadFieldSpec(FieldReader entry)
    {
        entry.RefuseUnknown("path", "create", "group", "version", "kind");
        var path = entry.Text("path");
        return path.Length > 0
            ? new FieldSpec(path, entry.Bool("create"), entry.Text("group"), entry.Text("version"), entry.Text("kind"))
            : throw entry.Fault("path", "is required");
    }

    private static ImageOverride ReadImage(FieldReader entry)
    {
        entry.RefuseUnknown("name", "newName", "newTag", "digest");
        return new ImageOverride(entry.Text("name"), entry.Text("newName"), entry.Text("newTag"), entry.Text("digest"));
    }

    private static PatchEntry ReadPatch(FieldReader entry)
    {
        entry.RefuseUnknown("path", "patch", "target", "options");
        var (path, text) = (entry.Text("path"), entry.Text("patch").Trim());
        if (path.Length == 0 == (text.Length == 0))
        {
            throw BuildException.At("one of 'path' and 'patch' is expected", entry.File, entry.Line, entry.PathOfSelf);
        }

        var options = entry.Map("options");
        options?.RefuseUnknown("allowNameChange", "allowKindChange");
        return new PatchEntry(
            path.Length > 0 ? path : null, text.Length > 0 ? text : null, ReadTarget(entry.Map("target")),
            options?.Bool("allowNameChange") ?? false, options?.Bool("allowKindChange") ?? false, entry.Line, entry.PathOfSelf);
    }

    private static PatchTarget? ReadTarget(FieldReader? target)
    {
        if (target is null)
        {
            return null;
        }

        target.RefuseUnknown("group", "version", "kind", "name", "namespace", "labelSelector", "annotationSelector");
        return new PatchTarget
        {
            Group = target.Text("group"),
            Version = target.Text("version"),
            Kind = target.Text("kind"),
            Name = target.Text("name"),
            Namespace = target.Text("namespace"),
            LabelSelector = target.Text("labelSelector"),
            AnnotationSelector = target.Text("annotationSelector"),
        };
    }
}

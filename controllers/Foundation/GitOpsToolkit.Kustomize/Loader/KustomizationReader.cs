using System.Text.Json.Nodes;
using GitOpsToolkit.Kustomize.Replacements;
using GitOpsToolkit.Yaml;

namespace GitOpsToolkit.Kustomize.Loader;

/// <summary>Reads kustomization.yaml. A field that this engine does not honour is an error that names it, never silently ignored.</summary>
internal static class KustomizationReader
{
    private static readonly HashSet<string> Known = new(StringComparer.OrdinalIgnoreCase)
    {
        "apiVersion", "kind", "metadata", "resources", "bases", "components", "crds", "namespace", "namePrefix", "nameSuffix", "labels",
        "commonLabels", "commonAnnotations", "images", "imageTags", "replicas", "patches", "patchesStrategicMerge", "patchesJson6902",
        "replacements", "vars", "configMapGenerator", "secretGenerator", "generatorOptions", "generators", "transformers", "validators",
        "configurations", "openapi", "buildMetadata", "sortOptions",
    };

    /// <summary>Fields of kustomize's language that start programs.</summary>
    private static readonly HashSet<string> Refused = new(StringComparer.OrdinalIgnoreCase)
    {
        "helmCharts", "helmGlobals", "helmChartInflationGenerator",
    };

    /// <summary>Deprecated fields and what takes their place.</summary>
    private static readonly (string Field, string Instead)[] Deprecated =
    [
        ("bases", "resources"), ("commonLabels", "labels"), ("imageTags", "images"), ("patchesJson6902", "patches"),
        ("patchesStrategicMerge", "patches"), ("vars", "replacements"),
    ];

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
        var file = new KustomizationFile
        {
            File = document.File,
            IsComponent = kind == "Component",
            Resources = reader.Texts("resources"),
            Bases = reader.Texts("bases"),
            Components = reader.Texts("components"),
            Namespace = reader.Text("namespace"),
            NamePrefix = reader.Text("namePrefix"),
            NameSuffix = reader.Text("nameSuffix"),
            IsEmpty = !map.Any(field => !IsTypeField(field.Key) && !IsUnset(field.Value)),
            Warnings =
            [
                .. Deprecated.Where(deprecated => reader.Has(deprecated.Field)).Select(deprecated =>
                    $"{document.File}: '{deprecated.Field}' is deprecated, use '{deprecated.Instead}' instead"),
            ],
        };
        return WithGenerators(WithTransformers(file, reader), reader);
    }

    private static KustomizationFile WithTransformers(KustomizationFile file, FieldReader reader) => file with
    {
        Labels = [.. reader.Maps("labels").Select(EntryReader.Labels)],
        CommonLabels = reader.TextMap("commonLabels"),
        CommonAnnotations = reader.TextMap("commonAnnotations"),
        Images = [.. reader.Maps("images").Concat(reader.Maps("imageTags")).Select(EntryReader.Image)],
        Replicas = [.. reader.Maps("replicas").Select(EntryReader.Replica)],
        Patches = [.. reader.Maps("patches").Select(EntryReader.Patch)],
        PatchesStrategicMerge = reader.Texts("patchesStrategicMerge"),
        PatchesJson6902 = [.. reader.Maps("patchesJson6902").Select(EntryReader.Patch)],
        Replacements = [.. reader.Maps("replacements").Select(ReplacementReader.Entry)],
        Transformers = reader.Texts("transformers"),
        Validators = reader.Texts("validators"),
        Sort = reader.Map("sortOptions") is { } sort ? ReadSort(sort) : null,
    };

    private static KustomizationFile WithGenerators(KustomizationFile file, FieldReader reader)
    {
        var options = reader.Map("generatorOptions") is { } global ? EntryReader.Options(global) : null;
        var openApi = reader.TextMap("openapi");
        return openApi.TryGetValue("version", out var version) && version != "v1.21.2"
            ? throw reader.Fault("openapi", $"the version '{version}' is unknown; name a file with 'path'")
            : file with
            {
                Data =
                [
                    .. reader.Maps("configMapGenerator").Select(entry => EntryReader.Data(entry, isSecret: false, options)),
                    .. reader.Maps("secretGenerator").Select(entry => EntryReader.Data(entry, isSecret: true, options)),
                ],
                Generators = reader.Texts("generators"),
                Configurations = reader.Texts("configurations"),
                Crds = reader.Texts("crds"),
                Variables = [.. reader.Maps("vars").Select(EntryReader.Variable)],
                OpenApiPath = openApi.GetValueOrDefault("path"),
                UsesBuiltInSchema = openApi.ContainsKey("version"),
                BuildMetadata = [.. reader.Texts("buildMetadata").Select(option => option.Text)],
            };
    }

    private static void RefuseOthers(FieldReader reader, JsonObject map)
    {
        List<BuildError> errors = [];
        foreach (var (name, value) in map)
        {
            if (Known.Contains(name) || (Refused.Contains(name) && IsBlank(value)))
            {
                continue;
            }

            var message = Refused.Contains(name)
                ? "Helm charts are not built here, since that would start a program; render them before, or use a HelmRelease"
                : "unknown field";
            errors.AddRange(reader.Fault(name, message).Errors);
            if (errors.Count >= BuildException.MaxErrors)
            {
                break;
            }
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

    private static SortOptions ReadSort(FieldReader sort)
    {
        sort.RefuseUnknown("order", "legacySortOptions");
        var order = sort.Text("order");
        var legacy = sort.Map("legacySortOptions");
        legacy?.RefuseUnknown("orderFirst", "orderLast");
        if (order is not ("legacy" or "fifo"))
        {
            throw sort.Fault("order", "must be legacy or fifo");
        }

        if (order == "fifo" && legacy is not null)
        {
            throw sort.Fault("legacySortOptions", "only goes with order: legacy");
        }

        IReadOnlyList<string>? Kinds(string field) => legacy is null ? null : [.. legacy.Texts(field).Select(kind => kind.Text)];
        return new SortOptions(order == "legacy", Kinds("orderFirst"), Kinds("orderLast"));
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
}

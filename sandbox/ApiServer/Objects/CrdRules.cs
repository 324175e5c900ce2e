using System.Text.Json.Nodes;
using GitOpsToolkit.Sandbox.ApiServer.Resources;
using GitOpsToolkit.Sandbox.Machinery;

namespace GitOpsToolkit.Sandbox.ApiServer.Objects;

/// <summary>CustomResourceDefinitions: their conditions, and the resources that they define.</summary>
internal static class CrdRules
{
    public const string StorageKey = "apiextensions.k8s.io/customresourcedefinitions";
    private static readonly string[] CustomVerbs = ["delete", "deletecollection", "get", "list", "patch", "create", "update", "watch"];

    public const string CleanupFinalizer = "customresourcecleanup.apiextensions.k8s.io";

    /// <summary>The first request to delete a CRD adds the finalizer that removes the instances.</summary>
    public static void MarkTerminating(JsonObject crd, List<string> finalizers, string now)
    {
        if (crd.Meta()["deletionTimestamp"] is not null)
        {
            return;
        }

        if (!finalizers.Contains(CleanupFinalizer))
        {
            finalizers.Add(CleanupFinalizer);
        }

        SetCondition(crd, "Terminating", true, "InstanceDeletionPending",
            "CustomResourceDefinition marked for deletion; CustomResource deletion will begin soon", now);
    }

    /// <summary>What a new definition's status says before anybody has looked at it.</summary>
    public static JsonObject NewStatus(JsonObject crd)
    {
        var storage = StorageVersion(crd.Map("spec"));
        return new()
        {
            ["conditions"] = null,
            ["acceptedNames"] = new JsonObject { ["plural"] = "", ["kind"] = "" },
            ["storedVersions"] = storage.Length == 0 ? null : new JsonArray(storage),
        };
    }

    /// <summary>A version that becomes the stored one is remembered with the update that makes it so.</summary>
    public static void RememberStorage(JsonObject crd)
    {
        var status = crd.Child("status");
        var storage = StorageVersion(crd.Map("spec"));
        if (storage.Length > 0 && !status.Texts("storedVersions").Contains(storage, StringComparer.Ordinal))
        {
            status["storedVersions"] = new JsonArray([.. status.Texts("storedVersions").Append(storage).Select(v => JsonValue.Create(v))]);
        }
    }

    /// <summary>Accepts the names that are free; establishes the definition once all are.</summary>
    /// <param name="crd">Changed in place.</param>
    /// <param name="taken">The names of the group that others have.</param>
    /// <param name="now">For the conditions.</param>
    public static void Establish(JsonObject crd, TakenNames taken, string now)
    {
        var status = crd.Child("status");
        var names = crd.Map("spec").Map("names") ?? [];
        var accepted = (JsonObject?)status.Map("acceptedNames")?.DeepClone() ?? [];
        var conflict = ("", "");
        foreach (var (field, reason, used) in new[]
        {
            ("plural", "PluralConflict", taken.Resources),
            ("singular", "SingularConflict", taken.Resources),
            ("shortNames", "ShortNamesConflict", taken.Resources),
            ("kind", "KindConflict", taken.Kinds),
            ("listKind", "ListKindConflict", taken.Kinds),
        })
        {
            var wanted = field == "shortNames" ? [.. names.Texts(field)] : new[] { names.Text(field) };
            if (wanted.FirstOrDefault(name => name.Length > 0 && used.Contains(name)) is { } clash)
            {
                conflict = (reason, $"\"{clash}\" is already in use");
            }
            else
            {
                accepted.Put(field, names[field]?.DeepClone());
            }
        }

        accepted.Put("categories", names["categories"]?.DeepClone());
        status["acceptedNames"] = accepted;
        if (conflict.Item1.Length > 0)
        {
            SetCondition(crd, "NamesAccepted", false, conflict.Item1, conflict.Item2, now);
            if (!IsTrue(crd, "Established"))
            {
                SetCondition(crd, "Established", false, "NotAccepted", "not all names are accepted", now);
            }

            return;
        }

        SetCondition(crd, "NamesAccepted", true, "NoConflicts", "no conflicts found", now);
        SetCondition(crd, "Established", true, "InitialNamesAccepted", "the initial names have been accepted", now);
        RememberStorage(crd);
    }

    public static bool IsTrue(JsonObject crd, string condition) =>
        (crd.Map("status").List("conditions") ?? []).Any(c => c.Text("type") == condition && c.Text("status") == "True");

    /// <summary>The resources that an established CRD serves, one for each served version.</summary>
    public static IReadOnlyList<ResourceDefinition> Definitions(JsonObject crd)
    {
        var spec = crd.Map("spec");
        var names = crd.Map("status").Map("acceptedNames") is { Count: > 0 } accepted ? accepted : spec.Map("names");
        var (group, plural, kind) = (spec.Text("group"), names.Text("plural"), names.Text("kind"));
        if (!IsTrue(crd, "Established") || plural.Length == 0)
        {
            return [];
        }

        return
        [
            .. (spec.List("versions") ?? []).Where(v => v.Flag("served")).Select(v => new ResourceDefinition
            {
                Group = group,
                Version = v.Text("name"),
                StorageVersion = StorageVersion(spec),
                Kind = kind,
                ListKind = names.TextOrNull("listKind") ?? kind + "List",
                Plural = plural,
                Singular = names.TextOrNull("singular") ?? kind.ToLowerInvariant(),
                ShortNames = [.. names.Texts("shortNames")],
                Categories = [.. names.Texts("categories")],
                Namespaced = spec.Text("scope") == "Namespaced",
                Verbs = CustomVerbs,
                HasStatus = v.Map("subresources").Map("status") is not null,
                HasScale = v.Map("subresources").Map("scale") is not null,
                TracksGeneration = true,
                RequiresVersion = true,
                StorageKey = $"{group}/{plural}",
                SelectableFields = [.. (v.List("selectableFields") ?? []).Select(f => f.Text("jsonPath").TrimStart('.'))],
                Custom = Version(crd, spec!, v!),
            }),
        ];
    }

    public static void SetCondition(JsonObject crd, string type, bool value, string reason, string message, string now)
    {
        var status = crd.Child("status");
        if (status["conditions"] is not JsonArray conditions)
        {
            status["conditions"] = conditions = [];
        }

        var text = value ? "True" : "False";
        var present = conditions.OfType<JsonObject>().FirstOrDefault(c => c.Text("type") == type);
        if (present is null)
        {
            conditions.Add((JsonNode)new JsonObject
            {
                ["lastTransitionTime"] = now,
                ["message"] = message,
                ["reason"] = reason,
                ["status"] = text,
                ["type"] = type,
            });
            return;
        }

        if (present.Text("status") != text)
        {
            present["lastTransitionTime"] = now;
        }

        present["status"] = text;
        present["reason"] = reason;
        present["message"] = message;
    }

    private static string StorageVersion(JsonObject? spec) =>
        (spec.List("versions") ?? []).FirstOrDefault(v => v.Flag("storage")).Text("name");

    private static CustomVersion Version(JsonObject crd, JsonObject spec, JsonNode version)
    {
        var schema = version.Map("schema").Map("openAPIV3Schema");
        var scale = version.Map("subresources").Map("scale");
        return new()
        {
            Storage = CustomKind.FromDefinition(crd, StorageVersion(spec)),
            DefaultsAtRead = (crd.Meta().Number("generation") ?? 1) > 1,
            Rules = CustomKind.FromDefinition(crd, version.Text("name")),
            Schema = schema is null ? null : (JsonObject)schema.DeepClone(),
            Scale = scale is null ? null : new(scale.Text("specReplicasPath"), scale.Text("statusReplicasPath"), scale.Text("labelSelectorPath")),
            DeprecationWarning = version.Flag("deprecated")
                ? version.TextOrNull("deprecationWarning") ?? $"{spec.Text("group")}/{version.Text("name")} {spec.Map("names").Text("kind")} is deprecated"
                : null,
        };
    }
}

/// <summary>Names that other definitions of a group have.</summary>
/// <param name="Resources">Plurals, singulars and short names.</param>
/// <param name="Kinds">Kinds and kinds of lists.</param>
internal sealed record TakenNames(IReadOnlySet<string> Resources, IReadOnlySet<string> Kinds);

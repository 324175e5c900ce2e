using System.Text.Json.Nodes;
using GitOpsToolkit.Sandbox.ApiServer.Resources;
using GitOpsToolkit.Sandbox.Machinery;

namespace GitOpsToolkit.Sandbox.ApiServer.Objects;

/// <summary>CustomResourceDefinitions: their conditions, and the resources that they define.</summary>
internal static class CrdRules
{
    public const string StorageKey = "apiextensions.k8s.io/customresourcedefinitions";
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

    /// <summary>Accepts the names and establishes the definition; returns whether anything changed.</summary>
    public static bool Establish(JsonObject crd, bool namesTaken, string now)
    {
        var before = crd.DeepClone();
        var status = crd.Child("status");
        var spec = crd.Map("spec");
        if (namesTaken)
        {
            SetCondition(crd, "NamesAccepted", false, "PluralConflict", $"\"{spec.Map("names").Text("plural")}\" is already in use", now);
            SetCondition(crd, "Established", false, "NotAccepted", "not all names are accepted", now);
        }
        else
        {
            SetCondition(crd, "NamesAccepted", true, "NoConflicts", "no conflicts found", now);
            SetCondition(crd, "Established", true, "InitialNamesAccepted", "the initial names have been accepted", now);
            status["acceptedNames"] = AcceptedNames(spec.Map("names"));
        }

        var stored = status.Texts("storedVersions").ToList();
        var storage = StorageVersion(spec);
        if (!stored.Contains(storage, StringComparer.Ordinal))
        {
            stored.Add(storage);
        }

        status["storedVersions"] = new JsonArray([.. stored.Select(v => JsonValue.Create(v))]);
        return !JsonNode.DeepEquals(before, crd);
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

    private static JsonObject AcceptedNames(JsonObject? names)
    {
        var accepted = (JsonObject)(names?.DeepClone() ?? new JsonObject());
        var kind = accepted.Text("kind");
        accepted["listKind"] ??= kind + "List";
        accepted["singular"] ??= kind.ToLowerInvariant();
        return accepted;
    }

    private static CustomVersion Version(JsonObject crd, JsonObject spec, JsonNode version)
    {
        var schema = version.Map("schema").Map("openAPIV3Schema");
        var scale = version.Map("subresources").Map("scale");
        return new()
        {
            Rules = CustomKind.FromDefinition(crd, version.Text("name")),
            Schema = schema is null ? null : (JsonObject)schema.DeepClone(),
            Scale = scale is null ? null : new(scale.Text("specReplicasPath"), scale.Text("statusReplicasPath"), scale.Text("labelSelectorPath")),
            DeprecationWarning = version.Flag("deprecated")
                ? version.TextOrNull("deprecationWarning") ?? $"{spec.Text("group")}/{version.Text("name")} {spec.Map("names").Text("kind")} is deprecated"
                : null,
        };
    }
}

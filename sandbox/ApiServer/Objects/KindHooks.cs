using System.Text;
using System.Text.Json.Nodes;
using GitOpsToolkit.Sandbox.ApiServer.Lifecycle;
using GitOpsToolkit.Sandbox.ApiServer.Resources;

namespace GitOpsToolkit.Sandbox.ApiServer.Objects;

/// <summary>The peculiarities of single built-in kinds at create and update.</summary>
internal static class KindHooks
{
    private const string TemplateGeneration = "deprecated.daemonset.template.generation";

    /// <summary>What belongs to reading a new object, and so to the fields that its sender owns.</summary>
    public static void Normalize(ResourceDefinition resource, JsonObject tree)
    {
        switch (resource.StorageKey)
        {
            case "/namespaces":
                NameLabel(tree);
                break;
            case "/secrets":
                MergeStringData(tree);
                break;
            case "apps/daemonsets":
                tree.Meta().Child("annotations")[TemplateGeneration] = "1";
                break;
        }
    }

    /// <summary>What the server adds to a new object; nobody owns these fields.</summary>
    public static void PrepareCreate(ResourceDefinition resource, JsonObject tree)
    {
        VolumeProtection.Protect(resource.StorageKey, tree);
        switch (resource.StorageKey)
        {
            case "/namespaces":
                KeepContent(tree.Child("spec"));
                break;
            case "/pods":
                PodDefaults(tree);
                break;
            case "/events":
                ShowTimes(resource, tree);
                break;
            case "batch/jobs":
                SelectPods(tree);
                break;
            case "rbac.authorization.k8s.io/roles" or "rbac.authorization.k8s.io/clusterroles":
                RulesOrNull(tree);
                break;
        }
    }

    /// <summary>A new job finds its pods by its uid, under the prefixed and the old label names; a later update has to name the selector.</summary>
    private static void SelectPods(JsonObject job)
    {
        var spec = job.Child("spec");
        if (spec.Flag("manualSelector") || spec["selector"] is not null)
        {
            return;
        }

        var uid = job.Meta().Text("uid");
        spec["selector"] = new JsonObject { ["matchLabels"] = new JsonObject { ["batch.kubernetes.io/controller-uid"] = uid } };
        var labels = spec.Child("template").Child("metadata").Child("labels");
        foreach (var prefix in (string[])["batch.kubernetes.io/", ""])
        {
            labels[$"{prefix}controller-uid"] = uid;
            labels[$"{prefix}job-name"] = job.Meta().Text("name");
        }
    }

    /// <summary>An event shows each of its times, also those that it does not have.</summary>
    private static void ShowTimes(ResourceDefinition resource, JsonObject tree)
    {
        string[] times = resource.Group.Length == 0
            ? ["eventTime", "firstTimestamp", "lastTimestamp"]
            : ["eventTime", "deprecatedFirstTimestamp", "deprecatedLastTimestamp"];
        foreach (var time in times)
        {
            tree[time] ??= null;
        }
    }

    public static void PrepareUpdate(ResourceDefinition resource, JsonObject before, JsonObject tree)
    {
        switch (resource.StorageKey)
        {
            case "/namespaces":
                tree.Child("spec").Put("finalizers", before.Map("spec")?["finalizers"]?.DeepClone());
                NameLabel(tree);
                break;
            case "/secrets":
                MergeStringData(tree);
                break;
            case "rbac.authorization.k8s.io/roles" or "rbac.authorization.k8s.io/clusterroles":
                RulesOrNull(tree);
                break;
            case "/events":
                ShowTimes(resource, tree);
                break;
            case "apps/daemonsets":
                CountTemplate(before, tree);
                break;
            case "/pods" when tree.Map("spec") is { } pod:
                PodAdmission.Tolerate(pod);
                break;
            case CrdRules.StorageKey:
                CrdRules.RememberStorage(tree);
                break;
            case "/services" when tree.Map("spec") is { } spec && before.Map("spec") is { } old:
                KeepAddresses(old, spec);
                break;
        }
    }

    /// <summary>The rules of a role are always shown, and an empty list of them as null: so the server's storage gives them back.</summary>
    private static void RulesOrNull(JsonObject tree)
    {
        if (tree.List("rules") is not { Count: > 0 })
        {
            tree["rules"] = null;
        }
    }

    /// <summary>A namespace waits for its content, whatever else it waits for.</summary>
    private static void KeepContent(JsonObject spec)
    {
        var finalizers = spec.Texts("finalizers").ToList();
        if (!finalizers.Contains("kubernetes"))
        {
            finalizers.Add("kubernetes");
        }

        spec["finalizers"] = new JsonArray([.. finalizers.Select(f => JsonValue.Create(f))]);
    }

    /// <summary>A DaemonSet counts the changes of its template in an annotation: what is left of a field of old versions.</summary>
    private static void CountTemplate(JsonObject before, JsonObject tree)
    {
        _ = long.TryParse(before.Meta().Map("annotations").Text(TemplateGeneration), out var count);
        var same = JsonNode.DeepEquals(before.Map("spec")?["template"], tree.Map("spec")?["template"]);
        tree.Meta().Child("annotations")[TemplateGeneration] = (same ? count : count + 1).ToString();
    }

    private static void NameLabel(JsonObject tree)
    {
        var meta = tree.Meta();
        meta.Child("labels")["kubernetes.io/metadata.name"] = meta.Text("name");
    }

    /// <summary>stringData is write-only: its values go into data.</summary>
    private static void MergeStringData(JsonObject tree)
    {
        if (tree["stringData"] is JsonObject { Count: > 0 } plain)
        {
            var data = tree.Child("data");
            foreach (var (key, value) in plain)
            {
                var text = value is JsonValue v && v.TryGetValue<string>(out var t) ? t : "";
                data[key] = Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
            }
        }

        tree.Remove("stringData");
        foreach (var key in (tree.Map("data") ?? []).Where(d => d.Value is null).Select(d => d.Key).ToList())
        {
            // No bytes at all are an empty text.
            tree["data"]![key] = "";
        }
    }

    private static void PodDefaults(JsonObject tree)
    {
        var spec = tree.Child("spec");
        if (spec.Text("serviceAccountName").Length == 0)
        {
            spec["serviceAccountName"] = "default";
        }

        spec["serviceAccount"] = spec.Text("serviceAccountName");
        var containers = (spec.List("containers") ?? []).Concat(spec.List("initContainers") ?? []).ToList();
        tree.Child("status")["qosClass"] = QosClass(containers);
    }

    private static string QosClass(List<JsonNode?> containers)
    {
        var any = containers.Any(c => c.Map("resources") is { } r && (r.Map("limits") is { Count: > 0 } || r.Map("requests") is { Count: > 0 }));
        if (!any)
        {
            return "BestEffort";
        }

        var guaranteed = containers.All(c => c.Map("resources").Map("limits") is { } limits
            && limits["cpu"] is not null && limits["memory"] is not null
            && (c.Map("resources").Map("requests") is not { Count: > 0 } requests || requests.All(r => JsonNode.DeepEquals(r.Value, limits[r.Key]))));
        return guaranteed ? "Guaranteed" : "Burstable";
    }

    /// <summary>An update that does not name the allocated addresses and ports keeps them.</summary>
    private static void KeepAddresses(JsonObject old, JsonObject spec)
    {
        if (spec.Text("type") == "ExternalName")
        {
            return;
        }

        // Who changes the one address without the list of addresses means both.
        if (spec.Text("clusterIP") is { Length: > 0 } wanted && wanted != old.Text("clusterIP") && JsonNode.DeepEquals(spec["clusterIPs"], old["clusterIPs"]))
        {
            spec["clusterIPs"] = new JsonArray(wanted);
        }

        foreach (var field in (ReadOnlySpan<string>)["clusterIP", "clusterIPs", "ipFamilies", "ipFamilyPolicy", "healthCheckNodePort"])
        {
            if (spec[field] is null || spec.Text(field).Length == 0 && spec[field] is JsonValue)
            {
                spec.Take(field, old);
            }
        }

        if (spec.Text("type") is not ("NodePort" or "LoadBalancer"))
        {
            return;
        }

        foreach (var port in spec.List("ports") ?? [])
        {
            var same = (old.List("ports") ?? []).FirstOrDefault(o =>
                o.Number("port") == port.Number("port") && o.Text("protocol") == port.Text("protocol"));
            if (port is JsonObject node && port.Number("nodePort") is null or 0 && same.Number("nodePort") is { } kept)
            {
                node["nodePort"] = kept;
            }
        }
    }
}

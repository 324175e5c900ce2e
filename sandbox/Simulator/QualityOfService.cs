using System.Text.Json.Nodes;

namespace GitOpsToolkit.Sandbox.Simulator;

/// <summary>A pod's quality-of-service class, from its requests and limits.</summary>
internal static class QualityOfService
{
    public static string Of(JsonObject pod)
    {
        var containers = pod.Items("spec", "containers").Concat(pod.Items("spec", "initContainers")).ToList();
        if (containers.TrueForAll(container => !Has(container, "requests") && !Has(container, "limits")))
        {
            return "BestEffort";
        }

        return containers.TrueForAll(IsGuaranteed) ? "Guaranteed" : "Burstable";
    }

    private static bool Has(JsonObject container, string list) =>
        container.At("resources", list) is JsonObject values && (values.ContainsKey("cpu") || values.ContainsKey("memory"));

    private static bool IsGuaranteed(JsonObject container)
    {
        foreach (var resource in (ReadOnlySpan<string>)["cpu", "memory"])
        {
            var limit = container.At("resources", "limits", resource);
            var request = container.At("resources", "requests", resource);
            if (limit is null || request is not null && !JsonNode.DeepEquals(limit, request))
            {
                return false;
            }
        }

        return true;
    }
}

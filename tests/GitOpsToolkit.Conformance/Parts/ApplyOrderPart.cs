using System.Text.Json.Nodes;
using GitOpsToolkit.Delivery;

namespace GitOpsToolkit.Conformance.Parts;

internal static class ApplyOrderPart
{
    internal static JsonObject Sort(JsonObject question)
    {
        var objects = question["objects"]!.AsArray().Select(node => ObjectRef.Of(node!.AsObject()));
        var sorted = objects.OrderBy(target => target, ApplyOrder.Instance)
            .Select(target => $"{target.Kind.ApiVersion}/{target.Kind.Kind}/{target.Namespace}/{target.Name}");
        return new JsonObject { ["sorted"] = sorted.ToJson() };
    }
}

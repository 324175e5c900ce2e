using System.Text.Json.Nodes;
using GitOpsToolkit.Delivery.Health;

namespace GitOpsToolkit.Conformance.Parts;

internal static class HealthPart
{
    internal static JsonObject Compute(JsonObject question) => Answer(
        ObjectHealth.Compute(question.Object("object"), TimeProvider.System.GetUtcNow(), jobsMustFinish: false));

    internal static JsonObject ComputeJob(JsonObject question) => Answer(
        ObjectHealth.Compute(question.Object("object"), TimeProvider.System.GetUtcNow(), jobsMustFinish: true));

    /// <summary>Where the peer fails to read an object, our rules say Unknown and why.</summary>
    private static JsonObject Answer(HealthReport report) => report.Status == HealthStatus.Unknown
        ? new JsonObject { ["status"] = "Unknown", ["message"] = report.Message, ["error"] = report.Message }
        : new JsonObject { ["status"] = report.Status.ToString(), ["message"] = report.Message };
}

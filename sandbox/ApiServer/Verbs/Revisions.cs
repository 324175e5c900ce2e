using System.Text.Json.Nodes;
using GitOpsToolkit.Sandbox.ApiServer.Http;

namespace GitOpsToolkit.Sandbox.ApiServer.Verbs;

/// <summary>The resourceVersion parameter and its refusals.</summary>
internal static class Revisions
{
    public static long Parse(string text) => long.TryParse(text, out var revision) && revision >= 0
        ? revision
        : throw new ApiError(500, "", $"resourceVersion: Invalid value: \"{text}\": strconv.ParseUint: parsing \"{text}\": invalid syntax");

    public static ApiError TooOld(long wanted, long oldest) => ApiError.Expired($"too old resource version: {wanted} ({oldest})");

    public static ApiError TooLarge(long wanted, long current) => new(
        504, "Timeout", $"Timeout: Too large resource version: {wanted}, current: {current}", new JsonObject
        {
            ["causes"] = new JsonArray(new JsonObject { ["reason"] = "ResourceVersionTooLarge", ["message"] = "Too large resource version" }),
            ["retryAfterSeconds"] = 1,
        });
}

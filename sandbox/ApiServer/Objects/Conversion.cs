using System.Text.Json.Nodes;
using GitOpsToolkit.Sandbox.ApiServer.Resources;

namespace GitOpsToolkit.Sandbox.ApiServer.Objects;

/// <summary>Between the version that is stored and the one that is served. Custom resources differ in apiVersion only (strategy None);
/// Events are stored as core/v1 and also served as events.k8s.io/v1.</summary>
internal static class Conversion
{
    private static readonly (string Core, string Events)[] EventFields =
    [
        ("involvedObject", "regarding"), ("message", "note"), ("source", "deprecatedSource"), ("count", "deprecatedCount"),
        ("firstTimestamp", "deprecatedFirstTimestamp"), ("lastTimestamp", "deprecatedLastTimestamp"),
        ("reportingComponent", "reportingController"),
    ];

    /// <summary>Whether stored bytes can be served as they are.</summary>
    public static bool IsIdentity(ResourceDefinition resource) =>
        resource.Group != "events.k8s.io" && resource.Version == resource.StorageVersion && resource.Custom is not { DefaultsAtRead: true };

    public static JsonObject ToServed(ResourceDefinition resource, JsonObject stored)
    {
        if (resource.Group == "events.k8s.io")
        {
            var served = Rename(stored, EventFields.ToDictionary(f => f.Core, f => f.Events), resource.ApiVersion);
            foreach (var empty in ((string[])["reportingController", "reportingInstance"]).Where(f => served.Text(f).Length == 0))
            {
                served.Remove(empty);
            }

            return served;
        }

        if (resource.Custom is { DefaultsAtRead: true } custom)
        {
            custom.Storage.Default(stored);
        }

        stored["apiVersion"] = resource.ApiVersion;
        return stored;
    }

    public static JsonObject ToStored(ResourceDefinition resource, JsonObject served)
    {
        if (resource.Group == "events.k8s.io")
        {
            return Rename(served, EventFields.ToDictionary(f => f.Events, f => f.Core), "v1");
        }

        served["apiVersion"] = resource.StorageApiVersion;
        if (resource.Custom is { } custom && resource.Version != resource.StorageVersion)
        {
            // What the stored version does not know is lost.
            _ = custom.Storage.Decode(served);
        }

        return served;
    }

    private static JsonObject Rename(JsonObject tree, Dictionary<string, string> names, string apiVersion)
    {
        var renamed = new JsonObject();
        foreach (var (name, value) in tree.ToList())
        {
            tree.Remove(name);
            renamed[names.GetValueOrDefault(name, name)] = value;
        }

        renamed["apiVersion"] = apiVersion;
        return renamed;
    }
}

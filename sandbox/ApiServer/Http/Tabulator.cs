using System.Text.Json.Nodes;
using GitOpsToolkit.Sandbox.ApiServer.Resources;

namespace GitOpsToolkit.Sandbox.ApiServer.Http;

/// <summary>Makes Tables: the form in which kubectl asks for what it prints.</summary>
internal sealed class Tabulator(TimeProvider time)
{
    public JsonObject Table(
        ResourceDefinition resource, IReadOnlyList<JsonObject> items, JsonObject meta, string version, string include, bool withColumns)
    {
        _ = time;
        _ = resource;
        _ = items;
        _ = meta;
        _ = version;
        _ = include;
        _ = withColumns;
        throw ApiError.NotAcceptable("application/json");
    }
}

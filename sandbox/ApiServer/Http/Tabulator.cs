using System.Text.Json.Nodes;
using GitOpsToolkit.Sandbox.ApiServer.Resources;
using GitOpsToolkit.Sandbox.Machinery.Tables;

namespace GitOpsToolkit.Sandbox.ApiServer.Http;

/// <summary>Makes Tables: the form in which kubectl asks for what it prints.</summary>
internal sealed class Tabulator(TimeProvider time)
{
    /// <exception cref="ApiError">400: includeObject is none of the allowed values.</exception>
    public JsonObject Table(
        ResourceDefinition resource, IEnumerable<JsonObject> items, JsonObject meta, string version, string include, bool withColumns)
    {
        var rows = include switch
        {
            "" or "Metadata" => RowObject.Metadata,
            "Object" => RowObject.Object,
            "None" => RowObject.None,
            _ => throw ApiError.BadRequest(
                $"Unable to convert to Table as requested: includeObject: Invalid value: \"{include}\": must be 'Metadata', 'Object', 'None', or empty"),
        };
        var table = TablePrinter.For(resource.Rules).Table(items, meta, rows, withColumns, time.GetUtcNow());
        table["apiVersion"] = $"meta.k8s.io/{version}";
        foreach (var row in rows == RowObject.Metadata ? table["rows"]!.AsArray() : [])
        {
            row!["object"]!["apiVersion"] = $"meta.k8s.io/{version}";
        }

        return table;
    }
}

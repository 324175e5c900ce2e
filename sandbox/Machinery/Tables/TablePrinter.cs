using System.Text.Json.Nodes;

namespace GitOpsToolkit.Sandbox.Machinery.Tables;

/// <summary>Makes <c>meta.k8s.io/v1</c> Tables of one kind. Immutable and safe to share.</summary>
public sealed class TablePrinter
{
    private readonly IReadOnlyList<TableCell> cells;

    private TablePrinter(IReadOnlyList<TableCell> cells) => this.cells = cells;

    /// <summary>The columns.</summary>
    public IReadOnlyList<TableColumn> Columns => [.. cells.Select(cell => cell.Column)];

    /// <summary>The printer of a kind: the server's own columns for built-in kinds, the declared ones for custom kinds, else name and age.</summary>
    public static TablePrinter For(KindRules rules) => new(rules is CustomKind custom
        ? CustomColumns.Of(custom)
        : BuiltinColumns.Of(rules.Group, rules.Kind));

    /// <summary>Makes a Table.</summary>
    /// <param name="items">Objects, one a row.</param>
    /// <param name="metadata">Metadata of the list (resourceVersion, continue, …); cloned.</param>
    /// <param name="include">What each row carries of its object.</param>
    /// <param name="withColumns">Whether to define the columns; a watch does so in its first event only.</param>
    /// <param name="now">Time that ages count to.</param>
    public JsonObject Table(IEnumerable<JsonObject> items, JsonObject? metadata, RowObject include, bool withColumns, DateTimeOffset now) => new()
    {
        ["kind"] = "Table",
        ["apiVersion"] = "meta.k8s.io/v1",
        ["metadata"] = metadata?.DeepClone() ?? new JsonObject(),
        ["columnDefinitions"] = withColumns ? new JsonArray([.. cells.Select(cell => cell.Column.ToJson())]) : null,
        ["rows"] = new JsonArray([.. items.Select(item => Row(item, include, now))]),
    };

    private JsonObject Row(JsonObject item, RowObject include, DateTimeOffset now) => new()
    {
        ["cells"] = new JsonArray([.. cells.Select(cell => cell.Value(item, now))]),
        ["object"] = include switch
        {
            RowObject.Metadata => PartialObject.Of(item),
            RowObject.Object => item.DeepClone(),
            _ => null,
        },
    };
}

/// <summary>Objects reduced to their metadata.</summary>
public static class PartialObject
{
    /// <summary>The <c>PartialObjectMetadata</c> of an object; cloned.</summary>
    public static JsonObject Of(JsonObject obj) => new()
    {
        ["kind"] = "PartialObjectMetadata",
        ["apiVersion"] = "meta.k8s.io/v1",
        ["metadata"] = obj["metadata"]?.DeepClone(),
    };

    /// <summary>The <c>PartialObjectMetadataList</c> of objects; cloned.</summary>
    public static JsonObject ListOf(IEnumerable<JsonObject> items, JsonObject? metadata) => new()
    {
        ["kind"] = "PartialObjectMetadataList",
        ["apiVersion"] = "meta.k8s.io/v1",
        ["metadata"] = metadata?.DeepClone() ?? new JsonObject(),
        ["items"] = new JsonArray([.. items.Select(Of)]),
    };
}

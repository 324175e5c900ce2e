using System.Text.Json;
using System.Text.Json.Nodes;

namespace GitOpsToolkit.Sandbox.Machinery.Tables;

/// <summary>Columns that a custom resource definition declares.</summary>
internal static class CustomColumns
{
    public static IReadOnlyList<TableCell> Of(CustomKind kind)
    {
        var declared = (kind.Columns ?? []).OfType<JsonObject>().ToList();
        return declared.Count == 0 ? [TableCell.Name, TableCell.Age] : [TableCell.Name, .. declared.Select(Cell)];
    }

    private static TableCell Cell(JsonObject column)
    {
        var type = Json.Text(column, "type") ?? "string";
        var definition = new TableColumn(Json.Text(column, "name") ?? "", type, Json.Text(column, "format") ?? "",
            Json.Text(column, "description") is { Length: > 0 } told ? told
                : $"Custom resource definition column (in JSONPath format): {Json.Text(column, "jsonPath")}", (int)(Json.Integer(column, "priority") ?? 0));
        JsonPath? path;
        try
        {
            path = JsonPath.Parse(Json.Text(column, "jsonPath") ?? "");
        }
        catch (FormatException)
        {
            // A path that cannot be read yields empty cells, as on the server.
            path = null;
        }

        return new TableCell(definition, (obj, now) => Value(path?.Select(obj) ?? [], type, now));
    }

    private static JsonNode? Value(List<JsonNode?> found, string type, DateTimeOffset now)
    {
        if (found.Count == 0)
        {
            return null;
        }

        var first = found[0];
        switch (type)
        {
            case "integer":
                return Json.Integer(first) is { } integer ? integer : null;
            case "number":
                return Json.Number(first) is { } number ? number : null;
            case "boolean":
                return Json.Boolean(first) is { } flag ? flag : null;
            case "date":
                return Json.Text(first) is { } time ? (Rfc3339.TryParse(time, out var at) ? HumanDuration.Format(now - at) : "<invalid>") : null;
            default:
                return Text(first);
        }
    }

    private static string Text(JsonNode? node) => node?.GetValueKind() == JsonValueKind.String ? node.GetValue<string>() : GoText.Json(node);
}

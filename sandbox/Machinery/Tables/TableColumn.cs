using System.Text.Json.Nodes;

namespace GitOpsToolkit.Sandbox.Machinery.Tables;

/// <summary>A column of a Table.</summary>
/// <param name="Name">Heading.</param>
/// <param name="Type">JSON type of the cells.</param>
/// <param name="Format">Format such as <c>name</c>, or empty.</param>
/// <param name="Description">Description, possibly empty.</param>
/// <param name="Priority">0 to show always; above, only with <c>-o wide</c>.</param>
public sealed record TableColumn(string Name, string Type = "string", string Format = "", string Description = "", int Priority = 0)
{
    internal JsonObject ToJson() => new()
    {
        ["name"] = Name,
        ["type"] = Type,
        ["format"] = Format,
        ["description"] = Description,
        ["priority"] = Priority,
    };
}

/// <summary>What goes into the <c>object</c> of a row.</summary>
public enum RowObject
{
    /// <summary>Metadata only; the default.</summary>
    Metadata,

    /// <summary>The whole object.</summary>
    Object,

    /// <summary>Nothing.</summary>
    None,
}

/// <summary>A column and how its cells are made.</summary>
internal sealed record TableCell(TableColumn Column, Func<JsonObject, DateTimeOffset, JsonNode?> Value)
{
    public static TableCell Text(string name, Func<JsonObject, string?> value, int priority = 0) =>
        new(new TableColumn(name, Priority: priority), (obj, _) => value(obj) is { Length: > 0 } text ? text : "<none>");

    public static TableCell Number(string name, Func<JsonObject, long> value, int priority = 0) =>
        new(new TableColumn(name, "integer", Priority: priority), (obj, _) => value(obj));

    public static TableCell At(string name, params string[] path) => Text(name, obj => Json.Text(obj, path));

    /// <summary>A number in a column that the server declares as text.</summary>
    public static TableCell NumberInText(string name, Func<JsonObject, long> value) => new(new TableColumn(name), (obj, _) => value(obj));

    public static TableCell Count(string name, params string[] path) => Number(name, obj => Json.Integer(obj, path) ?? 0);

    public static TableCell Since(string name, params string[] path) =>
        new(new TableColumn(name), (obj, now) => HumanDuration.Since(Json.Text(obj, path), now));

    public static TableCell Name { get; } =
        new(new TableColumn("Name", Format: "name"), (obj, _) => Json.Text(obj, "metadata", "name") ?? "");

    public static TableCell Age { get; } = Since("Age", "metadata", "creationTimestamp");

    public static TableCell CreatedAt { get; } =
        new(new TableColumn("Created At", "date"), (obj, _) => Json.Text(obj, "metadata", "creationTimestamp") ?? "");
}

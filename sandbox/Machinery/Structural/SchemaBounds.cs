using System.Text.Json.Nodes;

namespace GitOpsToolkit.Sandbox.Machinery.Structural;

/// <summary>Limits on the size of numbers, texts, lists and maps; null where there is none.</summary>
public sealed record SchemaBounds
{
    /// <summary>No limits.</summary>
    public static SchemaBounds None { get; } = new();

    /// <summary>Highest number.</summary>
    public JsonNode? Maximum { get; private init; }

    /// <summary>Lowest number.</summary>
    public JsonNode? Minimum { get; private init; }

    /// <summary>Whether <see cref="Maximum"/> itself is refused.</summary>
    public bool ExclusiveMaximum { get; private init; }

    /// <summary>Whether <see cref="Minimum"/> itself is refused.</summary>
    public bool ExclusiveMinimum { get; private init; }

    /// <summary>Number that the value must be a multiple of.</summary>
    public JsonNode? MultipleOf { get; private init; }

    /// <summary>Longest text, in characters.</summary>
    public long? MaxLength { get; private init; }

    /// <summary>Shortest text, in characters.</summary>
    public long? MinLength { get; private init; }

    /// <summary>Most list items.</summary>
    public long? MaxItems { get; private init; }

    /// <summary>Fewest list items.</summary>
    public long? MinItems { get; private init; }

    /// <summary>Most members.</summary>
    public long? MaxProperties { get; private init; }

    /// <summary>Fewest members.</summary>
    public long? MinProperties { get; private init; }

    internal static SchemaBounds Parse(JsonObject schema) => new()
    {
        Maximum = schema["maximum"]?.DeepClone(),
        Minimum = schema["minimum"]?.DeepClone(),
        ExclusiveMaximum = Json.Boolean(schema, "exclusiveMaximum") ?? false,
        ExclusiveMinimum = Json.Boolean(schema, "exclusiveMinimum") ?? false,
        MultipleOf = schema["multipleOf"]?.DeepClone(),
        MaxLength = Json.Integer(schema, "maxLength"),
        MinLength = Json.Integer(schema, "minLength"),
        MaxItems = Json.Integer(schema, "maxItems"),
        MinItems = Json.Integer(schema, "minItems"),
        MaxProperties = Json.Integer(schema, "maxProperties"),
        MinProperties = Json.Integer(schema, "minProperties"),
    };
}

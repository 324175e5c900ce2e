using System.Text.Json.Nodes;
using GitOpsToolkit.Versioning;

namespace GitOpsToolkit.Sandbox.Machinery.Structural;

/// <summary>A validation rule of <c>x-kubernetes-validations</c>.</summary>
/// <param name="Rule">The CEL expression; must yield true.</param>
/// <param name="Message">Message if it does not, or null.</param>
/// <param name="MessageExpression">CEL expression that makes the message, or null.</param>
/// <param name="FieldPath">Path below the rule's level that the error is reported at, or null.</param>
/// <param name="Reason">Reason of the error, or null for <c>FieldValueInvalid</c>.</param>
/// <param name="OptionalOldSelf">Whether the rule also runs where there is no old value.</param>
public sealed record ValidationRule(
    string Rule, string? Message, string? MessageExpression, string? FieldPath, string? Reason, bool OptionalOldSelf);

/// <summary>One level of a structural schema, as a custom resource definition declares it.</summary>
public sealed class StructuralSchema
{
    private StructuralSchema()
    {
    }

    /// <summary>JSON type, or empty where any type or <c>int-or-string</c> is meant.</summary>
    public string Type { get; private init; } = "";

    /// <summary>Format such as <c>date-time</c>, or empty.</summary>
    public string Format { get; private init; } = "";

    /// <summary>Whether null is a value.</summary>
    public bool Nullable { get; private init; }

    /// <summary>Default value, or null.</summary>
    public JsonNode? Default { get; private init; }

    /// <summary>Named properties.</summary>
    public IReadOnlyDictionary<string, StructuralSchema> Properties { get; private init; } = new Dictionary<string, StructuralSchema>();

    /// <summary>Schema of the values under free keys, or null.</summary>
    public StructuralSchema? AdditionalProperties { get; private init; }

    /// <summary>Whether any value may stand under free keys (<c>additionalProperties: true</c>).</summary>
    public bool AdditionalAllowed { get; private init; }

    /// <summary>Whether free keys are refused by a value validation (<c>additionalProperties: false</c> below a junctor).</summary>
    public bool AdditionalForbidden { get; private init; }

    /// <summary>Schema of list items, or null.</summary>
    public StructuralSchema? Items { get; private init; }

    /// <summary><c>x-kubernetes-preserve-unknown-fields</c>.</summary>
    public bool PreserveUnknownFields { get; private init; }

    /// <summary><c>x-kubernetes-embedded-resource</c>.</summary>
    public bool EmbeddedResource { get; private init; }

    /// <summary><c>x-kubernetes-int-or-string</c>.</summary>
    public bool IntOrString { get; private init; }

    /// <summary><c>x-kubernetes-list-type</c>: atomic, set, map or empty.</summary>
    public string ListType { get; private init; } = "";

    /// <summary><c>x-kubernetes-list-map-keys</c>.</summary>
    public IReadOnlyList<string> ListMapKeys { get; private init; } = [];

    /// <summary><c>x-kubernetes-map-type</c>: atomic, granular or empty.</summary>
    public string MapType { get; private init; } = "";

    /// <summary>Properties that must be there.</summary>
    public IReadOnlyList<string> Required { get; private init; } = [];

    /// <summary>The closed set of values, or null.</summary>
    public JsonArray? Enum { get; private init; }

    /// <summary>Text that the value must match: the pattern as written.</summary>
    public string? Pattern { get; private init; }

    /// <summary>The conditions on numbers, texts, lists and maps.</summary>
    public SchemaBounds Bounds { get; private init; } = SchemaBounds.None;

    /// <summary>All of these must hold.</summary>
    public IReadOnlyList<StructuralSchema> AllOf { get; private init; } = [];

    /// <summary>At least one of these must hold.</summary>
    public IReadOnlyList<StructuralSchema> AnyOf { get; private init; } = [];

    /// <summary>Exactly one of these must hold.</summary>
    public IReadOnlyList<StructuralSchema> OneOf { get; private init; } = [];

    /// <summary>This must not hold.</summary>
    public StructuralSchema? Not { get; private init; }

    /// <summary>CEL rules of this level.</summary>
    public IReadOnlyList<ValidationRule> Rules { get; private init; } = [];

    internal GoRegex? CompiledPattern { get; private init; }

    /// <summary>Whether a CEL rule stands here or deeper.</summary>
    internal bool HasRules { get; private init; }

    /// <summary>Whether unknown members of an object at this level stay.</summary>
    internal bool KeepsUnknown => PreserveUnknownFields || AdditionalAllowed;

    /// <summary>The schema of member <paramref name="name"/>, or null if it is unknown.</summary>
    public StructuralSchema? Member(string name) => Properties.TryGetValue(name, out var schema) ? schema : AdditionalProperties;

    /// <summary>The entry that a list had before in the place of an item; only entries known by their keys have one.</summary>
    internal JsonNode? Predecessor(JsonNode? item, JsonArray? old) => ListType == "map"
        ? old?.FirstOrDefault(o => ListMapKeys.All(key => Json.Same(Json.At(o, key), Json.At(item, key)))) : null;

    /// <summary>Reads an <c>openAPIV3Schema</c>; unknown keywords are passed over.</summary>
    /// <exception cref="FormatException">The schema is nested deeper than <see cref="Json.MaxDepth"/>.</exception>
    public static StructuralSchema Parse(JsonObject schema) => Parse(schema, 0);

    private static StructuralSchema Parse(JsonObject schema, int depth)
    {
        if (depth > Json.MaxDepth)
        {
            throw new FormatException($"schema is nested deeper than {Json.MaxDepth} levels");
        }

        StructuralSchema? Child(JsonNode? node) => node is JsonObject child ? Parse(child, depth + 1) : null;
        List<StructuralSchema> Children(string name) => [.. (Json.Array(schema, name) ?? []).OfType<JsonObject>().Select(c => Parse(c, depth + 1))];

        var properties = (Json.Object(schema, "properties") ?? []).Where(p => p.Value is JsonObject)
            .ToDictionary(p => p.Key, p => Child(p.Value)!, StringComparer.Ordinal);
        var items = Child(schema["items"]);
        var additional = Child(schema["additionalProperties"]);
        var rules = ReadRules(schema);
        var pattern = Json.Text(schema, "pattern");
        return new StructuralSchema
        {
            Type = Json.Text(schema, "type") ?? "",
            Format = Json.Text(schema, "format") ?? "",
            Nullable = Json.Boolean(schema, "nullable") ?? false,
            Default = schema["default"]?.DeepClone(),
            Properties = properties,
            AdditionalProperties = additional,
            AdditionalAllowed = Json.Boolean(schema, "additionalProperties") == true,
            AdditionalForbidden = Json.Boolean(schema, "additionalProperties") == false,
            Items = items,
            PreserveUnknownFields = Json.Boolean(schema, "x-kubernetes-preserve-unknown-fields") ?? false,
            EmbeddedResource = Json.Boolean(schema, "x-kubernetes-embedded-resource") ?? false,
            IntOrString = Json.Boolean(schema, "x-kubernetes-int-or-string") ?? false,
            ListType = Json.Text(schema, "x-kubernetes-list-type") ?? "",
            ListMapKeys = Texts(schema, "x-kubernetes-list-map-keys"),
            MapType = Json.Text(schema, "x-kubernetes-map-type") ?? "",
            Required = Texts(schema, "required"),
            Enum = Json.Array(schema, "enum") is { Count: > 0 } values ? values.DeepClone().AsArray() : null,
            Pattern = pattern,
            CompiledPattern = pattern is not null && GoRegex.TryCompile(pattern, out var compiled, out _) ? compiled : null,
            Bounds = SchemaBounds.Parse(schema),
            AllOf = Children("allOf"),
            AnyOf = Children("anyOf"),
            OneOf = Children("oneOf"),
            Not = Child(schema["not"]),
            Rules = rules,
            HasRules = rules.Count > 0 || items?.HasRules == true || additional?.HasRules == true || properties.Values.Any(p => p.HasRules),
        };
    }

    private static List<string> Texts(JsonObject schema, string name) => [.. (Json.Array(schema, name) ?? []).Select(n => Json.Text(n) ?? "")];

    private static List<ValidationRule> ReadRules(JsonObject schema) =>
    [
        .. (Json.Array(schema, "x-kubernetes-validations") ?? []).OfType<JsonObject>().Select(rule => new ValidationRule(
            Json.Text(rule, "rule") ?? "",
            Json.Text(rule, "message"),
            Json.Text(rule, "messageExpression"),
            Json.Text(rule, "fieldPath"),
            Json.Text(rule, "reason"),
            Json.Boolean(rule, "optionalOldSelf") ?? false)),
    ];
}

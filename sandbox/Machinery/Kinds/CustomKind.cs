using System.Text.Json.Nodes;
using GitOpsToolkit.Sandbox.Machinery.Builtins;
using GitOpsToolkit.Sandbox.Machinery.Cel;
using GitOpsToolkit.Sandbox.Machinery.Structural;
using GitOpsToolkit.Sandbox.Machinery.Types;

namespace GitOpsToolkit.Sandbox.Machinery;

/// <summary>A kind that a custom resource definition declares, in one of its versions.</summary>
public sealed class CustomKind : KindRules
{

    private readonly RuleSet rules;

    private CustomKind(string group, string version, string kind, StructuralSchema schema, JsonObject definition)
        : base(group, version, kind, SchemaTypeConverter.Resource(schema, kind))
    {
        Schema = schema;
        Columns = Json.Array(definition, "additionalPrinterColumns");
        SelectableFields = [.. (Json.Array(definition, "selectableFields") ?? []).Select(f => (Json.Text(f, "jsonPath") ?? "").TrimStart('.'))];
        HasStatus = Json.Object(definition, "subresources", "status") is not null;
        Scale = Json.Object(definition, "subresources", "scale");
        rules = RuleSet.Compile(schema);
    }

    /// <summary>The structural schema.</summary>
    public StructuralSchema Schema { get; }

    /// <summary><c>additionalPrinterColumns</c> as declared, or null.</summary>
    public JsonArray? Columns { get; }

    /// <summary>Dotted paths that field selectors may name.</summary>
    public IReadOnlyList<string> SelectableFields { get; }

    /// <summary>Whether the status subresource is declared.</summary>
    public bool HasStatus { get; }

    /// <summary>Declaration of the scale subresource, or null.</summary>
    public JsonObject? Scale { get; }

    /// <inheritdoc/>
    public override bool IsCustom => true;

    /// <inheritdoc/>
    internal override JsonObject Skeleton => [];

    /// <summary>Reads one version of a definition (an <c>apiextensions.k8s.io/v1</c> object).</summary>
    /// <exception cref="ArgumentException">The definition has no such version.</exception>
    public static CustomKind FromDefinition(JsonObject definition, string version)
    {
        var declared = (Json.Array(definition, "spec", "versions") ?? []).OfType<JsonObject>()
            .FirstOrDefault(v => Json.Text(v, "name") == version)
            ?? throw new ArgumentException($"{Json.Text(definition, "metadata", "name")} has no version {version}", nameof(version));
        var schema = Json.Object(declared, "schema", "openAPIV3Schema") ?? new JsonObject { ["type"] = "object" };
        return new CustomKind(Json.Text(definition, "spec", "group") ?? "", version, Json.Text(definition, "spec", "names", "kind") ?? "",
            StructuralSchema.Parse(schema), declared);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<string> Decode(JsonObject obj)
    {
        var unknown = DecodeMetadata(obj);
        unknown.AddRange(SchemaPruner.Prune(obj, Schema).Order(StringComparer.Ordinal));
        SchemaDefaulter.PruneNulls(obj, Schema);
        try
        {
            unknown.AddRange(EmbeddedResources.Decode(obj, Schema));
        }
        catch (FormatException fault)
        {
            throw Undecodable(fault.Message);
        }

        PlainNumbers.Apply(obj);
        return unknown;
    }

    /// <inheritdoc/>
    public override void Default(JsonObject obj) => SchemaDefaulter.Apply(obj, Schema);

    // What was merged by its schema has nothing to prune, and keeps its nulls for the validation.
    internal override void Complete(JsonObject merged)
    {
        _ = DecodeMetadata(merged);
        PlainNumbers.Apply(merged);
        Default(merged);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<FieldError> Validate(JsonObject obj, JsonObject? old, string subresource = "")
    {
        var errors = new List<FieldError>();
        MetadataRules.Validate(obj, old, Names.Subdomain, errors, isCustom: true);
        var schemaErrors = SchemaValidator.Validate(obj, Schema, old: old);
        errors.AddRange(schemaErrors);
        EmbeddedResources.Validate(obj, Schema, errors);
        ListTypeChecker.Check(obj, Schema, "", errors);
        if (schemaErrors.Count == 0)
        {
            rules.Validate(obj, old, errors);
        }

        return errors;
    }

    private List<string> DecodeMetadata(JsonObject obj)
    {
        if (obj["metadata"] is not JsonObject metadata)
        {
            return obj["metadata"] is not { } other
                ? []
                : throw Undecodable($"json: cannot unmarshal {JsonKinds.Name(other)} into Go value of type v1.ObjectMeta");
        }

        var decoder = new TypeDecoder();
        try
        {
            decoder.Decode(metadata, TypeTable.Get("ObjectMeta"));
        }
        catch (FormatException fault)
        {
            throw Undecodable(fault.Message);
        }

        return [.. decoder.Unknown.Select(path => $"metadata.{path}")];
    }
}

using GitOpsToolkit.Sandbox.Machinery.Types;

namespace GitOpsToolkit.Sandbox.Machinery.Structural;

/// <summary>Turns a structural schema into the type that server-side apply works with.</summary>
internal static class SchemaTypeConverter
{
    /// <summary>The type of a whole custom object: its schema plus apiVersion, kind and metadata.</summary>
    public static SchemaType Resource(StructuralSchema schema, string kind)
    {
        var type = new SchemaType(SchemaKind.Map) { Name = kind };
        Fill(type, schema);
        AddIdentity(type);
        return type;
    }

    private static SchemaType Convert(StructuralSchema schema)
    {
        if (schema.IntOrString)
        {
            return new SchemaType(SchemaKind.IntOrString);
        }

        switch (schema.Type)
        {
            case "array":
                return new SchemaType(SchemaKind.List)
                {
                    Element = schema.Items is null ? SchemaType.Any : Convert(schema.Items),
                    Keys = schema.ListMapKeys,
                    Relation = schema.ListType switch
                    {
                        "set" => ListRelation.Set,
                        "map" => ListRelation.Map,
                        _ => ListRelation.Atomic,
                    },
                };
            case "object":
                var type = new SchemaType(SchemaKind.Map) { Atomic = schema.MapType == "atomic" };
                Fill(type, schema);
                if (schema.EmbeddedResource)
                {
                    AddIdentity(type);
                }

                return type;
            case "string":
                return new SchemaType(SchemaKind.String);
            case "boolean":
                return new SchemaType(SchemaKind.Boolean);
            case "integer":
                return new SchemaType(SchemaKind.Int64);
            case "number":
                return new SchemaType(SchemaKind.Number);
            default:
                return SchemaType.Any;
        }
    }

    private static void Fill(SchemaType type, StructuralSchema schema)
    {
        foreach (var (name, property) in schema.Properties)
        {
            type.FieldTable[name] = new SchemaField(name, Convert(property)) { Default = property.Default };
        }

        type.Element = schema.AdditionalProperties is not null ? Convert(schema.AdditionalProperties)
            : schema.KeepsUnknown ? SchemaType.Any : null;
    }

    private static void AddIdentity(SchemaType type)
    {
        type.FieldTable["apiVersion"] = new SchemaField("apiVersion", new SchemaType(SchemaKind.String));
        type.FieldTable["kind"] = new SchemaField("kind", new SchemaType(SchemaKind.String));
        type.FieldTable["metadata"] = new SchemaField("metadata", TypeTable.Get("ObjectMeta"));
    }
}

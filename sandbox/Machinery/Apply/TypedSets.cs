using System.Text.Json.Nodes;
using GitOpsToolkit.Sandbox.Machinery.Types;

namespace GitOpsToolkit.Sandbox.Machinery.Apply;

/// <summary>Field sets of values, and values without the fields of a set.</summary>
internal static class TypedSets
{
    /// <summary>All fields that a value sets.</summary>
    public static FieldSet FieldsOf(JsonObject value, SchemaType type)
    {
        var set = new FieldSet();
        Collect(value, type, [], set);
        return set;
    }

    /// <summary>A copy of the value without the fields of <paramref name="fields"/>.</summary>
    public static JsonObject Remove(JsonObject value, FieldSet fields, SchemaType type) =>
        RemoveFrom(value, fields, type) as JsonObject ?? [];

    /// <summary>The type as it applies to a value: what is not known is deduced from it.</summary>
    public static SchemaKind KindOf(SchemaType type, JsonNode? value) => type.Kind switch
    {
        SchemaKind.Any => value switch
        {
            JsonObject => SchemaKind.Map,
            JsonArray => SchemaKind.List,
            _ => SchemaKind.Any,
        },
        SchemaKind.List or SchemaKind.Map => type.Kind,
        _ => SchemaKind.Any,
    };

    /// <summary>The type of a member; unknown members of deduced maps are themselves deduced.</summary>
    public static SchemaType MemberType(SchemaType type, string name) =>
        type.Kind == SchemaKind.Any ? SchemaType.Any : type.FieldType(name) ?? SchemaType.Any;

    /// <summary>Whether a list or map of this type is owned as a whole.</summary>
    public static bool IsAtomic(SchemaType type, SchemaKind kind) =>
        kind == SchemaKind.List ? type.Kind == SchemaKind.Any || type.Relation == ListRelation.Atomic : type.Atomic;

    private static void Collect(JsonNode? value, SchemaType type, string[] path, FieldSet set)
    {
        var kind = KindOf(type, value);
        if (kind == SchemaKind.Any || IsAtomic(type, kind))
        {
            set.Insert(path);
            return;
        }

        switch (value)
        {
            case JsonObject map:
                foreach (var (name, child) in map)
                {
                    string[] at = [.. path, PathElements.Field(name)];
                    Collect(child, MemberType(type, name), at, set);
                    if (child is null or JsonObject { Count: 0 } || !type.FieldTable.ContainsKey(name))
                    {
                        set.Insert(at);
                    }
                }

                break;
            case JsonArray list:
                CollectItems(list, type, path, set);
                break;
        }
    }

    private static void CollectItems(JsonArray list, SchemaType type, string[] path, FieldSet set)
    {
        // A repeated entry is owned as it stands, without a look inside.
        foreach (var group in list.GroupBy(item => PathElements.Item(type, item), StringComparer.Ordinal))
        {
            string[] at = [.. path, group.Key];
            if (group.Count() == 1)
            {
                Collect(group.First(), type.Element!, at, set);
            }

            set.Insert(at);
        }
    }

    private static JsonNode? RemoveFrom(JsonNode? value, FieldSet fields, SchemaType type)
    {
        var kind = KindOf(type, value);
        if (kind == SchemaKind.Any)
        {
            return value?.DeepClone();
        }

        if (IsAtomic(type, kind))
        {
            return null;
        }

        switch (value)
        {
            case JsonObject map:
                var rest = new JsonObject();
                foreach (var (name, child) in map)
                {
                    var step = PathElements.Field(name);
                    if (!fields.HasMember(step))
                    {
                        var below = fields.Below(step);
                        rest[name] = below.IsEmpty ? child?.DeepClone() : RemoveFrom(child, below, MemberType(type, name));
                    }
                }

                return rest.Count > 0 ? rest : null;
            case JsonArray list:
                var kept = new JsonArray();
                foreach (var item in list)
                {
                    var step = PathElements.Item(type, item);
                    if (!fields.HasMember(step))
                    {
                        var below = fields.Below(step);
                        kept.Add(below.IsEmpty ? item?.DeepClone() : RemoveFrom(item, below, type.Element!));
                    }
                }

                return kept.Count > 0 ? kept : null;
            default:
                return null;
        }
    }
}

using System.Text.Json.Nodes;
using GitOpsToolkit.Sandbox.Machinery.Types;

namespace GitOpsToolkit.Sandbox.Machinery.Apply;

/// <summary>A value that may be absent, which is not the same as null.</summary>
internal readonly record struct Slot(bool Present, JsonNode? Value)
{
    public static Slot Absent => default;

    public static Slot Of(JsonNode? value) => new(true, value);

    public static Slot Member(JsonNode? map, string name) =>
        map is JsonObject obj && obj.TryGetPropertyValue(name, out var value) ? Of(value) : Absent;
}

/// <summary>The fields in which two values differ.</summary>
internal sealed class TypedComparison
{
    private TypedComparison()
    {
    }

    /// <summary>Fields that only the first value has.</summary>
    public FieldSet Removed { get; private set; } = new();

    /// <summary>Fields that both have with different values.</summary>
    public FieldSet Modified { get; private set; } = new();

    /// <summary>Fields that only the second value has.</summary>
    public FieldSet Added { get; private set; } = new();

    public static TypedComparison Of(JsonObject before, JsonObject after, SchemaType type)
    {
        var comparison = new TypedComparison();
        comparison.Compare(Slot.Of(before), Slot.Of(after), type, []);
        return comparison;
    }

    /// <summary>Passes all three sets through a filter.</summary>
    public void Filter(Func<FieldSet, FieldSet> filter) => (Removed, Modified, Added) = (filter(Removed), filter(Modified), filter(Added));

    private void Compare(Slot before, Slot after, SchemaType type, string[] path)
    {
        var (left, right) = (TypedSets.KindOf(type, before.Value), TypedSets.KindOf(type, after.Value));
        var kind = after.Present && (after.Value is not null || !before.Present) ? right : left;
        if (before is { Present: true, Value: not null } && after is { Present: true, Value: not null } && left != right)
        {
            // A deduced value changed its shape: what was below it is gone, what is below it now is new, and it is another.
            Modified.Insert(path);
            if (left == SchemaKind.Map)
            {
                Descend(before, Slot.Of(null), left, type, path);
            }

            if (right == SchemaKind.Map)
            {
                Descend(Slot.Of(null), after, right, type, path);
            }

            return;
        }

        if (kind == SchemaKind.Any || TypedSets.IsAtomic(type, kind) || (IsHollow(before.Value) && IsHollow(after.Value)))
        {
            Leaf(before, after, path);
            return;
        }

        Descend(before, after, kind, type, path);
        if (!before.Present)
        {
            Added.Insert(path);
        }
        else if (!after.Present)
        {
            Removed.Insert(path);
        }
    }

    private static bool IsHollow(JsonNode? value) => value is null or JsonObject { Count: 0 } or JsonArray { Count: 0 };

    private void Leaf(Slot before, Slot after, string[] path)
    {
        if (!before.Present)
        {
            Added.Insert(path);
        }
        else if (!after.Present)
        {
            Removed.Insert(path);
        }
        else if (!Json.Same(before.Value, after.Value))
        {
            Modified.Insert(path);
        }
    }

    private void Descend(Slot before, Slot after, SchemaKind kind, SchemaType type, string[] path)
    {
        if (kind == SchemaKind.List)
        {
            Items(before.Value as JsonArray ?? [], after.Value as JsonArray ?? [], type, path);
            return;
        }

        var names = (before.Value as JsonObject ?? []).Concat(after.Value as JsonObject ?? []).Select(m => m.Key);
        foreach (var name in names.Distinct(StringComparer.Ordinal))
        {
            Compare(Slot.Member(before.Value, name), Slot.Member(after.Value, name), TypedSets.MemberType(type, name),
                [.. path, PathElements.Field(name)]);
        }
    }

    private void Items(JsonArray before, JsonArray after, SchemaType type, string[] path)
    {
        var left = before.ToLookup(item => PathElements.Item(type, item), StringComparer.Ordinal);
        var right = after.ToLookup(item => PathElements.Item(type, item), StringComparer.Ordinal);
        foreach (var step in left.Select(g => g.Key).Union(right.Select(g => g.Key), StringComparer.Ordinal))
        {
            string[] at = [.. path, step];
            var (old, now) = (left[step].ToList(), right[step].ToList());
            if (old.Count <= 1 && now.Count <= 1)
            {
                Compare(One(old), One(now), type.Element!, at);
            }
            else if (old.Count >= 2 && now.Count >= 2)
            {
                if (old.Count != now.Count || !old.Zip(now).All(pair => Json.Same(pair.First, pair.Second)))
                {
                    Modified.Insert(at);
                }
            }
            else if (old.Count >= 2)
            {
                if (now.Count > 0)
                {
                    Compare(Slot.Absent, One(now), type.Element!, at);
                }

                Removed.Insert(at);
            }
            else
            {
                if (old.Count > 0)
                {
                    Compare(One(old), Slot.Absent, type.Element!, at);
                }

                Added.Insert(at);
            }
        }
    }

    private static Slot One(List<JsonNode?> items) => items.Count == 0 ? Slot.Absent : Slot.Of(items[0]);
}

using System.Text.Json.Nodes;
using GitOpsToolkit.Sandbox.Machinery.Types;

namespace GitOpsToolkit.Sandbox.Machinery.Apply;

/// <summary>The algorithm of apply: merge, prune what is no longer applied, then settle ownership.</summary>
internal static class ApplyCore
{
    /// <summary>Runs it; <paramref name="managed"/> is brought up to date.</summary>
    /// <exception cref="ApplyConflicts">Other managers own changed fields and <paramref name="force"/> is off.</exception>
    public static JsonObject Run(
        FieldManagerRequest request, JsonObject live, JsonObject config, ManagedFields managed, bool force, Func<FieldSet, FieldSet> filter)
    {
        var type = request.Rules.Type;
        var self = ManagerKey.Applier(request.Manager, request.Subresource);
        var last = managed.GetValueOrDefault(self);

        // 1. Lay the configuration over the live object.
        var merged = TypedMerge.Merge(live, config, type);
        managed[self] = new ManagerEntry(filter(TypedSets.FieldsOf(config, type)), request.Rules.ApiVersion, last?.Time);

        // 2. Take out what this manager applied before, does not apply now, and nobody else owns.
        if (last is { Fields.IsEmpty: false })
        {
            merged = Prune(merged, last.Fields, managed, type);
        }

        // 3. Every change of a field that another manager owns is a conflict; forced, the field changes hands.
        Settle(live, merged, self, managed, force, filter, type);
        return merged;
    }

    private static JsonObject Prune(JsonObject merged, FieldSet last, ManagedFields managed, SchemaType type)
    {
        var pruned = TypedSets.Remove(merged, last.WithParents(type), type);
        var owned = managed.Values.Aggregate(new FieldSet(), (all, entry) => all.Union(entry.Fields)).WithParents(type);

        // Removing a parent also took what others own below it: only what neither remains nor is owned goes.
        var mergedSet = TypedSets.FieldsOf(merged, type).WithParents(type);
        var prunedSet = TypedSets.FieldsOf(pruned, type).WithParents(type);
        pruned = TypedSets.Remove(merged, mergedSet.Except(prunedSet.Union(owned)), type);

        // And of that, only what this manager had applied.
        prunedSet = TypedSets.FieldsOf(pruned, type).WithParents(type);
        return TypedSets.Remove(merged, mergedSet.Except(prunedSet).Intersect(last.WithParents(type)), type);
    }

    private static void Settle(
        JsonObject live, JsonObject merged, ManagerKey self, ManagedFields managed, bool force, Func<FieldSet, FieldSet> filter, SchemaType type)
    {
        var comparison = TypedComparison.Of(live, merged, type);
        comparison.Filter(filter);
        var changed = comparison.Modified.Union(comparison.Added);
        var conflicts = managed.Where(e => e.Key != self).Select(e => (e.Key, Fields: e.Value.Fields.Intersect(changed)))
            .Where(conflict => !conflict.Fields.IsEmpty).ToList();
        if (conflicts.Count > 0 && !force)
        {
            throw new ApplyConflicts([.. conflicts.SelectMany(c => c.Fields.Paths().Select(path => new ApplyConflict(c.Key, path)))]);
        }

        foreach (var (key, entry) in managed.ToList())
        {
            var rest = key == self ? entry.Fields : entry.Fields.Except(changed).Except(comparison.Removed);
            if (rest.IsEmpty)
            {
                managed.Remove(key);
            }
            else
            {
                managed[key] = entry with { Fields = rest };
            }
        }
    }
}

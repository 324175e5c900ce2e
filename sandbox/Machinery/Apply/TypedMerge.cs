using System.Text.Json.Nodes;
using GitOpsToolkit.Sandbox.Machinery.Types;

namespace GitOpsToolkit.Sandbox.Machinery.Apply;

/// <summary>Lays an applied configuration over a live object.</summary>
internal static class TypedMerge
{
    /// <summary>The merged object; neither input changes.</summary>
    public static JsonObject Merge(JsonObject live, JsonObject config, SchemaType type) =>
        MergeValue(Slot.Of(live), Slot.Of(config), type).Value as JsonObject ?? [];

    private static Slot MergeValue(Slot live, Slot config, SchemaType type)
    {
        if (!config.Present || !live.Present)
        {
            return Copy(config.Present ? config : live);
        }

        var (left, right) = (TypedSets.KindOf(type, live.Value), TypedSets.KindOf(type, config.Value));
        if (left != right || right == SchemaKind.Any || TypedSets.IsAtomic(type, right) || (IsHollow(live.Value) && IsHollow(config.Value)))
        {
            return Copy(config);
        }

        return right == SchemaKind.List
            ? MergeList(live.Value as JsonArray ?? [], config.Value as JsonArray ?? [], type)
            : MergeMap(live.Value as JsonObject ?? [], config.Value as JsonObject ?? [], type);
    }

    private static bool IsHollow(JsonNode? value) => value is null or JsonObject { Count: 0 } or JsonArray { Count: 0 };

    private static Slot Copy(Slot slot) => slot with { Value = slot.Value?.DeepClone() };

    private static Slot MergeMap(JsonObject live, JsonObject config, SchemaType type)
    {
        var result = new JsonObject();
        foreach (var name in live.Concat(config).Select(m => m.Key).Distinct(StringComparer.Ordinal))
        {
            var merged = MergeValue(Slot.Member(live, name), Slot.Member(config, name), TypedSets.MemberType(type, name));
            if (merged.Present)
            {
                result[name] = merged.Value;
            }
        }

        return result.Count > 0 ? Slot.Of(result) : Slot.Absent;
    }

    // Entries of the configuration keep their order; entries that only the live list has stay where they stood between them.
    private static Slot MergeList(JsonArray live, JsonArray config, SchemaType type)
    {
        var left = live.Select(item => (Step: PathElements.Item(type, item), Item: item)).ToList();
        var right = config.Select(item => (Step: PathElements.Item(type, item), Item: item)).ToList();
        var leftCount = left.CountBy(entry => entry.Step, StringComparer.Ordinal).ToDictionary(StringComparer.Ordinal);
        var rightSteps = right.Select(entry => entry.Step).ToHashSet(StringComparer.Ordinal);
        var shared = new Queue<string>(right.Select(entry => entry.Step).Where(leftCount.ContainsKey));
        var done = new HashSet<string>(StringComparer.Ordinal);
        var result = new JsonArray();

        void Take((string Step, JsonNode? Item) entry)
        {
            done.Add(entry.Step);
            if (shared.TryPeek(out var next) && next == entry.Step)
            {
                shared.Dequeue();
            }

            // Repeated live entries are not merged with: the configuration's one takes their place.
            var old = leftCount.GetValueOrDefault(entry.Step) == 1 ? Slot.Of(left.Find(l => l.Step == entry.Step).Item) : Slot.Absent;
            Append(result, MergeValue(old, Slot.Of(entry.Item), type.Element!));
        }

        var (l, r) = (0, 0);
        while (l < left.Count || r < right.Count)
        {
            if (l < left.Count && r < right.Count && left[l].Step == right[r].Step)
            {
                Take(right[r++]);
                l++;
            }
            else if (l < left.Count && r < right.Count && rightSteps.Contains(left[l].Step) && shared.TryPeek(out var next) && next != left[l].Step)
            {
                l++;
            }
            else if (l < left.Count && !rightSteps.Contains(left[l].Step))
            {
                Append(result, Copy(Slot.Of(left[l++].Item)));
            }
            else if (l < left.Count && done.Contains(left[l].Step))
            {
                l++;
            }
            else if (r < right.Count)
            {
                Take(right[r++]);
            }
            else
            {
                l++;
            }
        }

        return result.Count > 0 ? Slot.Of(result) : Slot.Absent;
    }

    private static void Append(JsonArray list, Slot slot)
    {
        if (slot.Present)
        {
            list.Add(slot.Value);
        }
    }
}

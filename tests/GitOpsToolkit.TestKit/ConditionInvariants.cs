using System.Text.Json.Nodes;

namespace GitOpsToolkit.TestKit;

/// <summary>The rules that conditions of an object must keep for kstatus and its users: every test of a reconciler ends with this check.</summary>
public static class ConditionInvariants
{
    /// <summary>Types that are present only while something is wrong or going on.</summary>
    private static readonly string[] Negative =
    [
        "Reconciling", "Stalled", "FetchFailed", "BuildFailed", "StorageOperationFailed", "IncludeUnavailable", "ArtifactOutdated", "AccessDenied",
    ];

    /// <summary>Throws where the object breaks a rule, naming all of the broken ones.</summary>
    /// <param name="obj">The object as the API server has it.</param>
    /// <param name="atRest">Whether no reconcile is under way: Ready is then not Unknown, and False while Reconciling is True.</param>
    public static void Verify(JsonNode obj, bool atRest = true)
    {
        var broken = Check(obj, atRest);
        if (broken.Count > 0)
        {
            throw new InvalidOperationException($"{string.Join("; ", broken)}\n{obj["status"]?.ToJsonString()}");
        }
    }

    /// <summary>The rules that the object breaks.</summary>
    public static IReadOnlyList<string> Check(JsonNode obj, bool atRest = true)
    {
        // Numbers of trees that were built rather than read keep their .NET type, which conversions insist on.
        obj = JsonNode.Parse(obj.ToJsonString())!;
        var generation = (long?)obj["metadata"]?["generation"] ?? 0;
        var observed = (long?)obj["status"]?["observedGeneration"] ?? 0;
        var conditions = obj["status"]?["conditions"]?.AsArray().Select(node => Condition.Of(node!)).ToList() ?? [];
        var ready = conditions.Find(condition => condition.Type == "Ready");
        if (ready is null)
        {
            return ["Ready is missing"];
        }

        List<string> broken = [.. Shape(conditions)];
        broken.AddRange(Generations(conditions, ready, generation, observed));
        broken.AddRange(Agreement(conditions, ready, atRest));
        return broken;
    }

    private static IEnumerable<string> Shape(List<Condition> conditions)
    {
        foreach (var group in conditions.GroupBy(condition => condition.Type).Where(group => group.Count() > 1))
        {
            yield return $"{group.Key} is there {group.Count()} times";
        }

        foreach (var condition in conditions)
        {
            if (condition.Status is not ("True" or "False" or "Unknown") || condition.Reason.Length == 0 || condition.Since.Length == 0)
            {
                yield return $"{condition.Type} lacks status, reason or lastTransitionTime";
            }

            if (condition.Status != "True" && Negative.Contains(condition.Type))
            {
                yield return $"{condition.Type} is negative: it is to be True or absent";
            }
        }
    }

    private static IEnumerable<string> Generations(List<Condition> conditions, Condition ready, long generation, long observed)
    {
        foreach (var condition in conditions.Where(condition => condition.Generation > generation))
        {
            yield return $"{condition.Type} observed generation {condition.Generation} of {generation}";
        }

        if (observed > generation)
        {
            yield return $"the status observed generation {observed} of {generation}";
        }

        if (ready.Status == "True" && (observed < generation || conditions.Exists(condition => condition.Generation < generation)))
        {
            yield return "Ready is True while the status or a condition observed an older generation";
        }
    }

    private static IEnumerable<string> Agreement(List<Condition> conditions, Condition ready, bool atRest)
    {
        bool Is(string type) => conditions.Exists(condition => condition.Type == type && condition.Status == "True");
        if (ready.Status == "True")
        {
            foreach (var type in Negative.Where(Is))
            {
                yield return $"Ready is True although {type} is";
            }
        }

        if (Is("Reconciling") && Is("Stalled"))
        {
            yield return "Reconciling and Stalled exclude each other";
        }

        if (Is("Stalled") && ready.Status != "False")
        {
            yield return "Stalled is True but Ready is not False";
        }

        if (ready.Status == "Unknown" && !Is("Reconciling"))
        {
            yield return "Ready is Unknown without Reconciling";
        }

        if (atRest && Is("Reconciling") && ready.Status != "False")
        {
            yield return "Reconciling is True at rest but Ready is not False";
        }
    }

    private sealed record Condition(string Type, string Status, string Reason, string Since, long Generation)
    {
        public static Condition Of(JsonNode node) => new(
            (string?)node["type"] ?? "", (string?)node["status"] ?? "", (string?)node["reason"] ?? "", (string?)node["lastTransitionTime"] ?? "",
            (long?)node["observedGeneration"] ?? 0);
    }
}

namespace GitOpsToolkit.Sandbox.ApiServer.Rights;

/// <summary>Compares what somebody may do with what they want to grant.</summary>
internal static class RuleCoverage
{
    /// <summary>The short forms of what the wanted rules grant and the held ones do not; empty where all is held.</summary>
    public static IReadOnlyList<string> Missing(IReadOnlyList<PolicyRule> held, IReadOnlyList<PolicyRule> wanted)
    {
        var missing = wanted.SelectMany(rule => rule.Atoms()).Where(atom => !held.Any(rule => rule.Covers(atom)));
        return [.. Compact(missing).Select(rule => rule.ToString()).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
    }

    /// <summary>Joins the verbs on the same resource, as messages show them.</summary>
    private static IEnumerable<PolicyRule> Compact(IEnumerable<PolicyRule> atoms) => atoms
        .GroupBy(a => a.Urls.Length > 0 ? ("", "", "", a.Urls[0] + " " + a.Verbs[0]) : (a.Groups[0], a.Resources[0], a.Names.FirstOrDefault(), ""))
        .Select(same => same.First() with { Verbs = [.. same.Select(a => a.Verbs[0])] });
}

using GitOpsToolkit.Api.Image.V1;
using GitOpsToolkit.Api.Meta;
using GitOpsToolkit.Controllers.ImageAutomation.Setters;
using GitOpsToolkit.Kubernetes;

namespace GitOpsToolkit.Controllers.ImageAutomation.Updates;

/// <summary>The policies that take part in an automation, and what they elected.</summary>
/// <param name="Observed">The elected images by the policy's name, as status keeps them.</param>
/// <param name="Images">The same with their namespace.</param>
/// <param name="WithoutImage"><c>namespace:policy</c> of those that have elected nothing.</param>
internal sealed record PolicySet(IReadOnlyDictionary<string, ImageRef> Observed, IReadOnlyList<PolicyImage> Images,
    IReadOnlyList<string> WithoutImage)
{
    /// <summary>The groups that policies are committed in, by <c>namespace:policy</c>; see <see cref="AutomationAnnotations.GroupKey"/>.</summary>
    internal IReadOnlyDictionary<string, string> Groups { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary><c>namespace:policy</c> of those that the selector does not take.</summary>
    internal IReadOnlyList<string> NotSelected { get; private init; } = [];

    /// <summary>Gathers the policies of a namespace that a selector takes.</summary>
    /// <exception cref="FormatException">The selector makes no sense.</exception>
    internal static PolicySet Of(IEnumerable<CacheEntry<ImagePolicy>> policies, LabelSelector? selector)
    {
        var match = LabelMatch.Compile(selector);
        var observed = new SortedDictionary<string, ImageRef>(StringComparer.Ordinal);
        var images = new List<PolicyImage>();
        var without = new List<string>();
        var groups = new Dictionary<string, string>(StringComparer.Ordinal);
        var notSelected = new List<string>();
        foreach (var entry in policies)
        {
            if (!match(entry.Value?.Metadata.Labels ?? new Dictionary<string, string>(StringComparer.Ordinal)))
            {
                notSelected.Add($"{entry.Key.Namespace}:{entry.Key.Name}");
                continue;
            }

            if (entry.Value?.Status?.LatestRef is not { } image)
            {
                without.Add($"{entry.Key.Namespace}:{entry.Key.Name}");
                continue;
            }

            if (entry.Head.Annotations.TryGetValue(AutomationAnnotations.GroupKey, out var group))
            {
                groups[$"{entry.Key.Namespace}:{entry.Key.Name}"] = group;
            }

            observed[entry.Key.Name] = new ImageRef { Name = image.Name, Tag = image.Tag, Digest = image.Digest };
            images.Add(new PolicyImage(entry.Key.Namespace, entry.Key.Name, image.Name, image.Tag, image.Digest ?? ""));
        }

        return new PolicySet(observed, images, without) { Groups = groups, NotSelected = notSelected };
    }

    /// <summary>Whether the images are those that status has.</summary>
    internal bool Matches(IReadOnlyDictionary<string, ImageRef> observed) =>
        observed.Count == Observed.Count && observed.All(entry =>
            Observed.TryGetValue(entry.Key, out var image)
            && image.Name == entry.Value.Name && image.Tag == entry.Value.Tag && (image.Digest ?? "") == (entry.Value.Digest ?? ""));
}

/// <summary>A metav1.LabelSelector as a test.</summary>
internal static class LabelMatch
{
    /// <summary>The test of a selector; no selector takes everything.</summary>
    /// <exception cref="FormatException">An operator is unknown, or its values do not go with it.</exception>
    internal static Func<IReadOnlyDictionary<string, string>, bool> Compile(LabelSelector? selector)
    {
        if (selector is null)
        {
            return _ => true;
        }

        var tests = new List<Func<IReadOnlyDictionary<string, string>, bool>>();
        foreach (var (key, value) in selector.MatchLabels)
        {
            tests.Add(labels => labels.GetValueOrDefault(key) == value);
        }

        tests.AddRange(selector.MatchExpressions.Select(Compile));
        return labels => tests.TrueForAll(test => test(labels));
    }

    private static Func<IReadOnlyDictionary<string, string>, bool> Compile(LabelSelectorRequirement requirement)
    {
        var (key, values) = (requirement.Key, requirement.Values);
        var takesValues = requirement.Operator is "In" or "NotIn";
        if (takesValues != values.Count > 0)
        {
            var what = takesValues ? "needs values" : "takes no values";
            throw new FormatException($"failed to parse policy selector: operator {requirement.Operator} of '{key}' {what}");
        }

        return requirement.Operator switch
        {
            "In" => labels => labels.TryGetValue(key, out var value) && values.Contains(value),
            "NotIn" => labels => !labels.TryGetValue(key, out var value) || !values.Contains(value),
            "Exists" => labels => labels.ContainsKey(key),
            "DoesNotExist" => labels => !labels.ContainsKey(key),
            _ => throw new FormatException(
                $"failed to parse policy selector: \"{requirement.Operator}\" is not a valid label selector operator"),
        };
    }
}

using System.Text.Json.Nodes;
using GitOpsToolkit.Kustomize.Resources;

namespace GitOpsToolkit.Kustomize.Transformers;

/// <summary>Names a field of certain kinds, as kustomize's configuration does.</summary>
/// <param name="Path">Steps separated by <c>/</c>; <c>\/</c> is a slash within a step; lists are passed through; <c>[]</c> is
/// optional.</param>
/// <param name="Create">Whether missing parts of the path are created.</param>
/// <param name="Group">Restricts to a group; null for any.</param>
/// <param name="Version">Restricts to a version; null for any.</param>
/// <param name="Kind">Restricts to a kind; null for any.</param>
internal sealed record FieldSpec(string Path, bool Create = false, string? Group = null, string? Version = null, string? Kind = null)
{
    private string[]? _steps;

    internal string[] Steps => _steps ??= Split(Path);

    internal bool Selects(ResourceId id) =>
        (string.IsNullOrEmpty(Group) || Group == id.Group)
        && (string.IsNullOrEmpty(Version) || Version == id.Version)
        && (string.IsNullOrEmpty(Kind) || Kind == id.Kind);

    /// <summary>Appends the specs of <paramref name="more"/> which <paramref name="specs"/> does not cover yet.</summary>
    /// <exception cref="BuildException">Two specs of one field disagree on whether it is created.</exception>
    internal static List<FieldSpec> Merge(IEnumerable<FieldSpec> specs, IEnumerable<FieldSpec> more)
    {
        List<FieldSpec> result = [.. specs];
        var byPath = result.ToLookup(spec => spec.Path).ToDictionary(paths => paths.Key, paths => paths.ToList());
        foreach (var candidate in more)
        {
            if (!byPath.TryGetValue(candidate.Path, out var same))
            {
                byPath[candidate.Path] = same = [];
            }

            if (same.Find(existing => Covers(candidate, existing)) is { } covering)
            {
                if (covering.Create != candidate.Create)
                {
                    throw BuildException.At(
                        $"the configuration says both that '{candidate.Path}' is created where it is missing and that it is not; keep one");
                }

                continue;
            }

            same.Add(candidate);
            result.Add(candidate);
        }

        return result;
    }

    private static bool Covers(FieldSpec selector, FieldSpec candidate) =>
        (string.IsNullOrEmpty(selector.Group) || selector.Group == candidate.Group)
        && (string.IsNullOrEmpty(selector.Version) || selector.Version == candidate.Version)
        && (string.IsNullOrEmpty(selector.Kind) || selector.Kind == candidate.Kind);

    private static string[] Split(string path)
    {
        List<string> steps = [];
        foreach (var part in path.TrimStart('/').Split('/'))
        {
            if (steps.Count > 0 && steps[^1].EndsWith('\\'))
            {
                steps[^1] = $"{steps[^1][..^1]}/{part}";
                continue;
            }

            steps.Add(part);
        }

        return [.. steps];
    }
}

/// <summary>Walks an object along a <see cref="FieldSpec"/> and replaces what stands at its end.</summary>
internal static class FieldWalker
{
    /// <summary>Applies <paramref name="set"/> to every value the spec leads to.</summary>
    /// <param name="resource">The object; untouched when the spec does not select it.</param>
    /// <param name="spec">The field.</param>
    /// <param name="newLeaf">Makes the value of a field that is to be created; null when nothing is ever created.</param>
    /// <param name="set">Gives the value to keep; returning its argument leaves it as it is.</param>
    /// <exception cref="BuildException">The path runs into a scalar.</exception>
    internal static void Apply(Resource resource, FieldSpec spec, Func<JsonNode>? newLeaf, Func<JsonNode?, JsonNode?> set)
    {
        if (spec.Selects(resource.Id))
        {
            new Walk(resource, spec, spec.Create ? newLeaf : null, set).Visit(resource.Body, 0);
        }
    }

    /// <summary>As <see cref="Apply"/> without creating anything, whatever the kind of the object is by now.</summary>
    internal static void ApplyToAny(Resource resource, FieldSpec spec, Func<JsonNode?, JsonNode?> set) =>
        new Walk(resource, spec, NewLeaf: null, set).Visit(resource.Body, 0);

    private readonly record struct Walk(Resource Resource, FieldSpec Spec, Func<JsonNode>? NewLeaf, Func<JsonNode?, JsonNode?> Set)
    {
        internal void Visit(JsonNode? node, int step)
        {
            switch (node)
            {
                case null:
                    return;
                case JsonArray list:
                    foreach (var item in list.ToArray())
                    {
                        Visit(item, step);
                    }

                    return;
                case JsonObject map:
                    VisitField(map, step);
                    return;
                default:
                    throw Resource.Fault("a map or a list is expected on the way to this field", Spec.Path);
            }
        }

        private void VisitField(JsonObject map, int step)
        {
            var name = Spec.Steps[step];
            var isList = name.EndsWith("[]", StringComparison.Ordinal);
            name = isList ? name[..^2] : name;
            var isLast = step == Spec.Steps.Length - 1;
            var found = map.TryGetPropertyValue(name, out var value);
            if (value is null && found && isList)
            {
                map[name] = new JsonArray();
                return;
            }

            if (value is null)
            {
                if (NewLeaf is null || isList)
                {
                    return;
                }

                value = isLast ? NewLeaf() : new JsonObject();
                map[name] = value;
                found = true;
            }

            if (!found)
            {
                return;
            }

            if (!isLast)
            {
                Visit(value, step + 1);
                return;
            }

            var replacement = Set(value);
            if (!ReferenceEquals(replacement, value))
            {
                map[name] = replacement;
            }
        }
    }
}

using System.Text.Json.Nodes;
using GitOpsToolkit.Kustomize.Configuration;
using GitOpsToolkit.Kustomize.Resources;

namespace GitOpsToolkit.Kustomize.Transformers;

/// <summary>
/// Mends the fields that name other objects after those were renamed or moved. Runs once, after the last kustomization.
/// Objects are found by the names they once had, through one index, so the cost is linear in the number of references.
/// </summary>
internal sealed class NameReferenceTransformer : ITransformer
{
    private readonly NameReference[] _forAnyKind;
    private readonly Dictionary<string, NameReference[]> _byReferrer;
    private Dictionary<string, List<Resource>> _byPreviousName = [];

    internal NameReferenceTransformer(IReadOnlyList<NameReference> references)
    {
        _forAnyKind = [.. references.Where(reference => string.IsNullOrEmpty(reference.Field.Kind))];
        _byReferrer = references.Select(reference => reference.Field.Kind).Where(kind => !string.IsNullOrEmpty(kind)).Distinct().ToDictionary(
            kind => kind!,
            kind => references.Where(reference => string.IsNullOrEmpty(reference.Field.Kind) || reference.Field.Kind == kind).ToArray());
    }

    public void Transform(ResourceSet set)
    {
        _byPreviousName = IndexPreviousNames(set);
        foreach (var referrer in set.Items)
        {
            var original = referrer.OriginalId;
            var rules = _byReferrer.GetValueOrDefault(original.Kind, _forAnyKind);
            if (rules.Length == 0)
            {
                continue;
            }

            var subjectNamespaces = SubjectNamespaces(referrer);
            foreach (var rule in rules)
            {
                if (rule.Field.Selects(original))
                {
                    var lookup = new Lookup(referrer, rule, _byPreviousName, subjectNamespaces);
                    FieldWalker.ApplyToAny(referrer, rule.Field, lookup.Update);
                }
            }
        }
    }

    private static Dictionary<string, List<Resource>> IndexPreviousNames(ResourceSet set)
    {
        var index = new Dictionary<string, List<Resource>>(StringComparer.Ordinal);
        foreach (var resource in set.Items)
        {
            foreach (var name in resource.PreviousNames.Distinct(StringComparer.Ordinal))
            {
                if (!index.TryGetValue(name, out var list))
                {
                    index[name] = list = [];
                }

                list.Add(resource);
            }
        }

        return index;
    }

    /// <summary>A role binding may name accounts of other namespaces: those that its subjects mention.</summary>
    private static HashSet<string> SubjectNamespaces(Resource referrer)
    {
        if (referrer.Kind != "RoleBinding" || referrer.Body["subjects"] is not JsonArray subjects)
        {
            return [];
        }

        JsonObject[] accounts = [.. subjects.OfType<JsonObject>()
            .Where(subject => subject.Text("kind") == "ServiceAccount" && subject.ContainsKey("namespace"))];
        return Array.TrueForAll(accounts, subject => JsonNodes.IsString(subject["namespace"]))
            ? [.. accounts.Select(subject => subject.Text("namespace"))]
            : throw referrer.Fault("the namespace of a subject is blank", "subjects.namespace");
    }

    private sealed class Lookup(
        Resource referrer, NameReference rule, Dictionary<string, List<Resource>> byPreviousName, HashSet<string> subjectNamespaces)
    {
        private readonly ResourceId _referrerId = referrer.Id;

        internal JsonNode? Update(JsonNode? value)
        {
            switch (value)
            {
                case JsonValue scalar:
                    return UpdateScalar(scalar);
                case JsonObject map:
                    UpdateMap(map);
                    return map;
                case JsonArray list:
                    for (var i = 0; i < list.Count; i++)
                    {
                        var item = list[i];
                        var updated = Update(item);
                        if (!ReferenceEquals(updated, item))
                        {
                            list[i] = updated;
                        }
                    }

                    return list;
                default:
                    return value;
            }
        }

        private JsonNode? UpdateScalar(JsonValue value)
        {
            var name = JsonNodes.ScalarText(value)!;
            var target = Select(name, _ => true, sameNamespace: false);
            return target is null || target.Name == name ? value : target.Name;
        }

        private void UpdateMap(JsonObject map)
        {
            if (JsonNodes.ScalarText(map["name"]) is not { } name)
            {
                throw referrer.Fault("a map with a field 'name' is expected here, since it refers to another object", rule.Field.Path);
            }

            var target = Select(name, NamespaceFilter(map), sameNamespace: true);
            if (target is null || (target.Name == name && target.Namespace.Length == 0))
            {
                return;
            }

            map["name"] = target.Name;
            if (target.Namespace.Length > 0)
            {
                map["namespace"] = target.Namespace;
            }
        }

        /// <summary>The namespace written beside the name is that of the object as it was read, or else as it is now.</summary>
        private Func<Resource, bool> NamespaceFilter(JsonObject map)
        {
            if (!map.ContainsKey("namespace"))
            {
                return _ => true;
            }

            var wanted = map.Text("namespace");
            bool Original(Resource candidate) => !candidate.OriginalId.IsClusterScoped && candidate.OriginalId.EffectiveNamespace == wanted;
            bool Current(Resource candidate) => !candidate.Id.IsClusterScoped && candidate.Id.EffectiveNamespace == wanted;
            var byOriginal = byPreviousName.TryGetValue(map.Text("name"), out var named)
                && named.Any(candidate => Original(candidate) && CanBeReferenced(candidate));
            return byOriginal ? Original : Current;
        }

        private Resource? Select(string name, Func<Resource, bool> filter, bool sameNamespace)
        {
            if (!byPreviousName.TryGetValue(name, out var named))
            {
                return null;
            }

            List<Resource> found = [.. named.Where(c => IsTargetKind(c) && CanBeReferenced(c) && filter(c) && MatchesRoleRef(c)
                && InReach(c))];
            if (found.Count == 1)
            {
                return found[0];
            }

            found = [.. found.Where(c => SameAffixes(c, allowEmpty: true))];
            found = found.Count > 1 ? [.. found.Where(c => SameAffixes(c, allowEmpty: false))] : found;
            if (found.Count == 0)
            {
                return null;
            }

            return found.TrueForAll(c => c.Name == found[0].Name && (!sameNamespace || c.Namespace == found[0].Namespace))
                ? found[0]
                : throw referrer.Fault(
                    $"'{name}' may mean several objects: {string.Join(", ", found.Select(c => $"{c.Id} ({c.Origin})"))}", rule.Field.Path);
        }

        private bool IsTargetKind(Resource candidate) => candidate.PreviousIds.Any(rule.Names);

        private bool CanBeReferenced(Resource candidate) =>
            _referrerId.IsClusterScoped
            || candidate.Id.IsClusterScoped
            || candidate.Id.EffectiveNamespace == _referrerId.EffectiveNamespace
            || subjectNamespaces.Contains(candidate.Namespace);

        /// <summary>Service accounts may be named from other namespaces.</summary>
        private bool InReach(Resource candidate) =>
            _referrerId.IsClusterScoped
            || candidate.Id.IsClusterScoped
            || candidate.Kind == "ServiceAccount"
            || candidate.Id.EffectiveNamespace == _referrerId.EffectiveNamespace;

        private bool MatchesRoleRef(Resource candidate)
        {
            if (!rule.Field.Path.EndsWith("roleRef/name", StringComparison.Ordinal)
                || referrer.Body["roleRef"] is not JsonObject role || role["apiGroup"] is null || role["kind"] is null)
            {
                return true;
            }

            var (group, kind) = (role.Text("apiGroup"), role.Text("kind"));
            return candidate.PreviousIds.Any(id => (group.Length == 0 || id.Group == group) && (kind.Length == 0 || id.Kind == kind));
        }

        private bool SameAffixes(Resource candidate, bool allowEmpty) =>
            SameEnding(candidate.Prefixes, referrer.Prefixes, allowEmpty) && SameEnding(candidate.Suffixes, referrer.Suffixes, allowEmpty);

        private static bool SameEnding(IReadOnlyList<string> a, IReadOnlyList<string> b, bool allowEmpty)
        {
            if (allowEmpty && (a.Count == 0 || b.Count == 0))
            {
                return true;
            }

            var length = Math.Min(a.Count, b.Count);
            if (length == 0)
            {
                return a.Count == b.Count;
            }

            return a.Skip(a.Count - length).SequenceEqual(b.Skip(b.Count - length), StringComparer.Ordinal);
        }
    }
}

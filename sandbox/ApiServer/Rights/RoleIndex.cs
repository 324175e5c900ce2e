using System.Collections.Concurrent;
using System.Collections.Immutable;
using GitOpsToolkit.Sandbox.ApiServer.Auth;
using GitOpsToolkit.Sandbox.ApiServer.Storage;

namespace GitOpsToolkit.Sandbox.ApiServer.Rights;

/// <summary>What a binding gives a user: a rule, or the reason why its role gives none.</summary>
internal readonly record struct Grant(RoleBinding Binding, BindingSubject Subject, PolicyRule? Rule, string Fault);

/// <summary>
/// All roles and bindings, parsed, with the bindings by their subjects. It follows the store's changes, which come one after the other;
/// readers take no lock.
/// </summary>
internal sealed class RoleIndex
{
    private const string Prefix = "rbac.authorization.k8s.io/";

    private static readonly string[] Kept = ["clusterroles", "roles", "clusterrolebindings", "rolebindings"];

    private readonly ConcurrentDictionary<(string Namespace, string Name), IReadOnlyList<PolicyRule>> roles = new();
    private readonly ConcurrentDictionary<(string Namespace, string Subject), ImmutableArray<RoleBinding>> bindings = new();
    private readonly Dictionary<(string Namespace, string Name), RoleBinding> known = [];

    public RoleIndex(ObjectStore store)
    {
        foreach (var stored in Kept.SelectMany(plural => store.Snapshot(Prefix + plural).All.Values))
        {
            Set(stored, isGone: false);
        }

        store.Committed += change => Set(change.Object, change.Kind == ChangeKind.Deleted);
    }

    /// <summary>The rules of a role; null where there is none.</summary>
    public IReadOnlyList<PolicyRule>? RulesOf(string space, string name) => roles.GetValueOrDefault((space, name));

    /// <summary>
    /// Visits everything that is granted to a user in a namespace (empty: at the cluster scope), the cluster's bindings first, until the visitor
    /// says that it has seen enough.
    /// </summary>
    /// <returns>Whether the visitor has seen enough.</returns>
    public bool Visit(UserInfo user, string space, Func<Grant, bool> visitor) =>
        VisitIn("", user, visitor) || space.Length > 0 && VisitIn(space, user, visitor);

    private bool VisitIn(string space, UserInfo user, Func<Grant, bool> visitor)
    {
        if (VisitBy(space, BindingSubject.KeyOf(isGroup: false, user.Name), user, visitor))
        {
            return true;
        }

        foreach (var group in user.Groups)
        {
            if (VisitBy(space, BindingSubject.KeyOf(isGroup: true, group), user, visitor))
            {
                return true;
            }
        }

        return false;
    }

    private bool VisitBy(string space, string key, UserInfo user, Func<Grant, bool> visitor)
    {
        if (!bindings.TryGetValue((space, key), out var found))
        {
            return false;
        }

        foreach (var binding in found)
        {
            // A binding that names the user more than once counts once.
            if (binding.FirstFor(user) is { } subject && subject.Key == key && VisitRules(binding, subject, visitor))
            {
                return true;
            }
        }

        return false;
    }

    private bool VisitRules(RoleBinding binding, BindingSubject subject, Func<Grant, bool> visitor)
    {
        if (!roles.TryGetValue(binding.Role, out var rules))
        {
            var plural = binding.RoleKind == "Role" ? "role" : "clusterrole";
            return visitor(new(binding, subject, null, $"{plural}.rbac.authorization.k8s.io \"{binding.RoleName}\" not found"));
        }

        foreach (var rule in rules)
        {
            if (visitor(new(binding, subject, rule, "")))
            {
                return true;
            }
        }

        return false;
    }

    private void Set(StoredObject stored, bool isGone)
    {
        var id = stored.Id;
        if (!id.Resource.StartsWith(Prefix, StringComparison.Ordinal))
        {
            return;
        }

        if (id.Resource.EndsWith("roles", StringComparison.Ordinal))
        {
            if (isGone)
            {
                roles.TryRemove((id.Namespace, id.Name), out _);
                return;
            }

            roles[(id.Namespace, id.Name)] = PolicyRule.AllOf(stored.Parse());
            return;
        }

        if (known.Remove((id.Namespace, id.Name), out var before))
        {
            foreach (var key in before.Subjects.Select(s => s.Key).Distinct(StringComparer.Ordinal))
            {
                Replace((id.Namespace, key), list => list.Remove(before));
            }
        }

        if (!isGone)
        {
            var binding = known[(id.Namespace, id.Name)] = RoleBinding.From(id.Namespace, id.Name, stored.Parse());
            foreach (var key in binding.Subjects.Select(s => s.Key).Distinct(StringComparer.Ordinal))
            {
                Replace((id.Namespace, key), list => list.Add(binding).Sort((a, b) => string.CompareOrdinal(a.Name, b.Name)));
            }
        }
    }

    private void Replace((string Namespace, string Subject) key, Func<ImmutableArray<RoleBinding>, ImmutableArray<RoleBinding>> change)
    {
        var list = change(bindings.TryGetValue(key, out var present) ? present : []);
        if (list.IsEmpty)
        {
            bindings.TryRemove(key, out _);
            return;
        }

        bindings[key] = list;
    }
}

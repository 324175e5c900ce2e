using System.Diagnostics.CodeAnalysis;
using GitOpsToolkit.Api.Kustomize.V1;
using GitOpsToolkit.Kubernetes;

namespace GitOpsToolkit.Delivery;

/// <summary>
/// The ids of applied objects in a status: <c>namespace_name_group_kind</c>, with an empty namespace for cluster-scoped objects and an
/// empty
/// group for the core one. In the names of RBAC objects a colon is written as two underscores.
/// </summary>
public static class InventoryId
{
    private const string RbacGroup = "rbac.authorization.k8s.io";

    /// <summary>Writes an id.</summary>
    public static string Format(ObjectRef target)
    {
        var name = IsRbac(target.Kind) ? target.Name.Replace(":", "__", StringComparison.Ordinal) : target.Name;
        return $"{target.Namespace}_{name}_{target.Kind.Group}_{target.Kind.Kind}";
    }

    /// <summary>Reads an id.</summary>
    /// <param name="id">The id.</param>
    /// <param name="version">The version of the API by which the object was applied.</param>
    /// <param name="target">The object.</param>
    /// <returns>False for a text that is no id.</returns>
    public static bool TryParse(string id, string version, [NotNullWhen(true)] out ObjectRef? target)
    {
        target = null;
        ArgumentNullException.ThrowIfNull(id);
        var first = id.IndexOf('_', StringComparison.Ordinal);
        if (first < 0)
        {
            return false;
        }

        var rest = id[(first + 1)..];
        var last = rest.LastIndexOf('_');
        var middle = last <= 0 ? -1 : rest.LastIndexOf('_', last - 1);
        if (middle <= 0 || last == rest.Length - 1)
        {
            return false;
        }

        // Names hold no underscore of their own, so that a double one is always an encoded colon.
        var name = rest[..middle].Replace("__", ":", StringComparison.Ordinal);
        target = new ObjectRef(new GroupVersionKind(rest[(middle + 1)..last], version, rest[(last + 1)..]), id[..first], name);
        return true;
    }

    private static bool IsRbac(GroupVersionKind kind) =>
        kind is { Group: RbacGroup, Kind: "Role" or "ClusterRole" or "RoleBinding" or "ClusterRoleBinding" };
}

/// <summary>The objects that one owner has applied.</summary>
/// <param name="objects">The objects; of several with one identity the first counts.</param>
public sealed class Inventory(IEnumerable<ObjectRef> objects)
{
    private readonly Dictionary<string, ObjectRef> _objects = Collect(objects);

    /// <summary>The objects in the order of their application.</summary>
    public IReadOnlyCollection<ObjectRef> Objects => _objects.Values;

    /// <summary>Reads the inventory of a status; entries that are no ids are left out.</summary>
    public static Inventory Read(ResourceInventory? status) => new(
        from entry in status?.Entries ?? []
        let target = InventoryId.TryParse(entry.Id, entry.V, out var found) ? found : null
        where target is not null
        select target.Value);

    /// <summary>Writes the inventory for a status.</summary>
    public ResourceInventory Write() => new()
    {
        Entries = [.. _objects.Select(entry => new ResourceRef { Id = entry.Key, V = entry.Value.Kind.Version })],
    };

    /// <summary>Whether the object is in it, whatever its version.</summary>
    public bool Contains(ObjectRef target) => _objects.ContainsKey(InventoryId.Format(target));

    /// <summary>The objects that <paramref name="newer"/> no longer has.</summary>
    public IReadOnlyList<ObjectRef> Without(Inventory newer)
    {
        ArgumentNullException.ThrowIfNull(newer);
        return [.. _objects.Where(entry => !newer._objects.ContainsKey(entry.Key)).Select(entry => entry.Value)];
    }

    /// <summary>With further objects at the end.</summary>
    public Inventory With(IEnumerable<ObjectRef> more) => new(Objects.Concat(more));

    private static Dictionary<string, ObjectRef> Collect(IEnumerable<ObjectRef> objects)
    {
        var collected = new Dictionary<string, ObjectRef>(StringComparer.Ordinal);
        foreach (var target in objects)
        {
            collected.TryAdd(InventoryId.Format(target), target);
        }

        return collected;
    }
}

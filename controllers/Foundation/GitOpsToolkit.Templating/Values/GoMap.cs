namespace GitOpsToolkit.Templating;

/// <summary>The entries of a map. It can be written to, as sprig's <c>set</c> does; all who hold it see that.</summary>
internal sealed class GoMap
{
    private readonly Dictionary<GoValue, GoValue> entries = new(KeyComparer.Instance);

    internal int Count => entries.Count;

    internal GoValue this[GoValue key]
    {
        get => entries[key.Unwrapped];
        set => entries[key.Unwrapped] = value.Unwrapped;
    }

    internal bool TryGet(GoValue key, out GoValue value) => entries.TryGetValue(key.Unwrapped, out value);

    internal bool TryGet(string key, out GoValue value) => entries.TryGetValue(GoValue.OfBytes(key), out value);

    internal void Remove(string key) => entries.Remove(GoValue.OfBytes(key));

    /// <summary>The entries in the order in which Go prints and ranges over them.</summary>
    internal List<KeyValuePair<GoValue, GoValue>> Sorted()
    {
        var sorted = entries.ToList();
        sorted.Sort(static (left, right) => GoOrder.Compare(left.Key, right.Key));
        return sorted;
    }

    private sealed class KeyComparer : IEqualityComparer<GoValue>
    {
        internal static readonly KeyComparer Instance = new();

        public bool Equals(GoValue x, GoValue y) => GoOrder.AreSame(x, y);

        public int GetHashCode(GoValue obj) => obj.Kind switch
        {
            GoKind.Struct => obj.Struct.Fields.Aggregate(17, (hash, field) => HashCode.Combine(hash, GetHashCode(field))),
            GoKind.Slice or GoKind.Map or GoKind.Func => throw new GoException($"runtime error: hash of unhashable type {obj.Type}"),
            _ => obj.Data?.GetHashCode() ?? 0,
        };
    }
}

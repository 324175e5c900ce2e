using System.Text.Json.Nodes;

namespace GitOpsToolkit.Sandbox.Machinery.Apply;

/// <summary>A set of field paths: a tree whose nodes may themselves be members. Immutable once built, but for <see cref="Insert"/>.</summary>
internal sealed class FieldSet
{
    private readonly SortedSet<string> members = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, FieldSet> children = new(StringComparer.Ordinal);

    /// <summary>Last steps of the paths that end here.</summary>
    public IReadOnlyCollection<string> Members => members;

    /// <summary>What lies deeper; the step itself is a member only if <see cref="Members"/> says so.</summary>
    public IReadOnlyDictionary<string, FieldSet> Children => children;

    public bool IsEmpty => members.Count == 0 && children.Values.All(child => child.IsEmpty);

    public static FieldSet Of(params string[][] paths)
    {
        var set = new FieldSet();
        foreach (var path in paths)
        {
            set.Insert([.. path.Select(PathElements.Field)]);
        }

        return set;
    }

    /// <summary>Adds a path; the empty one means nothing.</summary>
    public void Insert(ReadOnlySpan<string> path)
    {
        if (path.Length == 0)
        {
            return;
        }

        var node = this;
        foreach (var step in path[..^1])
        {
            if (!node.children.TryGetValue(step, out var child))
            {
                child = new FieldSet();
                node.children.Add(step, child);
            }

            node = child;
        }

        node.members.Add(path[^1]);
    }

    public bool HasMember(string step) => members.Contains(step);

    public bool Has(ReadOnlySpan<string> path)
    {
        var node = this;
        foreach (var step in path[..^1])
        {
            if (!node.children.TryGetValue(step, out node!))
            {
                return false;
            }
        }

        return node.members.Contains(path[^1]);
    }

    /// <summary>What lies below a step; empty if nothing.</summary>
    public FieldSet Below(string step) => children.TryGetValue(step, out var child) ? child : new FieldSet();

    public FieldSet Union(FieldSet other)
    {
        var result = new FieldSet();
        result.members.UnionWith(members);
        result.members.UnionWith(other.members);
        foreach (var step in children.Keys.Union(other.children.Keys, StringComparer.Ordinal))
        {
            result.children[step] = Below(step).Union(other.Below(step));
        }

        return result;
    }

    public FieldSet Intersect(FieldSet other) => Combine(
        members.Where(other.members.Contains),
        step => other.children.TryGetValue(step, out var theirs) ? children[step].Intersect(theirs) : null);

    /// <summary>Paths of this set that are not in the other; a member does not cover what is below it.</summary>
    public FieldSet Except(FieldSet other) => Combine(
        members.Where(member => !other.members.Contains(member)),
        step => other.children.TryGetValue(step, out var theirs) ? children[step].Except(theirs) : children[step]);

    /// <summary>Paths of this set that are neither in the other nor below one of its members.</summary>
    public FieldSet ExceptBelow(FieldSet other) => Combine(
        members.Where(member => !other.members.Contains(member)),
        step => other.members.Contains(step) ? null
            : other.children.TryGetValue(step, out var theirs) ? children[step].ExceptBelow(theirs) : children[step]);

    /// <summary>Paths of this set at or below a member of the other.</summary>
    public FieldSet Within(FieldSet other) => Combine(
        members.Where(other.members.Contains),
        step => other.members.Contains(step) ? children[step]
            : other.children.TryGetValue(step, out var theirs) ? children[step].Within(theirs) : null);

    public bool SetEquals(FieldSet other) => Except(other).IsEmpty && other.Except(this).IsEmpty;

    /// <summary>Every path of the set.</summary>
    public IEnumerable<string[]> Paths()
    {
        foreach (var member in members)
        {
            yield return [member];
        }

        foreach (var (step, child) in children)
        {
            foreach (var path in child.Paths())
            {
                yield return [step, .. path];
            }
        }
    }

    /// <summary>The <c>fieldsV1</c> form.</summary>
    public JsonObject ToJson()
    {
        var result = new JsonObject();
        foreach (var step in members.Union(children.Keys, StringComparer.Ordinal).Order(StringComparer.Ordinal))
        {
            var below = Below(step);
            var node = below.IsEmpty ? [] : below.ToJson();
            if (!below.IsEmpty && members.Contains(step))
            {
                node.Insert(0, ".", new JsonObject());
            }

            if (!below.IsEmpty || members.Contains(step))
            {
                result[step] = node;
            }
        }

        return result;
    }

    /// <summary>Reads the <c>fieldsV1</c> form.</summary>
    /// <exception cref="FormatException">A step is malformed.</exception>
    public static FieldSet FromJson(JsonObject fields)
    {
        var set = new FieldSet();
        foreach (var (name, value) in fields)
        {
            if (name == ".")
            {
                continue;
            }

            var step = PathElements.Canonical(name);
            var below = value as JsonObject ?? [];
            if (below.Count == 0 || below.ContainsKey("."))
            {
                set.members.Add(step);
            }

            if (below.Any(member => member.Key != "."))
            {
                set.children[step] = FromJson(below);
            }
        }

        return set;
    }

    /// <summary>Makes the steps that lead to members deeper members too, where the type names them as fields.</summary>
    public FieldSet WithParents(Types.SchemaType? type)
    {
        var result = new FieldSet();
        result.members.UnionWith(members);
        foreach (var (step, child) in children)
        {
            var next = type?.Kind == Types.SchemaKind.List || step[0] != 'f' ? type?.Element : type?.FieldType(step[2..]);
            if (type?.Kind == Types.SchemaKind.Any)
            {
                next = type;
            }

            if (step[0] == 'f' && type is not null && type.FieldTable.ContainsKey(step[2..]))
            {
                result.members.Add(step);
            }

            result.children[step] = child.WithParents(next);
        }

        return result;
    }

    private FieldSet Combine(IEnumerable<string> kept, Func<string, FieldSet?> descend)
    {
        var result = new FieldSet();
        result.members.UnionWith(kept);
        foreach (var step in children.Keys)
        {
            if (descend(step) is { IsEmpty: false } child)
            {
                result.children[step] = child;
            }
        }

        return result;
    }
}

namespace GitOpsToolkit.Templating.Execution;

/// <summary>The variables in sight, innermost last. <c>$</c> is the first.</summary>
internal sealed class Variables(GoValue dollar)
{
    private readonly List<(string Name, GoValue Value)> stack = [("$", dollar)];

    internal int Mark => stack.Count;

    internal void ReturnTo(int mark) => stack.RemoveRange(mark, stack.Count - mark);

    internal void Push(string name, GoValue value) => stack.Add((name, value));

    /// <summary>Sets the variable that is so many from the top.</summary>
    internal void SetTop(int fromTop, GoValue value) => stack[^fromTop] = (stack[^fromTop].Name, value);

    internal bool TrySet(string name, GoValue value)
    {
        var index = stack.FindLastIndex(variable => variable.Name == name);
        if (index >= 0)
        {
            stack[index] = (name, value);
        }

        return index >= 0;
    }

    internal GoValue? Find(string name)
    {
        var index = stack.FindLastIndex(variable => variable.Name == name);
        return index >= 0 ? stack[index].Value : null;
    }
}

/// <summary>What counts as true.</summary>
internal static class Truth
{
    internal static bool Of(GoValue value) => value.Kind switch
    {
        GoKind.Invalid => false,
        GoKind.Bool => value.Truth,
        GoKind.Int or GoKind.Int32 or GoKind.Int64 => value.Integer != 0,
        GoKind.Uint or GoKind.Uint8 or GoKind.Uint64 => value.Unsigned != 0,
        GoKind.Float64 => value.Float != 0,
        GoKind.Struct => true,
        _ => value.Length is { } length ? length > 0 : !value.IsNil,
    };
}

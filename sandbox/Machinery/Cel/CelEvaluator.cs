namespace GitOpsToolkit.Sandbox.Machinery.Cel;

/// <summary>Evaluates a parsed expression over variables, within a budget of steps.</summary>
internal sealed class CelEvaluator
{
    /// <summary>Most steps that the rules of one object may take together.</summary>
    public const long DefaultBudget = 10_000_000;

    private static readonly string[] TypeNames =
        ["bool", "int", "uint", "double", "string", "bytes", "list", "map", "null_type", "type"];

    private readonly Dictionary<string, object?> variables;
    private long budget;

    public CelEvaluator(IReadOnlyDictionary<string, object?> variables, long budget)
    {
        this.variables = new Dictionary<string, object?>(variables, StringComparer.Ordinal);
        this.budget = budget;
    }

    /// <summary>Steps that are left.</summary>
    public long Remaining => budget;

    /// <summary>The value of an expression.</summary>
    /// <exception cref="CelException">A missing key, a value of the wrong type, an overflow, or the budget is used up.</exception>
    public object? Evaluate(CelNode node)
    {
        Spend(1);
        switch (node)
        {
            case CelNode.Literal literal:
                return literal.Value;
            case CelNode.Identifier identifier:
                return Variable(identifier.Name);
            case CelNode.Select select:
                return Select(select);
            case CelNode.Index index:
                return Index(index);
            case CelNode.ListOf list:
                return list.Items.Select(Evaluate).ToList();
            case CelNode.MapOf map:
                var result = new Dictionary<object, object?>();
                foreach (var (key, value) in map.Entries)
                {
                    result[Evaluate(key) ?? throw NoOverload()] = Evaluate(value);
                }

                return result;
            default:
                return Call((CelNode.Call)node);
        }
    }

    /// <summary>The value as a Boolean.</summary>
    /// <exception cref="CelException">It is none.</exception>
    public bool Test(CelNode node) => Evaluate(node) is bool flag ? flag : throw NoOverload();

    /// <summary>Runs a body for each element with the element bound to a name.</summary>
    public IEnumerable<(object? Item, T Result)> Each<T>(object? range, string name, Func<T> body)
    {
        IEnumerable<object?> items = range switch
        {
            List<object?> list => list,
            Dictionary<object, object?> map => map.Keys,
            _ => throw NoOverload(),
        };
        var had = variables.TryGetValue(name, out var outer);
        try
        {
            foreach (var item in items)
            {
                Spend(1);
                variables[name] = item;
                yield return (item, body());
            }
        }
        finally
        {
            if (had)
            {
                variables[name] = outer;
            }
            else
            {
                variables.Remove(name);
            }
        }
    }

    public void Spend(long cost)
    {
        budget -= cost;
        if (budget < 0)
        {
            throw new CelException("operation cancelled: actual cost limit exceeded");
        }
    }

    public static CelException NoOverload() => new("no such overload");

    private object? Variable(string name)
    {
        if (variables.TryGetValue(name, out var value))
        {
            return value;
        }

        return TypeNames.Contains(name) ? new CelType(name) : throw new CelException($"undeclared reference to '{name}' (in container '')");
    }

    private object? Select(CelNode.Select select)
    {
        var operand = Evaluate(select.Operand);
        var name = Unescape(select.Field);
        if (operand is CelOptional optional)
        {
            return optional is { HasValue: true, Value: Dictionary<object, object?> inner } && inner.TryGetValue(name, out var deep)
                ? new CelOptional(true, deep) : CelOptional.None;
        }

        var map = operand as Dictionary<object, object?> ?? throw NoOverload();
        var found = map.TryGetValue(name, out var value);
        if (select.Optional)
        {
            return found ? new CelOptional(true, value) : CelOptional.None;
        }

        return found ? value : throw new CelException($"no such key: {name}");
    }

    private object? Index(CelNode.Index index)
    {
        var (operand, key) = (Evaluate(index.Operand), Evaluate(index.Key));
        if (operand is CelOptional optional)
        {
            operand = optional.HasValue ? optional.Value : new List<object?>();
        }

        var (found, value) = (operand, key) switch
        {
            (List<object?> list, long at) => at >= 0 && at < list.Count ? (true, list[(int)at]) : (false, null),
            (Dictionary<object, object?> map, not null) => map.TryGetValue(key, out var entry) ? (true, entry) : (false, null),
            _ => throw NoOverload(),
        };
        if (index.Optional || Evaluated(index.Operand))
        {
            return found ? new CelOptional(true, value) : CelOptional.None;
        }

        return found ? value
            : throw new CelException(operand is List<object?> ? $"index out of bounds: {key}" : $"no such key: {CelValues.Text(key)}");
    }

    // An index on an optional yields an optional.
    private static bool Evaluated(CelNode operand) => operand is CelNode.Select { Optional: true } or CelNode.Index { Optional: true };

    private object? Call(CelNode.Call call) => call.Function switch
    {
        "&&" => Both(call, false),
        "||" => Both(call, true),
        "?:" => Test(call.Arguments[0]) ? Evaluate(call.Arguments[1]) : Evaluate(call.Arguments[2]),
        "has" when call is { Target: null, Arguments: [CelNode.Select select] } => Has(select),
        _ when call.Target is not null && CelMacros.IsMacro(call) => CelMacros.Expand(this, call),
        _ => CelFunctions.Call(this, call.Function, call.Target is null ? null : [Evaluate(call.Target)], [.. call.Arguments.Select(Evaluate)]),
    };

    private bool Has(CelNode.Select select) => Evaluate(select.Operand) switch
    {
        Dictionary<object, object?> map => map.ContainsKey(Unescape(select.Field)),
        CelOptional optional => optional is { HasValue: true, Value: Dictionary<object, object?> inner } && inner.ContainsKey(Unescape(select.Field)),
        _ => throw NoOverload(),
    };

    // Either side may decide, even if the other fails.
    private bool Both(CelNode.Call call, bool decisive)
    {
        CelException? failure = null;
        foreach (var side in call.Arguments)
        {
            try
            {
                if (Test(side) == decisive)
                {
                    return decisive;
                }
            }
            catch (CelException fault) when (budget >= 0)
            {
                failure ??= fault;
            }
        }

        return failure is null ? !decisive : throw failure;
    }

    // Property names that CEL cannot write are escaped.
    private static string Unescape(string name) => !name.Contains("__") ? name : name
        .Replace("__underscores__", "\0").Replace("__dot__", ".").Replace("__dash__", "-").Replace("__slash__", "/")
        is var replaced && replaced.StartsWith("__") && replaced.EndsWith("__") && replaced.Length > 4 ? replaced[2..^2] : replaced.Replace("\0", "__");
}

/// <summary>A type as a value.</summary>
internal sealed record CelType(string Name);

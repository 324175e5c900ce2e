namespace GitOpsToolkit.Sandbox.Machinery.Cel;

/// <summary>The macros over lists and maps.</summary>
internal static class CelMacros
{
    /// <summary>Whether a call is a macro: its first argument then is a name, not a value.</summary>
    public static bool IsMacro(CelNode.Call call) => call.Arguments is [CelNode.Identifier, _] or [CelNode.Identifier, _, _] && call.Function switch
    {
        "all" or "exists" or "exists_one" or "existsOne" or "filter" or "optMap" or "optFlatMap" => call.Arguments.Count == 2,
        "map" => true,
        _ => false,
    };

    public static object? Expand(CelEvaluator evaluator, CelNode.Call call)
    {
        var range = evaluator.Evaluate(call.Target!);
        var name = ((CelNode.Identifier)call.Arguments[0]).Name;
        var body = call.Arguments[^1];
        switch (call.Function)
        {
            case "all":
                return Quantify(evaluator, range, name, body, false);
            case "exists":
                return Quantify(evaluator, range, name, body, true);
            case "exists_one" or "existsOne":
                return evaluator.Each(range, name, () => evaluator.Test(body)).Count(r => r.Result) == 1;
            case "filter":
                return evaluator.Each(range, name, () => evaluator.Test(body)).Where(r => r.Result).Select(r => r.Item).ToList();
            case "map" when call.Arguments.Count == 3:
                return evaluator.Each(range, name, () => evaluator.Test(call.Arguments[1]) ? (true, evaluator.Evaluate(body)) : (false, null))
                    .Where(r => r.Result.Item1).Select(r => r.Result.Item2).ToList();
            case "map":
                return evaluator.Each(range, name, () => evaluator.Evaluate(body)).Select(r => r.Result).ToList();
            default:
                return Optional(evaluator, range as CelOptional ?? throw CelEvaluator.NoOverload(), name, body, call.Function == "optFlatMap");
        }
    }

    // One deciding element outweighs elements that fail.
    private static bool Quantify(CelEvaluator evaluator, object? range, string name, CelNode body, bool decisive)
    {
        CelException? failure = null;
        var decided = evaluator.Each(range, name, () =>
        {
            try
            {
                return evaluator.Test(body) == decisive;
            }
            catch (CelException fault) when (evaluator.Remaining >= 0)
            {
                failure ??= fault;
                return false;
            }
        }).Any(r => r.Result);
        return decided ? decisive : failure is null ? !decisive : throw failure;
    }

    private static CelOptional Optional(CelEvaluator evaluator, CelOptional optional, string name, CelNode body, bool flat)
    {
        if (!optional.HasValue)
        {
            return CelOptional.None;
        }

        var value = evaluator.Each(new List<object?> { optional.Value }, name, () => evaluator.Evaluate(body)).First().Result;
        return flat ? value as CelOptional ?? throw CelEvaluator.NoOverload() : new CelOptional(true, value);
    }
}

namespace GitOpsToolkit.Sandbox.Machinery.Cel;

/// <summary>A node of a parsed expression.</summary>
internal abstract record CelNode
{
    /// <summary>A literal value.</summary>
    public sealed record Literal(object? Value) : CelNode;

    /// <summary>A variable or type name.</summary>
    public sealed record Identifier(string Name) : CelNode;

    /// <summary><c>operand.field</c>; <paramref name="Optional"/> for <c>operand.?field</c>.</summary>
    public sealed record Select(CelNode Operand, string Field, bool Optional) : CelNode;

    /// <summary><c>operand[index]</c>; <paramref name="Optional"/> for <c>operand[?index]</c>.</summary>
    public sealed record Index(CelNode Operand, CelNode Key, bool Optional) : CelNode;

    /// <summary><c>target.function(arguments)</c> or <c>function(arguments)</c>; operators are functions called by their sign.</summary>
    public sealed record Call(CelNode? Target, string Function, IReadOnlyList<CelNode> Arguments) : CelNode;

    /// <summary><c>[a, b]</c>.</summary>
    public sealed record ListOf(IReadOnlyList<CelNode> Items) : CelNode;

    /// <summary><c>{k: v}</c>.</summary>
    public sealed record MapOf(IReadOnlyList<(CelNode Key, CelNode Value)> Entries) : CelNode;

    /// <summary>Whether the variable is read anywhere.</summary>
    public bool Uses(string variable) => this switch
    {
        Identifier identifier => identifier.Name == variable,
        Select select => select.Operand.Uses(variable),
        Index index => index.Operand.Uses(variable) || index.Key.Uses(variable),
        Call call => call.Target?.Uses(variable) == true || call.Arguments.Any(a => a.Uses(variable)),
        ListOf list => list.Items.Any(i => i.Uses(variable)),
        MapOf map => map.Entries.Any(e => e.Key.Uses(variable) || e.Value.Uses(variable)),
        _ => false,
    };
}

/// <summary>An expression cannot be parsed or evaluated; the message is worded as CEL's.</summary>
internal sealed class CelException(string message) : Exception(message);

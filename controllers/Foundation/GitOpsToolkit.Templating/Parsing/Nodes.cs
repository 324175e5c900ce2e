namespace GitOpsToolkit.Templating.Parsing;

/// <summary>A piece of a parsed template, with its place.</summary>
internal abstract record Node(int Line, int Column);

internal sealed record ListNode(IReadOnlyList<Node> Items, int Line, int Column) : Node(Line, Column);

internal sealed record TextNode(string Text, int Line, int Column) : Node(Line, Column);

internal sealed record ActionNode(PipeNode Pipe, int Line, int Column) : Node(Line, Column);

internal enum BranchKind
{
    If,
    With,
    Range,
}

internal sealed record BranchNode(BranchKind Kind, PipeNode Pipe, ListNode Body, ListNode? Else, int Line, int Column) : Node(Line, Column);

internal sealed record JumpNode(bool IsBreak, int Line, int Column) : Node(Line, Column);

/// <summary>Commands joined by <c>|</c>, with the variables that take the result.</summary>
internal sealed record PipeNode(IReadOnlyList<string> Variables, bool IsAssign, IReadOnlyList<CommandNode> Commands, int Line,
    int Column) : Node(Line, Column);

internal sealed record CommandNode(IReadOnlyList<Node> Operands, int Line, int Column) : Node(Line, Column);

internal sealed record DotNode(int Line, int Column) : Node(Line, Column);

internal sealed record NilNode(int Line, int Column) : Node(Line, Column);

internal sealed record ConstantNode(object Value, int Line, int Column) : Node(Line, Column);

internal sealed record FunctionNode(string Name, int Line, int Column) : Node(Line, Column);

internal sealed record VariableNode(string Name, int Line, int Column) : Node(Line, Column);

/// <summary>Fields of what comes before; of the dot if nothing does.</summary>
internal sealed record FieldNode(Node? Target, IReadOnlyList<string> Names, int Line, int Column) : Node(Line, Column);

using System.Text;

namespace GitOpsToolkit.Templating.Parsing;

/// <summary>A part of a parsed template.</summary>
/// <param name="Position">Its first byte in the text.</param>
internal abstract record Node(int Position)
{
    /// <summary>The node as Go writes it in errors.</summary>
    public sealed override string ToString()
    {
        var text = new StringBuilder();
        Write(text);
        return text.ToString();
    }

    internal abstract void Write(StringBuilder text);
}

/// <summary>Nodes one after the other.</summary>
internal sealed record ListNode(int Position, List<Node> Nodes) : Node(Position)
{
    /// <summary>Whether there is nothing but blanks.</summary>
    internal bool IsEmpty => Nodes.TrueForAll(node => node is TextNode text && GoText.TrimSpace(text.Text).Length == 0);

    internal override void Write(StringBuilder text) => Nodes.ForEach(node => node.Write(text));
}

/// <summary>Text between actions.</summary>
internal sealed record TextNode(int Position, string Text) : Node(Position)
{
    internal override void Write(StringBuilder text) => text.Append(Text);
}

/// <summary>A pipeline whose value is printed, or which declares.</summary>
internal sealed record ActionNode(int Position, PipeNode Pipe) : Node(Position)
{
    internal override void Write(StringBuilder text) => text.Append("{{").Append(Pipe).Append("}}");
}

/// <summary>Commands, each of which takes the value of the one before as its last argument.</summary>
internal sealed record PipeNode(int Position) : Node(Position)
{
    internal bool IsAssign { get; set; }

    internal List<VariableNode> Declared { get; } = [];

    internal List<CommandNode> Commands { get; } = [];

    internal override void Write(StringBuilder text)
    {
        if (Declared.Count > 0)
        {
            text.AppendJoin(", ", Declared).Append(IsAssign ? " = " : " := ");
        }

        text.AppendJoin(" | ", Commands);
    }
}

/// <summary>What is called, and its arguments; or a single value.</summary>
internal sealed record CommandNode(int Position) : Node(Position)
{
    internal List<Node> Arguments { get; } = [];

    internal override void Write(StringBuilder text) =>
        text.AppendJoin(' ', Arguments.Select(argument => argument is PipeNode ? $"({argument})" : argument.ToString()));
}

/// <summary>A function's name.</summary>
internal sealed record IdentifierNode(int Position, string Name) : Node(Position)
{
    internal override void Write(StringBuilder text) => text.Append(Name);
}

/// <summary>A variable, with the fields that are taken from it.</summary>
internal sealed record VariableNode(int Position, string[] Path) : Node(Position)
{
    internal override void Write(StringBuilder text) => text.AppendJoin('.', Path);
}

/// <summary>The dot.</summary>
internal sealed record DotNode(int Position) : Node(Position)
{
    internal override void Write(StringBuilder text) => text.Append('.');
}

/// <summary>nil.</summary>
internal sealed record NilNode(int Position) : Node(Position)
{
    internal override void Write(StringBuilder text) => text.Append("nil");
}

/// <summary>Fields of the dot, one in the other.</summary>
internal sealed record FieldNode(int Position, string[] Path) : Node(Position)
{
    internal override void Write(StringBuilder text) => text.Append('.').AppendJoin('.', Path);
}

/// <summary>Fields of something else.</summary>
internal sealed record ChainNode(int Position, Node Of, string[] Path) : Node(Position)
{
    internal override void Write(StringBuilder text) =>
        text.Append(Of is PipeNode ? $"({Of})" : Of.ToString()).Append('.').AppendJoin('.', Path);
}

/// <summary>true or false.</summary>
internal sealed record BoolNode(int Position, bool Truth) : Node(Position)
{
    internal override void Write(StringBuilder text) => text.Append(Truth ? "true" : "false");
}

/// <summary>A number, as all that it can be.</summary>
internal sealed record NumberNode(int Position, string Text) : Node(Position)
{
    internal long? Integer { get; init; }

    internal ulong? Unsigned { get; init; }

    internal double? Float { get; init; }

    /// <summary>Whether it is written as a float, so that it is one where any type will do.</summary>
    internal bool LooksFloat => Text[0] != '\'' && Text.AsSpan().ContainsAny(".eEpP")
        && !(Text.Length > 2 && Text[0] == '0' && Text[1] is 'x' or 'X' && !Text.AsSpan().ContainsAny("pP"));

    internal override void Write(StringBuilder text) => text.Append(Text);
}

/// <summary>A string.</summary>
internal sealed record StringNode(int Position, string Quoted, string Text) : Node(Position)
{
    internal override void Write(StringBuilder text) => text.Append(Quoted);
}

/// <summary>if, with and range.</summary>
internal sealed record BranchNode(int Position, TokenKind Kind, PipeNode Pipe, ListNode List, ListNode? Else) : Node(Position)
{
    internal override void Write(StringBuilder text)
    {
        text.Append("{{").Append(Kind switch { TokenKind.If => "if", TokenKind.With => "with", _ => "range" });
        text.Append(' ').Append(Pipe).Append("}}").Append(List);
        if (Else is not null)
        {
            text.Append("{{else}}").Append(Else);
        }

        text.Append("{{end}}");
    }
}

/// <summary>A call of a template.</summary>
internal sealed record TemplateNode(int Position, string Name, PipeNode? Pipe) : Node(Position)
{
    internal override void Write(StringBuilder text) =>
        text.Append("{{template ").Append(Printing.GoQuote.Quote(Name)).Append(Pipe is null ? "" : $" {Pipe}").Append("}}");
}

/// <summary>break, continue; while parsing also end and else.</summary>
internal sealed record WordNode(int Position, TokenKind Kind) : Node(Position)
{
    internal override void Write(StringBuilder text) => text.Append(Kind switch
    {
        TokenKind.Break => "{{break}}",
        TokenKind.Continue => "{{continue}}",
        TokenKind.Else => "{{else}}",
        _ => "{{end}}",
    });
}

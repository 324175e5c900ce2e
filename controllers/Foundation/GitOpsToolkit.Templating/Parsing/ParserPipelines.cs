using GitOpsToolkit.Templating.Printing;

namespace GitOpsToolkit.Templating.Parsing;

/// <summary>Pipelines, commands and operands.</summary>
internal sealed partial class Parser
{
    private PipeNode Pipeline(string context, TokenKind end)
    {
        if (++depth > options.MaxNesting)
        {
            throw Fault($"parentheses nest deeper than {options.MaxNesting}");
        }

        var pipe = new PipeNode(PeekNonSpace().Position);
        Declarations(pipe, context);
        while (true)
        {
            var token = TakeNonSpace();
            if (token.Kind == end)
            {
                Check(pipe, context);
                depth--;
                return pipe;
            }

            if (token.Kind is not (TokenKind.Bool or TokenKind.CharacterConstant or TokenKind.Complex or TokenKind.Dot or TokenKind.Field
                or TokenKind.Identifier or TokenKind.Number or TokenKind.Nil or TokenKind.RawString or TokenKind.String
                or TokenKind.Variable or TokenKind.LeftParen))
            {
                throw Unexpected(token, context);
            }

            at--;
            pipe.Commands.Add(Command());
        }
    }

    private void Declarations(PipeNode pipe, string context)
    {
        while (PeekNonSpace() is { Kind: TokenKind.Variable } variable)
        {
            var place = at;
            Take();
            var next = PeekNonSpace();
            if (next.Kind is TokenKind.Assign or TokenKind.Declare)
            {
                pipe.IsAssign = next.Kind == TokenKind.Assign;
                Take();
                Declare(pipe, variable);
                return;
            }

            if (next is not { Kind: TokenKind.Character, Text: "," })
            {
                at = place;
                return;
            }

            Take();
            Declare(pipe, variable);
            if (context != "range" || pipe.Declared.Count >= 2)
            {
                throw Fault($"too many declarations in {context}");
            }

            if (PeekNonSpace().Kind is not (TokenKind.Variable or TokenKind.RightDelimiter or TokenKind.RightParen))
            {
                throw Fault("range can only initialize variables");
            }
        }
    }

    private void Declare(PipeNode pipe, Token variable)
    {
        // An assignment names a variable that must be there, but Go finds that out only when it is carried out.
        pipe.Declared.Add(new VariableNode(variable.Position, variable.Text.Split('.')));
        variables.Add(variable.Text);
    }

    private void Check(PipeNode pipe, string context)
    {
        if (pipe.Commands.Count == 0)
        {
            throw Fault($"missing value for {context}");
        }

        for (var i = 1; i < pipe.Commands.Count; i++)
        {
            if (pipe.Commands[i].Arguments[0] is BoolNode or DotNode or NilNode or NumberNode or StringNode)
            {
                throw Fault($"non executable command in pipeline stage {i + 1}");
            }
        }
    }

    private CommandNode Command()
    {
        var command = new CommandNode(PeekNonSpace().Position);
        while (true)
        {
            PeekNonSpace();
            if (Operand() is { } operand)
            {
                command.Arguments.Add(operand);
            }

            var token = Take();
            if (token.Kind == TokenKind.Space)
            {
                continue;
            }

            if (token.Kind is TokenKind.RightDelimiter or TokenKind.RightParen)
            {
                at--;
            }
            else if (token.Kind != TokenKind.Pipe)
            {
                throw Unexpected(token, "operand");
            }

            return command.Arguments.Count > 0 ? command : throw Fault("empty command");
        }
    }

    /// <summary>A term with the fields that are taken from it; null where none begins here.</summary>
    private Node? Operand()
    {
        var node = Term();
        if (node is null || Peek().Kind != TokenKind.Field)
        {
            return node;
        }

        var position = Peek().Position;
        var path = new List<string>();
        while (Peek().Kind == TokenKind.Field)
        {
            path.Add(Take().Text[1..]);
        }

        return node switch
        {
            FieldNode field => new FieldNode(position, [.. field.Path, .. path]),
            VariableNode variable => new VariableNode(position, [.. variable.Path, .. path]),
            BoolNode or StringNode or NumberNode or NilNode or DotNode =>
                throw Fault($"unexpected . after term {GoQuote.Quote(node.ToString())}"),
            _ => new ChainNode(position, node, [.. path]),
        };
    }

    private Node? Term()
    {
        var token = TakeNonSpace();
        switch (token.Kind)
        {
            case TokenKind.Identifier:
                return options.Functions.Contains(token.Text)
                    ? new IdentifierNode(token.Position, token.Text)
                    : throw Fault($"function {GoQuote.Quote(token.Text)} not defined");
            case TokenKind.Dot:
                return new DotNode(token.Position);
            case TokenKind.Nil:
                return new NilNode(token.Position);
            case TokenKind.Variable:
                return variables.Contains(token.Text)
                    ? new VariableNode(token.Position, [token.Text])
                    : throw Fault($"undefined variable {GoQuote.Quote(token.Text)}");
            case TokenKind.Field:
                return new FieldNode(token.Position, [token.Text[1..]]);
            case TokenKind.Bool:
                return new BoolNode(token.Position, token.Text == "true");
            case TokenKind.CharacterConstant or TokenKind.Complex or TokenKind.Number:
                return Number(token);
            case TokenKind.LeftParen:
                return Pipeline("parenthesized pipeline", TokenKind.RightParen);
            case TokenKind.String or TokenKind.RawString:
                return new StringNode(token.Position, token.Text, Unquoted(token));
            default:
                at--;
                return null;
        }
    }

    private NumberNode Number(Token token)
    {
        try
        {
            return NumberReader.Read(token);
        }
        catch (FormatException error)
        {
            throw Fault(error.Message);
        }
    }
}

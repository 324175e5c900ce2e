namespace GitOpsToolkit.Templating.Parsing;

/// <summary>Builds the tree of a template and checks names of functions and variables.</summary>
internal sealed class Parser(string name, List<Token> tokens, TemplateOptions options)
{
    private readonly List<string> _variables = ["$"];
    private int _at;
    private int _depth;
    private int _ranges;

    private Token Current => tokens[_at];

    internal ListNode Parse()
    {
        var (list, end) = List(inBranch: false);
        return end.Kind == TokenKind.End ? list : throw Fault(end, $"unexpected {{{{{end.Text}}}}}");
    }

    /// <summary>Reads up to the end, or to an <c>end</c> or <c>else</c> action, whose keyword token it returns and passes.</summary>
    private (ListNode List, Token End) List(bool inBranch)
    {
        var start = Current;
        var items = new List<Node>();
        while (Current.Kind != TokenKind.End)
        {
            var token = Current;
            _at++;
            if (token.Kind == TokenKind.Text)
            {
                items.Add(new TextNode(token.Text, token.Line, token.Column));
                continue;
            }

            Skip();
            if (Current is { Kind: TokenKind.Identifier, Text: "end" or "else" } keyword)
            {
                _at++;
                return (new ListNode(items, start.Line, start.Column), keyword);
            }

            items.Add(Action());
        }

        return inBranch
            ? throw Fault(Current, "unexpected EOF: an {{end}} is missing")
            : (new ListNode(items, start.Line, start.Column), Current);
    }

    private Node Action()
    {
        var token = Current;
        if (token.Kind == TokenKind.Identifier)
        {
            switch (token.Text)
            {
                case "if":
                    _at++;
                    return Branch(BranchKind.If, token);
                case "with":
                    _at++;
                    return Branch(BranchKind.With, token);
                case "range":
                    _at++;
                    return Branch(BranchKind.Range, token);
                case "break" or "continue":
                    return Jump(token);
                case "define" or "template" or "block":
                    throw Fault(token, $"{{{{{token.Text}}}}} is not supported in this template");
            }
        }

        var pipe = Pipeline(TokenKind.Close, inRange: false);
        return new ActionNode(pipe, token.Line, token.Column);
    }

    private JumpNode Jump(Token token)
    {
        _at++;
        Skip();
        Expect(TokenKind.Close, token.Text);
        return _ranges > 0
            ? new JumpNode(token.Text == "break", token.Line, token.Column)
            : throw Fault(token, $"{{{{{token.Text}}}}} outside {{{{range}}}}");
    }

    private BranchNode Branch(BranchKind kind, Token token)
    {
        Enter(token);
        var scope = _variables.Count;
        var pipe = Pipeline(TokenKind.Close, kind == BranchKind.Range);
        _ranges += kind == BranchKind.Range ? 1 : 0;
        var (body, end) = List(inBranch: true);
        _ranges -= kind == BranchKind.Range ? 1 : 0;
        var otherwise = end.Text == "else" ? Else(kind, end) : null;
        if (otherwise is null)
        {
            Skip();
            Expect(TokenKind.Close, "end");
        }

        _variables.RemoveRange(scope, _variables.Count - scope);
        _depth--;
        return new BranchNode(kind, pipe, body, otherwise, token.Line, token.Column);
    }

    /// <summary>After <c>else</c>: its list with the closing <c>end</c>, or another branch, which brings the end.</summary>
    private ListNode Else(BranchKind kind, Token token)
    {
        Skip();
        if (Current is { Kind: TokenKind.Identifier, Text: "if" or "with" } next && kind != BranchKind.Range
            && (next.Text == "if") == (kind == BranchKind.If))
        {
            _at++;
            return new ListNode([Branch(kind, next)], next.Line, next.Column);
        }

        Expect(TokenKind.Close, "else");
        var (list, end) = List(inBranch: true);
        if (end.Text != "end")
        {
            throw Fault(end, "expected end; found {{else}}");
        }

        Skip();
        Expect(TokenKind.Close, "end");
        return list with { Line = token.Line, Column = token.Column };
    }

    private PipeNode Pipeline(TokenKind end, bool inRange)
    {
        var start = Current;
        Enter(start);
        Skip();
        var (variables, isAssign) = Declarations(inRange);
        var commands = new List<CommandNode>();
        while (true)
        {
            Skip();
            commands.Add(Command());
            if (Current.Kind != TokenKind.Pipe)
            {
                break;
            }

            // A pipe with nothing behind it is let pass, as Go does.
            _at++;
            Skip();
            if (Current.Kind == end)
            {
                break;
            }
        }

        Expect(end, "command");
        foreach (var command in commands.Skip(1))
        {
            if (command.Operands[0] is ConstantNode or NilNode or DotNode)
            {
                throw new TemplateException(name, command.Line, command.Column,
                    "non executable command in pipeline: only functions and fields take a piped value");
            }
        }

        if (!isAssign)
        {
            _variables.AddRange(variables);
        }

        _depth--;
        return new PipeNode(variables, isAssign, commands, start.Line, start.Column);
    }

    private (List<string> Variables, bool IsAssign) Declarations(bool inRange)
    {
        var from = _at;
        var variables = new List<string>();
        while (Current.Kind == TokenKind.Variable)
        {
            variables.Add("$" + Current.Text);
            _at++;
            Skip();
            if (Current.Kind is TokenKind.Declare or TokenKind.Assign)
            {
                var isAssign = Current.Kind == TokenKind.Assign;
                if (isAssign && variables.Find(variable => !_variables.Contains(variable)) is { } unknown)
                {
                    throw Fault(Current, $"undefined variable \"{unknown}\"");
                }

                _at++;
                return (variables, isAssign);
            }

            if (Current.Kind != TokenKind.Comma || !inRange || variables.Count > 1)
            {
                break;
            }

            _at++;
            Skip();
        }

        _at = from;
        return ([], false);
    }

    private CommandNode Command()
    {
        var start = Current;
        var operands = new List<Node>();
        while (Current.Kind is not (TokenKind.Pipe or TokenKind.Close or TokenKind.RightParen or TokenKind.End))
        {
            operands.Add(Operand());
            if (Current.Kind is not (TokenKind.Space or TokenKind.Pipe or TokenKind.Close or TokenKind.RightParen))
            {
                throw Fault(Current, $"unexpected \"{Current.Text}\" in operand");
            }

            Skip();
        }

        return operands.Count == 0 ? throw Fault(start, "missing value for command") : new CommandNode(operands, start.Line, start.Column);
    }

    private Node Operand()
    {
        var token = Current;
        var term = Term();
        var names = new List<string>();
        while (Current.Kind == TokenKind.Field)
        {
            names.Add(Current.Text);
            _at++;
        }

        if (names.Count == 0)
        {
            return term;
        }

        return term switch
        {
            FieldNode field => field with { Names = [.. field.Names, .. names] },
            ConstantNode or NilNode or DotNode => throw Fault(token, "a constant has no fields"),
            _ => new FieldNode(term, names, token.Line, token.Column),
        };
    }

    private Node Term()
    {
        var token = Current;
        _at++;
        switch (token.Kind)
        {
            case TokenKind.Dot:
                return new DotNode(token.Line, token.Column);
            case TokenKind.Field:
                return new FieldNode(null, [token.Text], token.Line, token.Column);
            case TokenKind.Variable:
                return _variables.Contains("$" + token.Text)
                    ? new VariableNode("$" + token.Text, token.Line, token.Column)
                    : throw Fault(token, $"undefined variable \"${token.Text}\"");
            case TokenKind.String:
                return new ConstantNode(token.Text, token.Line, token.Column);
            case TokenKind.Character when token.Text.EnumerateRunes().Count() == 1:
                return new ConstantNode((long)token.Text.EnumerateRunes().First().Value, token.Line, token.Column);
            case TokenKind.Number:
                var number = NumberConstant.Parse(token.Text) ?? throw Fault(token, $"bad number syntax: \"{token.Text}\"");
                return new ConstantNode(number, token.Line, token.Column);
            case TokenKind.Identifier:
                return Word(token);
            case TokenKind.LeftParen:
                return Pipeline(TokenKind.RightParen, inRange: false);
            default:
                throw Fault(token, $"unexpected \"{token.Text}\" in command");
        }
    }

    private Node Word(Token token) => token.Text switch
    {
        "true" => new ConstantNode(true, token.Line, token.Column),
        "false" => new ConstantNode(false, token.Line, token.Column),
        "nil" => new NilNode(token.Line, token.Column),
        _ when options.Functions.Contains(token.Text) => new FunctionNode(token.Text, token.Line, token.Column),
        _ => throw Fault(token, $"function \"{token.Text}\" not defined"),
    };

    private void Enter(Token token)
    {
        if (++_depth > options.MaxDepth)
        {
            throw Fault(token, $"nested deeper than {options.MaxDepth} levels");
        }
    }

    private void Skip()
    {
        while (Current.Kind == TokenKind.Space)
        {
            _at++;
        }
    }

    private void Expect(TokenKind kind, string where)
    {
        if (Current.Kind != kind)
        {
            throw Fault(Current, $"unexpected \"{Current.Text}\" in {where}");
        }

        _at++;
    }

    private TemplateException Fault(Token token, string problem) => new(name, token.Line, token.Column, problem);
}

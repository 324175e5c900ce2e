namespace GitOpsToolkit.Templating.Parsing;

/// <summary>
/// Parses a text into templates: itself, and those that it defines. Errors are Go's, in Go's order; they are told at the last token that was
/// looked at.
/// </summary>
internal sealed partial class Parser
{
    private readonly TemplateText text;
    private readonly List<Token> tokens;
    private readonly TemplateSet set;
    private readonly TemplateOptions options;
    private readonly HashSet<string> definedHere = new(StringComparer.Ordinal);
    private int at;
    private int furthest;
    private int depth;

    /// <summary>What belongs to the template that is being parsed: definitions have their own.</summary>
    private List<string> variables = ["$"];
    private int ranges;
    private int? actionLine;

    internal Parser(TemplateText text, TemplateSet set, TemplateOptions options)
    {
        this.text = text;
        this.set = set;
        this.options = options;
        tokens = new Lexer(text.Bytes).Tokens();
    }

    internal void Parse()
    {
        var root = new ListNode(Peek().Position, []);
        while (Peek().Kind != TokenKind.End)
        {
            if (Peek().Kind == TokenKind.LeftDelimiter)
            {
                var delimiter = at;
                Take();
                if (TakeNonSpace().Kind == TokenKind.Define)
                {
                    Definition();
                    continue;
                }

                at = delimiter;
            }

            var node = TextOrAction();
            if (node is WordNode { Kind: TokenKind.EndAction or TokenKind.Else })
            {
                throw Fault($"unexpected {node}");
            }

            root.Nodes.Add(node);
        }

        Define(text.Name, root);
    }

    private void Definition()
    {
        const string Context = "define clause";
        var name = Unquoted(Expect(Context, TokenKind.String, TokenKind.RawString));
        Expect(Context, TokenKind.RightDelimiter);
        OwnTemplate(name, Context);
    }

    /// <summary>Parses the body of a define or block, with variables of its own.</summary>
    private void OwnTemplate(string name, string context)
    {
        var (outerVariables, outerRanges, outerLine) = (variables, ranges, actionLine);
        (variables, ranges, actionLine) = (["$"], 0, null);
        var (list, end) = Items();
        if (end.Kind != TokenKind.EndAction)
        {
            throw Fault($"unexpected {end} in {context}");
        }

        Define(name, list);
        (variables, ranges, actionLine) = (outerVariables, outerRanges, outerLine);
    }

    private void Define(string name, ListNode root)
    {
        if (!set.TryAdd(new DefinedTemplate(name, root, text), definedHere))
        {
            throw Fault($"template: multiple definition of template {Printing.GoQuote.Quote(name)}");
        }
    }

    /// <summary>Nodes up to an end or else.</summary>
    private (ListNode List, WordNode End) Items()
    {
        if (++depth > options.MaxNesting)
        {
            throw Fault($"blocks nest deeper than {options.MaxNesting}");
        }

        var list = new ListNode(PeekNonSpace().Position, []);
        while (PeekNonSpace().Kind != TokenKind.End)
        {
            var node = TextOrAction();
            if (node is WordNode { Kind: TokenKind.EndAction or TokenKind.Else } end)
            {
                depth--;
                return (list, end);
            }

            list.Nodes.Add(node);
        }

        throw Fault("unexpected EOF");
    }

    private Node TextOrAction()
    {
        var token = TakeNonSpace();
        switch (token.Kind)
        {
            case TokenKind.Text:
                return new TextNode(token.Position, token.Text);
            case TokenKind.LeftDelimiter:
                actionLine = text.Line(token.Position);
                var node = Action();
                actionLine = null;
                return node;
            default:
                throw Unexpected(token, "input");
        }
    }

    private Node Action()
    {
        var token = TakeNonSpace();
        switch (token.Kind)
        {
            case TokenKind.Block:
                return Block();
            case TokenKind.Break:
                return Jump(token, "break");
            case TokenKind.Continue:
                return Jump(token, "continue");
            case TokenKind.Else:
                return Else();
            case TokenKind.EndAction:
                return new WordNode(Expect("end", TokenKind.RightDelimiter).Position, TokenKind.EndAction);
            case TokenKind.If or TokenKind.Range or TokenKind.With:
                return Branch(token.Kind);
            case TokenKind.Template:
                return Call();
            default:
                at--;
                var position = Peek().Position;
                return new ActionNode(position, Pipeline("command", TokenKind.RightDelimiter));
        }
    }

    private WordNode Jump(Token word, string name)
    {
        if (TakeNonSpace() is var token && token.Kind != TokenKind.RightDelimiter)
        {
            throw Unexpected(token, $"{{{{{name}}}}}");
        }

        return ranges > 0 ? new WordNode(word.Position, word.Kind) : throw Fault($"{{{{{name}}}}} outside {{{{range}}}}");
    }

    private WordNode Else()
    {
        var next = PeekNonSpace();
        return new WordNode(
            next.Kind is TokenKind.If or TokenKind.With ? next.Position : Expect("else", TokenKind.RightDelimiter).Position, TokenKind.Else);
    }

    private BranchNode Branch(TokenKind kind)
    {
        var variablesBefore = variables.Count;
        var context = kind switch { TokenKind.If => "if", TokenKind.With => "with", _ => "range" };
        var pipe = Pipeline(context, TokenKind.RightDelimiter);
        ranges += kind == TokenKind.Range ? 1 : 0;
        var (list, next) = Items();
        ranges -= kind == TokenKind.Range ? 1 : 0;
        ListNode? otherwise = null;
        if (next.Kind == TokenKind.Else)
        {
            if (kind is TokenKind.If or TokenKind.With && Peek().Kind == kind)
            {
                Take();
                if (++depth > options.MaxNesting)
                {
                    throw Fault($"blocks nest deeper than {options.MaxNesting}");
                }

                otherwise = new ListNode(next.Position, [Branch(kind)]);
                depth--;
            }
            else
            {
                (otherwise, next) = Items();
                if (next.Kind != TokenKind.EndAction)
                {
                    throw Fault($"expected end; found {next}");
                }
            }
        }

        variables.RemoveRange(variablesBefore, variables.Count - variablesBefore);
        return new BranchNode(pipe.Position, kind, pipe, list, otherwise);
    }

    private TemplateNode Block()
    {
        const string Context = "block clause";
        var token = TakeNonSpace();
        var name = TemplateName(token, Context);
        var pipe = Pipeline(Context, TokenKind.RightDelimiter);
        OwnTemplate(name, Context);
        return new TemplateNode(token.Position, name, pipe);
    }

    private TemplateNode Call()
    {
        const string Context = "template clause";
        var token = TakeNonSpace();
        var name = TemplateName(token, Context);
        if (TakeNonSpace().Kind == TokenKind.RightDelimiter)
        {
            return new TemplateNode(token.Position, name, null);
        }

        at--;
        return new TemplateNode(token.Position, name, Pipeline(Context, TokenKind.RightDelimiter));
    }

    private string TemplateName(Token token, string context) =>
        token.Kind is TokenKind.String or TokenKind.RawString ? Unquoted(token) : throw Unexpected(token, context);

    private string Unquoted(Token token) => GoUnquote.String(token.Text) ?? throw Fault("invalid syntax");

    private Token Take()
    {
        furthest = Math.Max(furthest, at);
        return tokens[Math.Min(at++, tokens.Count - 1)];
    }

    private Token Peek()
    {
        furthest = Math.Max(furthest, Math.Min(at, tokens.Count - 1));
        return tokens[Math.Min(at, tokens.Count - 1)];
    }

    private Token TakeNonSpace()
    {
        var token = Take();
        return token.Kind == TokenKind.Space ? Take() : token;
    }

    /// <summary>The next token that is no space; spaces before it are taken.</summary>
    private Token PeekNonSpace()
    {
        if (Peek().Kind == TokenKind.Space)
        {
            Take();
        }

        return Peek();
    }

    private Token Expect(string context, params ReadOnlySpan<TokenKind> kinds)
    {
        var token = TakeNonSpace();
        return kinds.Contains(token.Kind) ? token : throw Unexpected(token, context);
    }

    private TemplateException Unexpected(Token token, string context)
    {
        if (token.Kind != TokenKind.Error)
        {
            return Fault($"unexpected {token} in {context}");
        }

        var isElsewhere = actionLine is { } started && started != text.Line(token.Position);
        var action = token.Text.EndsWith(" action", StringComparison.Ordinal) ? "" : " in action";
        return Fault(isElsewhere ? $"{token}{action} started at {text.Name}:{actionLine}" : token.ToString());
    }

    private TemplateException Fault(string problem) =>
        text.Fault(tokens[Math.Min(furthest, tokens.Count - 1)].Position, problem);
}

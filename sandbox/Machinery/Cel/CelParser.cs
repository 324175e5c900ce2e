namespace GitOpsToolkit.Sandbox.Machinery.Cel;

/// <summary>Parses CEL by precedence.</summary>
internal sealed class CelParser
{
    private const int MaxDepth = 100;
    private const int MaxLength = 16 * 1024;

    private static readonly string[][] Levels =
    [
        ["||"], ["&&"], ["==", "!=", "<", "<=", ">", ">=", "in"], ["+", "-"], ["*", "/", "%"],
    ];

    private readonly List<CelToken> tokens;
    private int position;
    private int depth;

    private CelParser(string text) => tokens = new CelLexer(text).Tokens();

    /// <summary>Parses an expression.</summary>
    /// <exception cref="CelException">The text is no expression.</exception>
    public static CelNode Parse(string text)
    {
        if (text.Length > MaxLength)
        {
            throw new CelException($"expression is longer than {MaxLength} characters");
        }

        var parser = new CelParser(text);
        var node = parser.Expression();
        return parser.Current.Kind == CelTokenKind.End ? node : throw parser.Unexpected();
    }

    private CelToken Current => tokens[position];

    private CelNode Expression()
    {
        if (++depth > MaxDepth)
        {
            throw new CelException($"expression recursion limit exceeded: {MaxDepth}");
        }

        var node = Binary(0);
        if (Take("?"))
        {
            var yes = Binary(0);
            Need(":");
            node = new CelNode.Call(null, "?:", [node, yes, Expression()]);
        }

        depth--;
        return node;
    }

    private CelNode Binary(int level)
    {
        if (level == Levels.Length)
        {
            return Unary();
        }

        var node = Binary(level + 1);
        while (Current.Kind == CelTokenKind.Sign && Levels[level].Contains(Current.Text))
        {
            var sign = tokens[position++].Text;
            node = new CelNode.Call(null, sign, [node, Binary(level + 1)]);
        }

        return node;
    }

    private CelNode Unary()
    {
        if (Take("!"))
        {
            return Nested(() => new CelNode.Call(null, "!", [Unary()]));
        }

        return Take("-") ? Nested(() => new CelNode.Call(null, "-", [Unary()])) : Member();
    }

    private CelNode Nested(Func<CelNode> parse)
    {
        if (++depth > MaxDepth)
        {
            throw new CelException($"expression recursion limit exceeded: {MaxDepth}");
        }

        var node = parse();
        depth--;
        return node;
    }

    private CelNode Member()
    {
        var node = Primary();
        while (true)
        {
            if (Take("."))
            {
                var optional = Take("?");
                var name = Name();
                node = !optional && Take("(") ? new CelNode.Call(node, name, Arguments(")")) : new CelNode.Select(node, name, optional);
            }
            else if (Take("["))
            {
                var optional = Take("?");
                node = new CelNode.Index(node, Expression(), optional);
                Need("]");
            }
            else
            {
                return node;
            }
        }
    }

    private CelNode Primary()
    {
        var token = Current;
        if (token.Kind == CelTokenKind.Literal)
        {
            position++;
            return new CelNode.Literal(token.Value);
        }

        if (Take("("))
        {
            var node = Expression();
            Need(")");
            return node;
        }

        if (Take("["))
        {
            return new CelNode.ListOf(Arguments("]"));
        }

        if (Take("{"))
        {
            return new CelNode.MapOf(Entries());
        }

        _ = Take(".");
        var name = Name();
        return Take("(") ? new CelNode.Call(null, name, Arguments(")")) : new CelNode.Identifier(name);
    }

    private List<CelNode> Arguments(string closing)
    {
        var arguments = new List<CelNode>();
        while (!Take(closing))
        {
            arguments.Add(Expression());
            if (!Take(","))
            {
                Need(closing);
                break;
            }
        }

        return arguments;
    }

    private List<(CelNode Key, CelNode Value)> Entries()
    {
        var entries = new List<(CelNode, CelNode)>();
        while (!Take("}"))
        {
            var key = Expression();
            Need(":");
            entries.Add((key, Expression()));
            if (!Take(","))
            {
                Need("}");
                break;
            }
        }

        return entries;
    }

    private string Name() => Current.Kind == CelTokenKind.Name ? tokens[position++].Text : throw Unexpected();

    private bool Take(string sign)
    {
        if (Current.Kind != CelTokenKind.Sign || Current.Text != sign)
        {
            return false;
        }

        position++;
        return true;
    }

    private void Need(string sign)
    {
        if (!Take(sign))
        {
            throw Unexpected();
        }
    }

    private CelException Unexpected() => new($"Syntax error: mismatched input '{Current.Text}' at column {Current.Position + 1}");
}

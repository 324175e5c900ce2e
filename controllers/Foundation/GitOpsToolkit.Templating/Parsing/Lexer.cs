using System.Text;

namespace GitOpsToolkit.Templating.Parsing;

/// <summary>Cuts a template into text and the tokens of its actions. Trim marks and comments are done away with here.</summary>
internal sealed class Lexer(string name, string text)
{
    private static readonly char[] Blank = [' ', '\t', '\r', '\n'];
    private readonly List<Token> _tokens = [];
    private int _at;
    private int _line = 1;
    private int _lineStart;

    internal List<Token> Tokens()
    {
        var trimNext = false;
        while (_at < text.Length)
        {
            var open = text.IndexOf("{{", _at, StringComparison.Ordinal);
            var end = open < 0 ? text.Length : open;
            var trimsLeft = open >= 0 && open + 3 < text.Length && text[open + 2] == '-' && IsBlank(text[open + 3]);
            AddText(end, trimNext, trimsLeft);
            if (open < 0)
            {
                break;
            }

            trimNext = Action(trimsLeft);
        }

        Add(TokenKind.End, "");
        return _tokens;
    }

    private void AddText(int end, bool trimStart, bool trimEnd)
    {
        var piece = text[_at..end];
        piece = trimStart ? piece.TrimStart(Blank) : piece;
        piece = trimEnd ? piece.TrimEnd(Blank) : piece;
        if (piece.Length > 0)
        {
            Add(TokenKind.Text, piece);
        }

        MoveTo(end);
    }

    /// <summary>Reads one action; true if the text behind it is to be trimmed.</summary>
    private bool Action(bool trimsLeft)
    {
        MoveTo(_at + (trimsLeft ? 3 : 2));
        var body = _at;
        while (trimsLeft && body < text.Length && IsBlank(text[body]))
        {
            body++;
        }

        if (string.CompareOrdinal(text, body, "/*", 0, 2) == 0)
        {
            MoveTo(body);
            return Comment();
        }

        Add(TokenKind.Open, "{{");
        while (true)
        {
            if (_at >= text.Length)
            {
                throw Fault("unclosed action");
            }

            var trims = IsBlank(text[_at]) && Starts(_at + BlankRun(), "-}}");
            if (trims || Starts(_at, "}}"))
            {
                MoveTo(_at + (trims ? BlankRun() : 0));
                Add(TokenKind.Close, "}}");
                MoveTo(_at + (trims ? 3 : 2));
                return trims;
            }

            Next();
        }
    }

    private int BlankRun()
    {
        var run = 0;
        while (_at + run < text.Length && IsBlank(text[_at + run]))
        {
            run++;
        }

        return run;
    }

    private bool Comment()
    {
        var end = text.IndexOf("*/", _at, StringComparison.Ordinal);
        if (end < 0)
        {
            throw Fault("unclosed comment");
        }

        MoveTo(end + 2);
        var run = BlankRun();
        if (run > 0 && Starts(_at + run, "-}}"))
        {
            MoveTo(_at + run + 3);
            return true;
        }

        if (!Starts(_at, "}}"))
        {
            throw Fault("comment ends before closing delimiter");
        }

        MoveTo(_at + 2);
        return false;
    }

    private void Next()
    {
        var c = text[_at];
        if (IsBlank(c))
        {
            Add(TokenKind.Space, " ");
            MoveTo(_at + BlankRun());
            return;
        }

        switch (c)
        {
            case ':' when Starts(_at, ":="):
                Symbol(TokenKind.Declare, 2);
                break;
            case '=':
                Symbol(TokenKind.Assign, 1);
                break;
            case '|':
                Symbol(TokenKind.Pipe, 1);
                break;
            case '(':
                Symbol(TokenKind.LeftParen, 1);
                break;
            case ')':
                Symbol(TokenKind.RightParen, 1);
                break;
            case ',':
                Symbol(TokenKind.Comma, 1);
                break;
            case '"':
                Quoted('"', TokenKind.String);
                break;
            case '\'':
                Quoted('\'', TokenKind.Character);
                break;
            case '`':
                Raw();
                break;
            case '.' when _at + 1 >= text.Length || !char.IsAsciiDigit(text[_at + 1]):
                Word(TokenKind.Field, 1);
                break;
            case '$':
                Word(TokenKind.Variable, 1);
                break;
            case '+' or '-' or '.' or (>= '0' and <= '9'):
                Number();
                break;
            default:
                Word(TokenKind.Identifier, 0);
                break;
        }
    }

    private void Symbol(TokenKind kind, int length)
    {
        Add(kind, text.Substring(_at, length));
        MoveTo(_at + length);
    }

    private void Word(TokenKind kind, int skip)
    {
        var end = _at + skip;
        while (end < text.Length && (text[end] == '_' || char.IsLetterOrDigit(text[end])))
        {
            end++;
        }

        var word = text[(_at + skip)..end];
        if (word.Length == 0 && kind == TokenKind.Identifier)
        {
            throw Fault($"unexpected \"{text[_at]}\" in action");
        }

        Add(word.Length == 0 && kind == TokenKind.Field ? TokenKind.Dot : kind, word);
        MoveTo(end);
    }

    private void Number()
    {
        var end = _at + 1;
        while (end < text.Length && (char.IsLetterOrDigit(text[end]) || text[end] is '.' or '_'
            || (text[end] is '+' or '-' && text[end - 1] is 'e' or 'E')))
        {
            end++;
        }

        Add(TokenKind.Number, text[_at..end]);
        MoveTo(end);
    }

    private void Raw()
    {
        var end = text.IndexOf('`', _at + 1);
        if (end < 0)
        {
            throw Fault("unterminated raw quoted string");
        }

        Add(TokenKind.String, text[(_at + 1)..end].Replace("\r", ""));
        MoveTo(end + 1);
    }

    private void Quoted(char quote, TokenKind kind)
    {
        var value = new StringBuilder();
        var at = _at + 1;
        while (at < text.Length && text[at] != quote)
        {
            if (text[at] == '\n')
            {
                break;
            }

            if (text[at] != '\\')
            {
                value.Append(text[at++]);
                continue;
            }

            if (!GoEscapes.TryRead(text, ref at, value))
            {
                throw Fault("invalid escape in string");
            }
        }

        if (at >= text.Length || text[at] != quote)
        {
            throw Fault(quote == '"' ? "unterminated quoted string" : "unterminated character constant");
        }

        Add(kind, value.ToString());
        MoveTo(at + 1);
    }

    private bool Starts(int at, string what) => string.CompareOrdinal(text, at, what, 0, what.Length) == 0;

    private static bool IsBlank(char c) => c is ' ' or '\t' or '\r' or '\n';

    private void Add(TokenKind kind, string value) => _tokens.Add(new Token(kind, value, _line, _at - _lineStart + 1));

    private void MoveTo(int index)
    {
        for (; _at < index; _at++)
        {
            if (text[_at] == '\n')
            {
                _line++;
                _lineStart = _at + 1;
            }
        }
    }

    private TemplateException Fault(string problem) => new(name, _line, _at - _lineStart + 1, problem);
}

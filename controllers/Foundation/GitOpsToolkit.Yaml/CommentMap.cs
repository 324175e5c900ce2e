using YamlDotNet.Core;
using YamlDotNet.Core.Tokens;

namespace GitOpsToolkit.Yaml;

/// <summary>A scalar token with the comments that go-yaml would give to its node.</summary>
internal sealed record ScalarToken(string Value, YamlScalarStyle Style, int Start, int End, YamlPosition Position)
{
    internal string? LineComment { get; set; }

    internal string? HeadComment { get; set; }
}

/// <summary>
/// The scalar tokens of a text with their comments, by go-yaml v3's rules: a comment behind a scalar (in flow style also behind the
/// comma after it)
/// is its line comment; one behind <c>key:</c> belongs to the key; one on its own line, or behind a list dash, heads what follows.
/// </summary>
internal sealed class CommentMap
{
    private readonly Dictionary<int, ScalarToken> _byEnd = [];
    private readonly string _text;
    private readonly List<string> _head = [];
    private Token? _previous;
    private ScalarToken? _lastScalar;

    /// <summary>A line comment that was met before its scalar (behind an anchor, a tag, a block indicator).</summary>
    private (string Text, int Index)? _early;

    private int _headLine;
    private int _flowLevel;

    private CommentMap(string text)
    {
        _text = text;
    }

    internal static CommentMap Of(string text)
    {
        var map = new CommentMap(text);
        using var input = new StringReader(text);
        var scanner = new Scanner(input, skipComments: false);
        while (scanner.MoveNext())
        {
            map.Take(scanner.Current!);
        }

        return map;
    }

    /// <summary>The token of a scalar event, which ends where the event ends.</summary>
    internal bool TryFind(int end, string value, out ScalarToken token) =>
        _byEnd.TryGetValue(end, out token!) && token.Value == value;

    private void Take(Token token)
    {
        switch (token)
        {
            case Comment comment:
                TakeComment(comment);
                return;
            case Error error:
                throw new SemanticErrorException(error.Start, error.End, error.Value);
            case Scalar scalar:
                TakeScalar(scalar);
                break;
            case FlowSequenceStart or FlowMappingStart:
                _flowLevel++;
                DropHead();
                break;
            case FlowSequenceEnd or FlowMappingEnd:
                _flowLevel--;
                DropHead();
                break;
            case BlockEntry or BlockSequenceStart or Anchor or Tag or Value or FlowEntry:
                Bridge(DocumentBuilder.Position(token.Start).Line);
                break;
            default:
                DropHead();
                break;
        }

        _previous = token;
    }

    private void TakeScalar(Scalar scalar)
    {
        var style = scalar.Style switch
        {
            ScalarStyle.SingleQuoted => YamlScalarStyle.SingleQuoted,
            ScalarStyle.DoubleQuoted => YamlScalarStyle.DoubleQuoted,
            ScalarStyle.Literal => YamlScalarStyle.Literal,
            ScalarStyle.Folded => YamlScalarStyle.Folded,
            _ => YamlScalarStyle.Plain,
        };
        var token = new ScalarToken(scalar.Value, style, (int)scalar.Start.Index, (int)scalar.End.Index,
            DocumentBuilder.Position(scalar.Start));
        if (_early is { } early)
        {
            token.LineComment = early.Text;
        }

        var line = DocumentBuilder.Position(scalar.Start).Line;
        Bridge(line);
        token.HeadComment = _head.Count == 0 ? null : string.Join('\n', _head);
        DropHead();
        _byEnd[token.End] = token;
        _lastScalar = token;
    }

    /// <summary>
    /// A head comment stays one only if what it heads begins on the next line; an indicator carries it on to its own line.
    /// </summary>
    private void Bridge(int line)
    {
        if (line > _headLine + 1)
        {
            _head.Clear();
        }

        _headLine = line;
    }

    private void TakeComment(Comment comment)
    {
        var start = (int)comment.Start.Index;
        var text = LineRest(start);
        var line = DocumentBuilder.Position(comment.Start).Line;
        if (!StandsAlone(start))
        {
            TakeInline(text, start, line);
            return;
        }

        if (_head.Count > 0 && line > _headLine + 1)
        {
            // An empty line ends the block: what stands above it heads nothing.
            _head.Clear();
        }

        _head.Add(text);
        _headLine = line;
    }

    private void TakeInline(string text, int start, int line)
    {
        switch (_previous)
        {
            case BlockEntry:
                _head.Clear();
                _head.Add(text);
                _headLine = line;
                break;
            case Anchor or Tag:
                _early = (text, start);
                break;
            case Value when _flowLevel > 0 || IsBlockHeader(start):
                _early = (text, start);
                break;
            case Scalar or FlowEntry when _lastScalar is { LineComment: null } scalar && OnLineOf(scalar, start):
                scalar.LineComment = text;
                break;
        }
    }

    /// <summary>Whether the comment stands behind a block indicator (<c>|</c>, <c>&gt;-</c>): it is read before its scalar.</summary>
    private bool IsBlockHeader(int start)
    {
        var at = start - 1;
        while (at >= 0 && _text[at] is ' ' or '\t')
        {
            at--;
        }

        while (at >= 0 && (_text[at] is '+' or '-' || char.IsAsciiDigit(_text[at])))
        {
            at--;
        }

        return at > 0 && _text[at] is '|' or '>' && _text[at - 1] is ' ' or '\t' && at > _previous!.Start.Index;
    }

    private bool OnLineOf(ScalarToken scalar, int start) =>
        scalar.End <= start && !_text.AsSpan(scalar.End, start - scalar.End).ContainsAny('\n', '\r');

    private bool StandsAlone(int start)
    {
        for (var at = start - 1; at >= 0 && _text[at] is not ('\n' or '\r'); at--)
        {
            if (_text[at] is not (' ' or '\t'))
            {
                return false;
            }
        }

        return true;
    }

    private string LineRest(int start)
    {
        var end = _text.AsSpan(start).IndexOfAny('\n', '\r');
        return end < 0 ? _text[start..] : _text.Substring(start, end);
    }

    private void DropHead()
    {
        _head.Clear();
        _early = null;
    }
}

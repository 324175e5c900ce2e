using System.Buffers;
using System.Text.Json.Nodes;

namespace GitOpsToolkit.Yaml;

/// <summary>
/// Reads the YAML that nearly every manifest is written in, in one pass and with little garbage: block maps and lists, scalars of one line, literal blocks,
/// comments. At anything else (flow collections, anchors, tags, tabs, scalars of several lines, faults of any kind) it gives up, and the whole text is
/// read by the full reader, which also words the faults. What it does read it reads as the full reader does; tests hold both against each other.
/// </summary>
internal sealed class BlockReader
{
    /// <summary>Characters that the full reader must see: controls but the line feed, and the other line breaks of Unicode.</summary>
    private static readonly SearchValues<char> Unusual = SearchValues.Create(
        [.. Enumerable.Range(0, 0xA0).Where(code => code is < ' ' and not '\n' or >= 0x7F).Select(code => (char)code), '\u2028', '\u2029', '\uFEFF', '\uFFFE', '\uFFFF']);

    /// <summary>What a plain scalar may not begin with, or only with a look at what follows.</summary>
    private static readonly SearchValues<char> Indicators = SearchValues.Create("-?:,[]{}#&*!|>'\"%@`");

    private readonly string _text;
    private readonly string _file;
    private readonly YamlReaderOptions _caps;
    private readonly ScalarResolver _scalars = new();
    private readonly Dictionary<string, string>.AlternateLookup<ReadOnlySpan<char>> _keys =
        new Dictionary<string, string>(StringComparer.Ordinal).GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>Where the current line ends (its line feed, or the end of the text), and its number from 1.</summary>
    private int _lineEnd = -1;
    private int _line;

    /// <summary>The content of the current line: how far it is indented, and where it begins; -1 when there is no further line.</summary>
    private int _indent;
    private int _start;
    private int _nodes;

    private BlockReader(string text, string file, YamlReaderOptions caps)
    {
        _text = text;
        _file = file;
        _caps = caps;
    }

    /// <returns>The documents, or null where the text takes the full reader.</returns>
    internal static List<YamlDocument>? TryRead(string text, string file, YamlReaderOptions caps)
    {
        if (text.AsSpan().ContainsAny(Unusual))
        {
            return null;
        }

        try
        {
            return new BlockReader(text, file, caps).Documents();
        }
        catch (Exception unread) when (unread is UnusualException or FormatException)
        {
            return null;
        }
    }

    /// <summary>Fields without any value in the document that is being read.</summary>
    private HashSet<(JsonObject Map, string Key)>? _bareNulls;

    /// <summary>Whether the value read last was none at all, not a written <c>null</c>.</summary>
    private bool _isBare;

    private List<YamlDocument> Documents()
    {
        List<YamlDocument> documents = [];
        Advance();
        var mayBegin = true;
        while (_start >= 0)
        {
            if (IsMarker())
            {
                mayBegin = true;
                Advance();
                continue;
            }

            if (!mayBegin || _text[_start] == '%')
            {
                throw new UnusualException();
            }

            mayBegin = false;
            var start = new YamlPosition(_line, _indent + 1);
            var root = Collection(0);
            documents.Add(new YamlDocument(_file, root, start, _text, documents.Count, _caps) { BareNulls = _bareNulls });
            _bareNulls = null;
        }

        return documents;
    }

    /// <summary>Goes to the next line that holds more than blanks and a comment.</summary>
    private void Advance()
    {
        while (_lineEnd < _text.Length)
        {
            var begin = _lineEnd + 1;
            if (begin >= _text.Length)
            {
                break;
            }

            EndLine(begin);
            var start = begin;
            while (start < _lineEnd && _text[start] == ' ')
            {
                start++;
            }

            if (start < _lineEnd && _text[start] != '#')
            {
                (_start, _indent) = (start, start - begin);
                return;
            }
        }

        (_start, _indent) = (-1, -1);
    }

    private void EndLine(int begin)
    {
        var length = _text.AsSpan(begin).IndexOf('\n');
        _lineEnd = length < 0 ? _text.Length : begin + length;
        _line++;
    }

    /// <summary>Whether the current line is a bare <c>---</c>, the end of a document and begin of the next.</summary>
    private bool IsMarker()
    {
        if (_indent != 0 || !(At("---") || At("...")))
        {
            return false;
        }

        return At("---") && IsBlankOrComment(_start + 3) ? true : throw new UnusualException();
    }

    private bool At(string word) => _text.AsSpan(_start, _lineEnd - _start).StartsWith(word, StringComparison.Ordinal);

    private bool IsBlankOrComment(int at)
    {
        var rest = _text.AsSpan(at, _lineEnd - at);
        var trimmed = rest.TrimStart(' ');
        return trimmed.Length == 0 || (trimmed[0] == '#' && trimmed.Length < rest.Length);
    }

    /// <summary>Reads the map or list whose first entry begins at the current place.</summary>
    private JsonNode Collection(int depth) => IsEntry() ? List(depth) : Map(depth);

    private bool IsEntry() => _text[_start] == '-' && (_start + 1 == _lineEnd || _text[_start + 1] == ' ');

    private JsonArray List(int depth)
    {
        Enter(depth);
        var list = new JsonArray();
        var indent = _indent;
        do
        {
            list.Add(Item(indent, depth + 1));
        }
        while (_indent == indent && _start >= 0 && IsEntry() && !IsMarker());
        return Closed(list, indent);
    }

    private JsonNode? Item(int indent, int depth)
    {
        var at = _start + 1;
        while (at < _lineEnd && _text[at] == ' ')
        {
            at++;
        }

        if (at == _lineEnd || _text[at] == '#')
        {
            return Below(indent, depth, mayBeList: false);
        }

        // What stands behind the dash is indented as far as it is away from the line's begin.
        (_indent, _start) = (indent + at - _start, at);
        return IsEntry() || IsKey(at) ? Collection(depth) : Scalar(at, indent, depth);
    }

    private JsonObject Map(int depth)
    {
        Enter(depth);
        var map = new JsonObject();
        var indent = _indent;
        do
        {
            var (key, at) = Key();
            Count();
            _isBare = false;
            var value = Value(at, indent, depth + 1);
            if (!map.TryAdd(key, value))
            {
                throw new UnusualException();
            }

            if (value is null && _isBare)
            {
                (_bareNulls ??= []).Add((map, key));
            }
        }
        while (_indent == indent && _start >= 0 && !IsEntry() && !IsMarker());
        return Closed(map, indent);
    }

    /// <summary>A line that is indented further than the collection above it continues a scalar, or is a fault.</summary>
    private T Closed<T>(T collection, int indent) => _indent <= indent ? collection : throw new UnusualException();

    private JsonNode? Value(int at, int indent, int depth)
    {
        while (at < _lineEnd && _text[at] == ' ')
        {
            at++;
        }

        return at == _lineEnd || _text[at] == '#' ? Below(indent, depth, mayBeList: true) : Scalar(at, indent, depth);
    }

    /// <summary>The value that stands on the lines below a key or a dash; null where there is none.</summary>
    private JsonNode? Below(int indent, int depth, bool mayBeList)
    {
        Advance();
        if (_start >= 0 && (_indent > indent || (mayBeList && _indent == indent && IsEntry())) && !IsMarker())
        {
            return Collection(depth);
        }

        Enter(depth);
        _isBare = true;
        return null;
    }

    private void Enter(int depth)
    {
        Count();
        if (depth > _caps.MaxDepth)
        {
            throw new UnusualException();
        }
    }

    private void Count()
    {
        if (++_nodes > _caps.MaxNodes)
        {
            throw new UnusualException();
        }
    }

    private bool IsKey(int at) => FindKey(at).Next >= 0;

    private (string Key, int Next) Key()
    {
        var (from, to, next) = FindKey(_start);
        if (next < 0 || to - from > 1000)
        {
            throw new UnusualException();
        }

        var key = _text.AsSpan(from, to - from);
        if (_keys.TryGetValue(key, out var known))
        {
            return (known, next);
        }

        var made = key is "<<" ? throw new UnusualException() : key.ToString();
        _keys[key] = made;
        return (made, next);
    }

    /// <summary>Where a key stands and where its value begins; -1 for the latter if there is no key.</summary>
    private (int From, int To, int Next) FindKey(int at)
    {
        var quote = _text[at];
        if (quote is '"' or '\'')
        {
            var end = Quoted(at);
            var isKey = end < _lineEnd && _text[end] == ':' && (end + 1 == _lineEnd || _text[end + 1] == ' ');
            return isKey && _text.AsSpan(at + 1, end - at - 2).Contains(quote) ? throw new UnusualException() : (at + 1, end - 1, isKey ? end + 1 : -1);
        }

        for (var colon = at; colon < _lineEnd; colon++)
        {
            colon = _text.IndexOf(':', colon, _lineEnd - colon);
            if (colon < 0)
            {
                break;
            }

            if (colon + 1 < _lineEnd && _text[colon + 1] != ' ')
            {
                continue;
            }

            var key = _text.AsSpan(at, colon - at);
            var comment = key.IndexOf(" #");
            if (comment >= 0)
            {
                break;
            }

            return key.Length == 0 || key[^1] == ' ' || Indicators.Contains(key[0]) ? throw new UnusualException() : (at, colon, colon + 1);
        }

        return (at, at, -1);
    }

    /// <summary>The place behind the quotes that begin at <paramref name="at"/>; they hold no escapes but doubled single quotes.</summary>
    private int Quoted(int at)
    {
        var quote = _text[at];
        for (var i = at + 1; i < _lineEnd; i++)
        {
            if (_text[i] == '\\' && quote == '"')
            {
                break;
            }

            if (_text[i] != quote)
            {
                continue;
            }

            if (quote == '"' || i + 1 == _lineEnd || _text[i + 1] != quote)
            {
                return i + 1;
            }

            i++;
        }

        throw new UnusualException();
    }

    /// <summary>Reads a scalar, an empty flow collection or a literal block, and goes to the line behind it.</summary>
    /// <param name="at">Where it begins.</param>
    /// <param name="indent">The indentation of the collection that it stands in.</param>
    /// <param name="depth">How deep it lies.</param>
    private JsonNode? Scalar(int at, int indent, int depth)
    {
        Enter(depth);
        switch (_text[at])
        {
            case '|':
                return Literal(at, indent);
            case '"' or '\'':
                return QuotedScalar(at);
            case '[' or '{':
                return EmptyCollection(at);
            case '-' or '?' or ':':
                // An indicator only where a blank follows.
                return at + 1 == _lineEnd || _text[at + 1] == ' ' ? throw new UnusualException() : Plain(at);
            default:
                return Indicators.Contains(_text[at]) ? throw new UnusualException() : Plain(at);
        }
    }

    private JsonValue QuotedScalar(int at)
    {
        var end = Quoted(at);
        if (!IsBlankOrComment(end))
        {
            throw new UnusualException();
        }

        var text = _text.Substring(at + 1, end - at - 2);
        text = _text[at] == '\'' ? text.Replace("''", "'", StringComparison.Ordinal) : text;
        Advance();
        return JsonValue.Create(text);
    }

    private JsonNode EmptyCollection(int at)
    {
        var isList = _text[at] == '[';
        if (at + 1 >= _lineEnd || _text[at + 1] != (isList ? ']' : '}') || !IsBlankOrComment(at + 2))
        {
            throw new UnusualException();
        }

        Advance();
        return isList ? new JsonArray() : new JsonObject();
    }

    private JsonNode? Plain(int at)
    {
        var span = _text.AsSpan(at, _lineEnd - at);
        var comment = span.IndexOf(" #");
        span = (comment < 0 ? span : span[..comment]).TrimEnd(' ');
        if (span[^1] == ':' || span.Contains(": ", StringComparison.Ordinal))
        {
            throw new UnusualException();
        }

        Advance();
        return _scalars.Resolve(span.ToString(), plain: true, tag: "");
    }

    /// <summary>Reads <c>|</c> or <c>|-</c>: the lines below that are indented further than the collection, as they are.</summary>
    private JsonValue Literal(int at, int indent)
    {
        var header = _text.AsSpan(at, _lineEnd - at).TrimEnd(' ');
        if (header is not ("|" or "|-"))
        {
            throw new UnusualException();
        }

        var from = _lineEnd + 1;
        var (margin, end) = Extent(from, indent);
        var content = new System.Text.StringBuilder(end - from);
        for (var begin = from; begin < end;)
        {
            var stop = _text.IndexOf('\n', begin, end - begin);
            content.Append(_text, Math.Min(begin + margin, stop), Math.Max(0, stop - begin - margin)).Append('\n');
            begin = stop + 1;
        }

        var text = content.ToString().TrimEnd('\n');
        Advance();
        return JsonValue.Create(header.Length == 1 ? text + "\n" : text);
    }

    /// <summary>How far the lines of a literal block are indented, and where they end; the current line becomes the last of them.</summary>
    private (int Margin, int End) Extent(int from, int indent)
    {
        var (margin, blanks, end) = (-1, 0, from);
        while (_lineEnd + 1 < _text.Length)
        {
            var begin = _lineEnd + 1;
            var rest = _text.AsSpan(begin);
            var length = rest.IndexOf('\n');
            // Without a line feed at the very end, the last line has none in the value either.
            var line = length < 0 ? throw new UnusualException() : rest[..length];
            var spaces = line.IndexOfAnyExcept(' ');
            if (spaces < 0)
            {
                blanks = margin < 0 ? Math.Max(blanks, line.Length) : blanks;
            }
            else
            {
                margin = margin < 0 ? spaces : margin;
                if (spaces < margin || margin <= indent)
                {
                    break;
                }
            }

            EndLine(begin);
            end = _lineEnd + 1;
        }

        return margin <= indent || blanks > 0 ? throw new UnusualException() : (margin, end);
    }

    /// <summary>The text holds what this reader leaves to the full one.</summary>
    private sealed class UnusualException : Exception;
}

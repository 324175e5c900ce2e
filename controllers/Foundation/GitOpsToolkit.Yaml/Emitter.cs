using System.Text;

namespace GitOpsToolkit.Yaml;

/// <summary>Writes tokens and scalars, keeping the column, as go-yaml v2's emitter does.</summary>
internal sealed class Emitter(StringBuilder target, int width)
{
    private int _column;

    /// <summary>Whether only white space and list dashes stand on the current line.</summary>
    private bool _indention = true;

    /// <summary>Whether a token can follow without a space.</summary>
    private bool _whitespace = true;

    /// <summary>Goes to the start column of a line; stays on a line that has only indentation and dashes up to it.</summary>
    internal void Indent(int indent)
    {
        if (!_indention || _column > indent || (_column == indent && !_whitespace))
        {
            Break();
        }

        while (_column < indent)
        {
            Put(' ');
        }

        _whitespace = true;
        _indention = true;
    }

    internal void EndLine()
    {
        if (_column > 0)
        {
            Break();
        }
    }

    /// <summary>An indicator at a line's start; what follows on the line counts as indented by it.</summary>
    internal void Indicator(char indicator)
    {
        Put(indicator);
        _whitespace = false;
        Put(' ');
        _whitespace = true;
    }

    /// <summary>Text glued to what stands before.</summary>
    internal void Raw(string text)
    {
        foreach (var c in text)
        {
            Put(c);
        }

        _whitespace = false;
        _indention = false;
    }

    /// <summary>Text with a space before it where one is needed.</summary>
    internal void Token(string text)
    {
        Space();
        Raw(text);
    }

    /// <summary>A string in the style that it needs; <paramref name="indent"/> is where its further lines begin.</summary>
    internal void WriteString(string value, int indent, bool asKey)
    {
        var traits = StringTraits.Of(value);
        switch (traits.Style(value, asKey))
        {
            case StringStyle.Plain:
                WritePlain(value, indent, asKey);
                break;
            case StringStyle.Single:
                WriteSingle(value, indent, asKey);
                break;
            case StringStyle.Literal:
                WriteLiteral(value, indent);
                break;
            default:
                WriteDouble(value, indent, asKey);
                break;
        }
    }

    private void WritePlain(string value, int indent, bool asKey)
    {
        Space();
        var spaces = false;
        for (var i = 0; i < value.Length; i++)
        {
            if (value[i] != ' ')
            {
                Put(value[i]);
                _indention = false;
                spaces = false;
                continue;
            }

            if (!asKey && !spaces && _column > width && !IsSpace(value, i + 1))
            {
                Indent(indent);
            }
            else
            {
                Put(' ');
            }

            spaces = true;
        }

        _whitespace = false;
        _indention = false;
    }

    private void WriteSingle(string value, int indent, bool asKey)
    {
        Token("'");
        bool spaces = false, breaks = false;
        for (var i = 0; i < value.Length; i++)
        {
            var c = value[i];
            if (c == ' ')
            {
                if (!asKey && !spaces && _column > width && i > 0 && i < value.Length - 1 && !IsSpace(value, i + 1))
                {
                    Indent(indent);
                }
                else
                {
                    Put(' ');
                }

                spaces = true;
            }
            else if (StringTraits.IsBreak(c))
            {
                PutBreak(c);
                _indention = true;
                breaks = true;
            }
            else
            {
                if (breaks)
                {
                    Indent(indent);
                }

                if (c == '\'')
                {
                    Put('\'');
                }

                Put(c);
                _indention = false;
                spaces = breaks = false;
            }
        }

        Raw("'");
    }

    private void WriteDouble(string value, int indent, bool asKey)
    {
        Token("\"");
        var spaces = false;
        for (var i = 0; i < value.Length; i++)
        {
            var c = value[i];
            if (c is '"' or '\\' || StringTraits.IsBreak(c) || !StringTraits.IsPrintable(c))
            {
                PutEscape(value, ref i);
                spaces = false;
            }
            else if (c == ' ')
            {
                if (!asKey && !spaces && _column > width && i > 0 && i < value.Length - 1)
                {
                    Indent(indent);
                    if (IsSpace(value, i + 1))
                    {
                        Put('\\');
                    }
                }
                else
                {
                    Put(' ');
                }

                spaces = true;
            }
            else
            {
                Put(c);
                spaces = false;
            }
        }

        Raw("\"");
    }

    private void WriteLiteral(string value, int indent)
    {
        Token("|");
        if (value[0] == ' ' || StringTraits.IsBreak(value[0]))
        {
            Raw("2");
        }

        if (!StringTraits.IsBreak(value[^1]))
        {
            Raw("-");
        }
        else if (value.Length == 1 || StringTraits.IsBreak(value[^2]))
        {
            Raw("+");
        }

        Break();
        _indention = true;
        _whitespace = true;
        var breaks = true;
        foreach (var c in value)
        {
            if (StringTraits.IsBreak(c))
            {
                PutBreak(c);
                _indention = true;
                breaks = true;
                continue;
            }

            if (breaks)
            {
                Indent(indent);
            }

            Put(c);
            _indention = false;
            breaks = false;
        }
    }

    private void PutEscape(string value, ref int at)
    {
        foreach (var c in DoubleQuoted.Escape(value, ref at))
        {
            Put(c);
        }
    }

    private static bool IsSpace(string value, int at) => at < value.Length && value[at] == ' ';

    private void Space()
    {
        if (!_whitespace)
        {
            Put(' ');
        }
    }

    private void Put(char c)
    {
        target.Append(c);
        _column++;
    }

    private void PutBreak(char c)
    {
        target.Append(c);
        _column = 0;
    }

    private void Break() => PutBreak('\n');
}

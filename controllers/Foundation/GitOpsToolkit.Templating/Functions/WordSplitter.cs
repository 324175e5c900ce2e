using System.Globalization;
using System.Text;

namespace GitOpsToolkit.Templating.Functions;

/// <summary>Splits a text into words where case, digits, punctuation and connectors change: sprig's snakecase and kebabcase.</summary>
internal sealed class WordSplitter(string text, string connector)
{
    private readonly StringBuilder result = new();
    private int at;
    private Kind kind;
    private string word = "";

    private enum Kind
    {
        None,
        Number,
        Upper,
        Letters,
        Connector,
        Punctuation,
        Other,
    }

    internal string Separated()
    {
        if (text.Length == 0)
        {
            return "";
        }

        Next();
        while (at < text.Length)
        {
            if (kind != Kind.Connector)
            {
                Write();
            }

            var (before, last) = (kind, word);
            Next();
            switch (before)
            {
                case Kind.Number:
                    LettersAndNumbers();
                    break;
                case Kind.Connector:
                    Write(before, last);
                    break;
                case Kind.Punctuation:
                    break;
                default:
                    AfterWord();
                    break;
            }
        }

        Write();
        return result.ToString();
    }

    /// <summary>A number behind a word belongs to it, unless letters follow: then to those.</summary>
    private void AfterWord()
    {
        if (kind != Kind.Number)
        {
            ConnectUnless(kind is Kind.Connector or Kind.Punctuation);
            return;
        }

        if (at >= text.Length)
        {
            return;
        }

        var number = word;
        Next();
        if (kind != Kind.Letters)
        {
            Write(Kind.Number, number);
            ConnectUnless(kind is Kind.Connector or Kind.Punctuation);
            return;
        }

        result.Append(connector);
        Write(Kind.Number, number);
        LettersAndNumbers();
    }

    private void LettersAndNumbers()
    {
        while (kind is Kind.Letters or Kind.Number)
        {
            Write();
            Next();
        }

        ConnectUnless(kind is Kind.None or Kind.Punctuation or Kind.Connector);
    }

    private void ConnectUnless(bool not) => result.Append(not ? "" : connector);

    private void Write() => Write(kind, word);

    private void Write(Kind of, string what)
    {
        if (of is not (Kind.Upper or Kind.Connector))
        {
            result.Append(what);
            return;
        }

        foreach (var rune in GoText.Runes(what))
        {
            result.Append(CaseFunctions.IsConnector(rune) ? connector
                : IsUpper(rune) ? GoText.FromRune(CaseFunctions.Lower(new Rune(rune)).Value) : GoText.FromRune(rune));
        }
    }

    /// <summary>Takes the next word.</summary>
    private void Next()
    {
        var start = at;
        if (at >= text.Length)
        {
            (kind, word) = (Kind.None, "");
            return;
        }

        var first = Take();
        if (CaseFunctions.IsConnector(first))
        {
            kind = Kind.Connector;
            TakeWhile(CaseFunctions.IsConnector);
        }
        else if (IsPunctuation(first))
        {
            kind = Kind.Punctuation;
            TakeWhile(IsPunctuation);
        }
        else if (IsUpper(first))
        {
            kind = Kind.Upper;
            TakeUpper();
        }
        else if (IsLetter(first))
        {
            kind = Kind.Letters;
            TakeWhile(IsLowerLetter);
        }
        else if (IsNumber(first))
        {
            kind = Kind.Number;
            TakeWhile(IsNumber);
        }
        else
        {
            kind = Kind.Other;
            TakeWhile(rune => !CaseFunctions.IsConnector(rune) && !IsLetter(rune) && !IsNumber(rune) && !IsPunctuation(rune));
        }

        word = text[start..at];
    }

    /// <summary>Of several upper case letters before a lower case one the last begins the next word.</summary>
    private void TakeUpper()
    {
        if (at >= text.Length)
        {
            return;
        }

        var (second, _) = GoText.Decode(text, at);
        if (!IsUpper(second))
        {
            if (IsLetter(second))
            {
                TakeWhile(IsLowerLetter);
            }

            return;
        }

        var last = at;
        while (at < text.Length && GoText.Decode(text, at) is var (rune, size) && IsUpper(rune))
        {
            last = at;
            at += size;
        }

        if (at < text.Length && IsLetter(GoText.Decode(text, at).Rune))
        {
            at = last;
        }
    }

    private int Take()
    {
        var (rune, size) = GoText.Decode(text, at);
        at += size;
        return rune;
    }

    private void TakeWhile(Func<int, bool> belongs)
    {
        while (at < text.Length && GoText.Decode(text, at) is var (rune, size) && belongs(rune))
        {
            at += size;
        }
    }

    private static bool IsLowerLetter(int rune) => IsLetter(rune) && !IsUpper(rune);

    /// <summary>Letters that words are made of: not those of scripts that are written without spaces.</summary>
    private static bool IsLetter(int rune) =>
        Rune.IsLetter(new Rune(rune)) && rune is not ((>= 0x3400 and <= 0x4D85) or (>= 0x4E00 and <= 0x9FCC) or (>= 0x20000 and <= 0x2B81D));

    private static bool IsUpper(int rune) => Rune.GetUnicodeCategory(new Rune(rune)) == UnicodeCategory.UppercaseLetter;

    private static bool IsNumber(int rune) => Rune.IsNumber(new Rune(rune));

    private static bool IsPunctuation(int rune) => Rune.IsPunctuation(new Rune(rune));
}

using GitOpsToolkit.Templating.Printing;

namespace GitOpsToolkit.Templating.Parsing;

/// <summary>What a token is.</summary>
internal enum TokenKind
{
    /// <summary>Something that is no token; its text says what is wrong.</summary>
    Error,
    Bool,
    Character,
    CharacterConstant,
    Complex,
    Assign,
    Declare,
    End,
    Field,
    Identifier,
    LeftDelimiter,
    LeftParen,
    Number,
    Pipe,
    RawString,
    RightDelimiter,
    RightParen,
    Space,
    String,
    Text,
    Variable,

    /// <summary>Those behind this one are keywords.</summary>
    Keyword,
    Block,
    Break,
    Continue,
    Define,
    Dot,
    Else,
    EndAction,
    If,
    Nil,
    Range,
    Template,
    With,
}

/// <summary>A piece of a template.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Position">Its first byte.</param>
/// <param name="Text">Its bytes.</param>
internal readonly record struct Token(TokenKind Kind, int Position, string Text)
{
    /// <summary>How errors name it.</summary>
    public override string ToString() => Kind switch
    {
        TokenKind.End => "EOF",
        TokenKind.Error => Text,
        > TokenKind.Keyword => $"<{Text}>",
        _ when Text.Length > 10 => GoQuote.Quote(FirstRunes(Text, 10)) + "...",
        _ => GoQuote.Quote(Text),
    };

    private static string FirstRunes(string text, int count)
    {
        var at = 0;
        for (; count > 0 && at < text.Length; count--)
        {
            at += GoText.Decode(text, at).Size;
        }

        return text[..at];
    }
}

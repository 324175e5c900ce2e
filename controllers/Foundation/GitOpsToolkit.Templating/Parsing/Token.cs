using System.Runtime.InteropServices;

namespace GitOpsToolkit.Templating.Parsing;

internal enum TokenKind
{
    Text,
    Open,
    Close,
    Identifier,
    Field,
    Variable,
    Dot,
    String,
    Number,
    Character,
    Pipe,
    LeftParen,
    RightParen,
    Comma,
    Declare,
    Assign,
    Space,
    End,
}

/// <summary>
/// A token with its place. <paramref name="Text"/> is the decoded value for strings, the bare name for fields and variables.
/// </summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct Token(TokenKind Kind, string Text, int Line, int Column);

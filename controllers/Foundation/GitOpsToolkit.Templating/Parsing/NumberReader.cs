using System.Globalization;
using System.Numerics;
using GitOpsToolkit.Templating.Printing;
using GitOpsToolkit.Versioning;

namespace GitOpsToolkit.Templating.Parsing;

/// <summary>Reads Go's number constants, and numbers as Go's strconv reads them.</summary>
internal static class NumberReader
{
    /// <summary>Reads a constant.</summary>
    /// <exception cref="FormatException">It is none, with Go's words.</exception>
    internal static NumberNode Read(Token token)
    {
        var text = token.Text;
        if (token.Kind == TokenKind.CharacterConstant)
        {
            var code = GoUnquote.Character(text);
            return new NumberNode(token.Position, text) { Integer = code, Unsigned = (ulong)code, Float = code };
        }

        if (token.Kind == TokenKind.Complex || text[^1] == 'i')
        {
            throw new FormatException($"complex constants are not supported: {text}");
        }

        var integer = Integer(text, 0);
        var unsigned = text[0] is '+' or '-' ? (integer == 0 ? 0UL : null) : Unsigned(text);
        if (integer is not null || unsigned is not null)
        {
            return new NumberNode(token.Position, text)
            {
                Integer = integer,
                Unsigned = unsigned,
                Float = integer is { } whole ? whole : unsigned!.Value,
            };
        }

        if (!GoFloat.TryParse(text, out var real))
        {
            throw new FormatException("illegal number syntax: " + GoQuote.Quote(text));
        }

        if (!text.AsSpan().ContainsAny(".eEpP"))
        {
            throw new FormatException("integer overflow: " + GoQuote.Quote(text));
        }

        return new NumberNode(token.Position, text)
        {
            Integer = Math.Abs(real) < 9.2e18 && Math.Truncate(real) == real ? (long)real : null,
            Unsigned = real is >= 0 and < 1.8e19 && Math.Truncate(real) == real ? (ulong)real : null,
            Float = real,
        };
    }

    /// <summary>strconv.ParseInt(text, radix, 64); radix 0 goes by the prefix and allows underscores.</summary>
    internal static long? Integer(string text, int radix)
    {
        var signed = text is ['+' or '-', ..];
        if (Digits(signed ? text[1..] : text, radix) is not { } size)
        {
            return null;
        }

        size = text[0] == '-' ? -size : size;
        return size >= long.MinValue && size <= long.MaxValue ? (long)size : null;
    }

    private static ulong? Unsigned(string text) => Digits(text, 0) is { } size && size <= ulong.MaxValue ? (ulong)size : null;

    private static BigInteger? Digits(string text, int radix)
    {
        var digits = text;
        if (radix == 0)
        {
            radix = text switch
            {
                ['0', 'x' or 'X', _, ..] => 16,
                ['0', 'b' or 'B', _, ..] => 2,
                ['0', 'o' or 'O', _, ..] => 8,
                ['0', _, ..] => 8,
                _ => 10,
            };
            digits = text switch
            {
                ['0', 'x' or 'X' or 'b' or 'B' or 'o' or 'O', _, ..] => text[2..],
                ['0', _, ..] => text[1..],
                _ => text,
            };
            if (text.Contains('_', StringComparison.Ordinal) && !UnderscoresSeparate(text, digits))
            {
                return null;
            }

            digits = digits.Replace("_", "");
        }

        if (digits.Length is 0 or > 128)
        {
            return null;
        }

        var size = BigInteger.Zero;
        foreach (var c in digits)
        {
            var digit = c is >= '0' and <= '9' ? c - '0' : char.IsAsciiLetter(c) ? (c | 0x20) - 'a' + 10 : 99;
            if (digit >= radix)
            {
                return null;
            }

            size = (size * radix) + digit;
        }

        return size;
    }

    /// <summary>Underscores stand between digits, or behind a prefix.</summary>
    private static bool UnderscoresSeparate(string text, string digits) =>
        !digits.EndsWith('_') && !digits.Contains("__", StringComparison.Ordinal) && (digits[0] != '_' || digits.Length < text.Length);

    internal static string Invariant(long number) => number.ToString(CultureInfo.InvariantCulture);
}

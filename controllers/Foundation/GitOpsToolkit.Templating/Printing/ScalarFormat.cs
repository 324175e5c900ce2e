using System.Globalization;
using System.Text;

namespace GitOpsToolkit.Templating.Printing;

/// <summary>How Go's verbs write single values: padding, signs, bases, quotes.</summary>
internal sealed class ScalarFormat(Output output)
{
    private const string Lower = "0123456789abcdefx";
    private const string Upper = "0123456789ABCDEFX";

    internal FormatFlags Flags;

    internal void Pad(string text, bool mayZero = true)
    {
        if (Flags.Width is not > 0)
        {
            output.Write(text);
            return;
        }

        var fill = Flags.Width.Value - GoText.RuneCount(text);
        if (Flags.Minus)
        {
            output.Write(text).Write(' ', fill);
            return;
        }

        output.Write(mayZero && Flags.Zero ? '0' : ' ', fill).Write(text);
    }

    internal void Bool(bool truth) => Pad(truth ? "true" : "false");

    internal void Text(string bytes) => Pad(Cut(bytes));

    internal void Quoted(string bytes)
    {
        var cut = Cut(bytes);
        Pad(Flags.Sharp && GoQuote.CanBackquote(cut) ? $"`{cut}`" : GoQuote.Quote(cut, Flags.Plus));
    }

    /// <summary>%x of text: each byte in two digits.</summary>
    internal void Hex(string bytes, bool upper)
    {
        var digits = upper ? Upper : Lower;
        var length = Math.Min(Flags.Precision ?? bytes.Length, bytes.Length);
        output.Call.SpendBytes(length * 5L);
        if (length == 0)
        {
            output.Write(Flags is { Zero: true, Minus: false } ? '0' : ' ', Flags.Width ?? 0);
            return;
        }

        var text = new StringBuilder();
        for (var i = 0; i < length; i++)
        {
            text.Append(Flags.Space && i > 0 ? " " : "");
            if (Flags.Sharp && (Flags.Space || i == 0))
            {
                text.Append('0').Append(digits[16]);
            }

            text.Append(digits[bytes[i] >> 4]).Append(digits[bytes[i] & 15]);
        }

        Pad(text.ToString());
    }

    internal void Character(ulong code) => Pad(GoText.FromRune(Code(code)));

    internal void QuotedCharacter(ulong code) => Pad(GoQuote.QuoteRune(Code(code), Flags.Plus));

    internal void Unicode(ulong code)
    {
        var digits = code.ToString("X", CultureInfo.InvariantCulture).PadLeft(Math.Max(Flags.Precision ?? 4, 4), '0');
        var shown = Flags.Sharp && code <= 0x10FFFF && GoQuote.IsPrint((int)code) ? $" '{GoText.FromRune((long)code)}'" : "";
        Pad($"U+{digits}{shown}", mayZero: false);
    }

    /// <summary>An integer in a base.</summary>
    internal void Integer(ulong bits, bool isSigned, int radix, char verb)
    {
        var negative = isSigned && (long)bits < 0;
        var size = negative ? unchecked(0 - bits) : bits;
        var precision = 0;
        if (Flags.Precision is { } asked)
        {
            precision = asked;
            if (asked == 0 && bits == 0)
            {
                output.Write(' ', Flags.Width ?? 0);
                return;
            }
        }
        else if (Flags is { Zero: true, Minus: false, Width: { } width })
        {
            precision = negative || Flags.Plus || Flags.Space ? width - 1 : width;
        }

        output.Call.SpendBytes(precision);
        var digits = Digits(size, radix, verb == 'X' ? Upper : Lower).PadLeft(precision, '0');
        var prefix = !Flags.Sharp ? "" : radix switch
        {
            2 => "0b",
            8 when digits[0] != '0' => "0",
            16 => verb == 'X' ? "0X" : "0x",
            _ => "",
        };
        prefix = verb == 'O' ? "0o" + prefix : prefix;
        var sign = negative ? "-" : Flags.Plus ? "+" : Flags.Space ? " " : "";
        Pad(sign + prefix + digits, mayZero: false);
    }

    internal void Float(double number, char format, int precision)
    {
        var exact = Flags.Precision ?? precision;
        output.Call.SpendBytes(exact + 400L);
        var text = GoFloatText.Format(number, format, exact);
        var sign = text[0] is '-' or '+' ? text[0] : '+';
        text = text[0] is '-' or '+' ? text[1..] : text;
        sign = Flags is { Space: true, Plus: false } && sign == '+' ? ' ' : sign;
        if (text[0] is 'I' or 'N')
        {
            var bare = text[0] == 'N' && Flags is { Space: false, Plus: false };
            Pad(bare ? text : Flags.Plus || sign != '+' || text[0] == 'I' ? sign + text : text, mayZero: false);
            return;
        }

        text = Flags.Sharp ? WithPoint(text, format, exact) : text;
        if (!Flags.Plus && sign == '+')
        {
            Pad(text);
            return;
        }

        if (Flags is { Zero: true, Minus: false } && Flags.Width > text.Length + 1)
        {
            output.Write(sign).Write('0', Flags.Width.Value - text.Length - 1).Write(text);
            return;
        }

        Pad(sign + text);
    }

    /// <summary>%b of a float: its mantissa and its power of two.</summary>
    internal void FloatBits(double number)
    {
        var bits = BitConverter.DoubleToInt64Bits(number);
        var power = (int)(bits >> 52) & 0x7FF;
        var mantissa = (bits & ((1L << 52) - 1)) + (power == 0 ? 0 : 1L << 52);
        var exponent = Math.Max(power, 1) - 1075;
        var sign = bits < 0 ? "-" : Flags.Plus ? "+" : Flags.Space ? " " : "";
        Pad(string.Create(CultureInfo.InvariantCulture, $"{sign}{mantissa}p{(exponent < 0 ? '-' : '+')}{Math.Abs(exponent)}"));
    }

    private static long Code(ulong code) => code <= 0x10FFFF ? (long)code : GoText.Replacement;

    private static string Digits(ulong size, int radix, string letters)
    {
        if (radix == 10)
        {
            return size.ToString(CultureInfo.InvariantCulture);
        }

        var digits = "";
        do
        {
            digits = letters[(int)(size % (ulong)radix)] + digits;
            size /= (ulong)radix;
        }
        while (size != 0);
        return digits;
    }

    /// <summary>%#g keeps the point and the zeros behind it.</summary>
    private static string WithPoint(string text, char format, int precision)
    {
        var mark = text.IndexOfAny(['e', 'E']);
        var (number, tail) = mark < 0 ? (text, "") : (text[..mark], text[mark..]);
        var wanted = format is 'g' or 'G' ? (precision == -1 ? 6 : precision) : 0;
        var significant = number.Replace(".", "").TrimStart('0').Length;
        if (!number.Contains('.', StringComparison.Ordinal))
        {
            significant += number == "0" ? 1 : 0;
            number += ".";
        }

        return number + new string('0', Math.Max(wanted - significant, 0)) + tail;
    }

    private string Cut(string bytes)
    {
        if (Flags.Precision is not { } count || count >= bytes.Length)
        {
            return bytes;
        }

        var at = 0;
        for (; count > 0 && at < bytes.Length; count--)
        {
            at += GoText.Decode(bytes, at).Size;
        }

        return bytes[..at];
    }
}

namespace GitOpsToolkit.Templating.Printing;

/// <summary>Go's fmt.Printf: reads a format and hands each verb with its operand to the printer.</summary>
internal sealed class GoFormat(string format, GoValue[] operands, Output output)
{
    private const int MaxNumber = 1_000_000;
    private readonly GoPrinter printer = new(output);
    private int at;
    private int operand;
    private bool isReordered;
    private bool isGoodIndex;
    private bool isAfterIndex;

    internal void Run()
    {
        while (at < format.Length)
        {
            isGoodIndex = true;
            var percent = format.IndexOf('%', at);
            output.Write(format[at..(percent < 0 ? format.Length : percent)]);
            if (percent < 0)
            {
                break;
            }

            at = percent + 1;
            if (!Verb())
            {
                break;
            }
        }

        Extra();
    }

    /// <summary>One verb with all that stands before its letter; false at the format's end.</summary>
    private bool Verb()
    {
        printer.Flags = default;
        isAfterIndex = false;
        ReadFlags();
        ReadIndex();
        ReadWidth();
        ReadPrecision();
        if (!isAfterIndex)
        {
            ReadIndex();
        }

        if (at >= format.Length)
        {
            output.Write("%!(NOVERB)");
            return false;
        }

        var (verb, size) = GoText.Decode(format, at);
        at += size;
        if (verb == '%')
        {
            output.Write('%');
        }
        else if (!isGoodIndex)
        {
            output.Write("%!").Write(GoText.FromRune(verb)).Write("(BADINDEX)");
        }
        else if (operand >= operands.Length)
        {
            output.Write("%!").Write(GoText.FromRune(verb)).Write("(MISSING)");
        }
        else
        {
            ref var flags = ref printer.Flags;
            if (verb is 'v' or 'w')
            {
                (flags.SharpV, flags.Sharp) = (flags.Sharp, false);
                (flags.PlusV, flags.Plus) = (flags.Plus, false);
            }

            printer.Print(operands[operand++], verb);
        }

        return true;
    }

    private void ReadFlags()
    {
        ref var flags = ref printer.Flags;
        for (; at < format.Length; at++)
        {
            switch (format[at])
            {
                case '#':
                    flags.Sharp = true;
                    break;
                case '0':
                    flags.Zero = true;
                    break;
                case '+':
                    flags.Plus = true;
                    break;
                case '-':
                    flags.Minus = true;
                    break;
                case ' ':
                    flags.Space = true;
                    break;
                default:
                    return;
            }
        }
    }

    private void ReadWidth()
    {
        if (at < format.Length && format[at] == '*')
        {
            at++;
            var width = TakeInteger();
            if (width is null)
            {
                output.Write("%!(BADWIDTH)");
            }

            ref var flags = ref printer.Flags;
            flags.Width = width is null ? null : Math.Abs(width.Value);
            flags.Minus |= width < 0;
            flags.Zero &= !(width < 0);
            isAfterIndex = false;
            return;
        }

        printer.Flags.Width = ReadNumber();
        isGoodIndex &= !(isAfterIndex && printer.Flags.Width is not null);
    }

    private void ReadPrecision()
    {
        if (at + 1 >= format.Length || format[at] != '.')
        {
            return;
        }

        at++;
        isGoodIndex &= !isAfterIndex;
        ReadIndex();
        if (at < format.Length && format[at] == '*')
        {
            at++;
            var precision = TakeInteger();
            printer.Flags.Precision = precision is >= 0 ? precision : null;
            if (precision is not >= 0)
            {
                output.Write("%!(BADPREC)");
            }

            isAfterIndex = false;
            return;
        }

        printer.Flags.Precision = ReadNumber() ?? 0;
    }

    /// <summary>An operand's number in brackets, from 1.</summary>
    private void ReadIndex()
    {
        isAfterIndex = false;
        if (at >= format.Length || format[at] != '[')
        {
            return;
        }

        isReordered = true;
        var close = format.IndexOf(']', at);
        if (close < 0)
        {
            isGoodIndex = false;
            at++;
            return;
        }

        var start = at + 1;
        at = start;
        var index = ReadNumber();
        var isNumber = index is not null && at == close;
        at = close + 1;
        isAfterIndex = isNumber;
        if (isNumber && index > 0 && index <= operands.Length)
        {
            operand = index.Value - 1;
            return;
        }

        isGoodIndex = false;
    }

    private int? ReadNumber()
    {
        int? number = null;
        for (; at < format.Length && char.IsAsciiDigit(format[at]); at++)
        {
            if (number > MaxNumber)
            {
                return null;
            }

            number = ((number ?? 0) * 10) + format[at] - '0';
        }

        return number;
    }

    /// <summary>The next operand as a width; null where it is no integer or out of bounds.</summary>
    private int? TakeInteger()
    {
        if (operand >= operands.Length)
        {
            return null;
        }

        var value = operands[operand++].Unwrapped;
        var number = value.Kind switch
        {
            GoKind.Int or GoKind.Int32 or GoKind.Int64 => value.Integer,
            GoKind.Uint or GoKind.Uint8 or GoKind.Uint64 => (long)Math.Min(value.Unsigned, long.MaxValue),
            _ => long.MaxValue,
        };
        return number is >= -MaxNumber and <= MaxNumber ? (int)number : null;
    }

    private void Extra()
    {
        if (isReordered || operand >= operands.Length)
        {
            return;
        }

        printer.Flags = default;
        output.Write("%!(EXTRA ");
        for (var i = operand; i < operands.Length; i++)
        {
            output.Write(i > operand ? ", " : "");
            var value = operands[i].Unwrapped;
            if (!value.IsValid)
            {
                output.Write("<nil>");
                continue;
            }

            output.Write(value.Type.Name).Write('=');
            printer.Print(value, 'v');
        }

        output.Write(')');
    }
}

namespace GitOpsToolkit.Templating.Printing;

/// <summary>Go's fmt: how values of every type print, with every verb.</summary>
internal sealed class GoPrinter
{
    private readonly Output output;
    private readonly ScalarFormat scalar;

    /// <summary>The value that a complaint about a verb names.</summary>
    private GoValue subject;
    private bool isComplaining;

    internal GoPrinter(Output output)
    {
        this.output = output;
        scalar = new ScalarFormat(output);
    }

    internal ref FormatFlags Flags => ref scalar.Flags;

    /// <summary>What fmt.Sprint makes of one value.</summary>
    internal static string Text(CallContext call, GoValue value)
    {
        var text = new Output(call);
        new GoPrinter(text).Print(value, 'v');
        return text.ToString();
    }

    /// <summary>fmt.Print: a space between two operands where neither is a string.</summary>
    internal void PrintAll(ReadOnlySpan<GoValue> values)
    {
        var afterText = false;
        for (var i = 0; i < values.Length; i++)
        {
            var isText = values[i].Unwrapped.Kind == GoKind.String;
            if (i > 0 && !isText && !afterText)
            {
                output.Write(' ');
            }

            Print(values[i], 'v');
            afterText = isText;
        }
    }

    /// <summary>fmt.Println: a space between all operands, and a new line.</summary>
    internal void PrintLine(ReadOnlySpan<GoValue> values)
    {
        for (var i = 0; i < values.Length; i++)
        {
            output.Write(i > 0 ? " " : "");
            Print(values[i], 'v');
        }

        output.Write('\n');
    }

    /// <summary>Prints an operand.</summary>
    internal void Print(GoValue operand, char verb) => Print(operand, (int)verb);

    /// <summary>Prints an operand.</summary>
    internal void Print(GoValue operand, int verb)
    {
        subject = operand.Unwrapped;
        if (!subject.IsValid)
        {
            if (verb is 'T' or 'v')
            {
                scalar.Pad("<nil>");
            }
            else
            {
                Complain(verb);
            }

            return;
        }

        if (verb == 'T')
        {
            scalar.Text(subject.Type.Name);
        }
        else if (!PrintItself(verb))
        {
            Value(subject, verb, 0);
        }
    }

    /// <summary>Lets a value print itself where it can and the verb is one for text.</summary>
    private bool PrintItself(int verb)
    {
        if (isComplaining || Flags.SharpV || !subject.IsValid || verb is not ('v' or 's' or 'x' or 'X' or 'q')
            || subject.Type.Stringer is not { } stringer)
        {
            return false;
        }

        if (subject.IsNil)
        {
            scalar.Pad("<nil>");
            return true;
        }

        Text(stringer.Invoke(output.Call, [subject.Kind == GoKind.Pointer ? subject.Inner : subject]).Bytes, verb);
        return true;
    }

    private void Value(GoValue value, int verb, int depth)
    {
        output.Call.Descend();
        if (depth > 0 && value.IsValid)
        {
            subject = value.Unwrapped;
            if (PrintItself(verb))
            {
                return;
            }
        }

        switch (value.Kind)
        {
            case GoKind.Invalid:
                Nothing(verb, depth);
                break;
            case GoKind.Bool:
                Bool(value.Truth, verb);
                break;
            case GoKind.Int or GoKind.Int32 or GoKind.Int64:
                Integer((ulong)value.Integer, isSigned: true, verb);
                break;
            case GoKind.Uint or GoKind.Uint8 or GoKind.Uint64:
                Integer(value.Unsigned, isSigned: false, verb);
                break;
            case GoKind.Float64:
                Float(value.Float, verb);
                break;
            case GoKind.String:
                Text(value.Bytes, verb);
                break;
            case GoKind.Map:
                Map(value, verb, depth);
                break;
            case GoKind.Struct:
                Struct(value, verb, depth);
                break;
            case GoKind.Interface:
                Interface(value, verb, depth);
                break;
            case GoKind.Slice:
                List(value, verb, depth);
                break;
            default:
                Pointer(value, verb, depth);
                break;
        }
    }

    private void Nothing(int verb, int depth)
    {
        if (depth == 0)
        {
            output.Write("<invalid reflect.Value>");
        }
        else if (verb == 'v')
        {
            output.Write("<nil>");
        }
        else
        {
            Complain(verb);
        }
    }

    private void Bool(bool truth, int verb)
    {
        if (verb is 't' or 'v')
        {
            scalar.Bool(truth);
        }
        else
        {
            Complain(verb);
        }
    }

    private void Integer(ulong bits, bool isSigned, int verb)
    {
        switch (verb)
        {
            case 'v' when Flags.SharpV && !isSigned:
                var sharp = Flags.Sharp;
                Flags.Sharp = true;
                scalar.Integer(bits, isSigned, 16, 'v');
                Flags.Sharp = sharp;
                break;
            case 'v' or 'd':
                scalar.Integer(bits, isSigned, 10, (char)verb);
                break;
            case 'b':
                scalar.Integer(bits, isSigned, 2, 'b');
                break;
            case 'o' or 'O':
                scalar.Integer(bits, isSigned, 8, (char)verb);
                break;
            case 'x' or 'X':
                scalar.Integer(bits, isSigned, 16, (char)verb);
                break;
            case 'c':
                scalar.Character(bits);
                break;
            case 'q':
                scalar.QuotedCharacter(bits);
                break;
            case 'U':
                scalar.Unicode(bits);
                break;
            default:
                Complain(verb);
                break;
        }
    }

    private void Float(double number, int verb)
    {
        switch (verb)
        {
            case 'v':
                scalar.Float(number, 'g', -1);
                break;
            case 'g' or 'G':
                scalar.Float(number, (char)verb, -1);
                break;
            case 'e' or 'E' or 'f':
                scalar.Float(number, (char)verb, 6);
                break;
            case 'F':
                scalar.Float(number, 'f', 6);
                break;
            case 'b':
                scalar.FloatBits(number);
                break;
            default:
                Complain(verb);
                break;
        }
    }

    private void Text(string bytes, int verb)
    {
        switch (verb)
        {
            case 'v' when Flags.SharpV:
                scalar.Quoted(bytes);
                break;
            case 'v' or 's':
                scalar.Text(bytes);
                break;
            case 'x' or 'X':
                scalar.Hex(bytes, verb == 'X');
                break;
            case 'q':
                scalar.Quoted(bytes);
                break;
            default:
                Complain(verb);
                break;
        }
    }

    private void Map(GoValue value, int verb, int depth)
    {
        if (Flags.SharpV && value.IsNil)
        {
            output.Write(value.Type!.Name).Write("(nil)");
            return;
        }

        output.Write(Flags.SharpV ? value.Type!.Name + "{" : "map[");
        var first = true;
        foreach (var (key, element) in value.Map?.Sorted() ?? [])
        {
            Between(ref first);
            Value(GoValue.Placed(value.Type!.Key!, key), verb, depth + 1);
            output.Write(':');
            Value(GoValue.Placed(value.Type.Element!, element), verb, depth + 1);
        }

        output.Write(Flags.SharpV ? '}' : ']');
    }

    private void Struct(GoValue value, int verb, int depth)
    {
        output.Write(Flags.SharpV ? value.Type!.Name : "").Write('{');
        var first = true;
        for (var i = 0; i < value.Type!.Fields.Count; i++)
        {
            Between(ref first);
            if (Flags.PlusV || Flags.SharpV)
            {
                output.Write(value.Type.Fields[i].Name).Write(':');
            }

            Value(value.Struct.Fields[i], verb, depth + 1);
        }

        output.Write('}');
    }

    private void Interface(GoValue value, int verb, int depth)
    {
        if (value.Inner is { IsValid: true } held)
        {
            Value(held, verb, depth + 1);
        }
        else
        {
            output.Write(Flags.SharpV ? value.Type!.Name + "(nil)" : "<nil>");
        }
    }

    private void List(GoValue value, int verb, int depth)
    {
        if (verb is 's' or 'q' or 'x' or 'X' && value.Type!.Element!.Kind == GoKind.Uint8)
        {
            Text(string.Concat(value.Items.Select(item => (char)item.Unsigned)), verb);
            return;
        }

        if (Flags.SharpV && value.IsNil)
        {
            output.Write(value.Type!.Name).Write("(nil)");
            return;
        }

        output.Write(Flags.SharpV ? value.Type!.Name + "{" : "[");
        var first = true;
        for (var i = 0; i < value.Items.Length; i++)
        {
            Between(ref first);
            Value(value.At(i), verb, depth + 1);
        }

        output.Write(Flags.SharpV ? '}' : ']');
    }

    /// <summary>A pointer to something with parts prints as that with a &amp;, others print nothing that a template could know.</summary>
    private void Pointer(GoValue value, int verb, int depth)
    {
        var target = value.Inner;
        if (depth == 0 && target.Kind is GoKind.Struct or GoKind.Map or GoKind.Slice)
        {
            output.Write('&');
            Value(target, verb, depth + 1);
        }
        else if (value.IsNil && verb == 'v')
        {
            scalar.Pad("<nil>");
        }
        else
        {
            output.Write("(pointer)");
        }
    }

    private void Between(ref bool first)
    {
        output.Write(first ? "" : Flags.SharpV ? ", " : " ");
        first = false;
    }

    /// <summary>The verb is none for the value: <c>%!d(string=hi)</c>.</summary>
    private void Complain(int verb)
    {
        isComplaining = true;
        output.Write("%!").Write(GoText.FromRune(verb)).Write('(');
        if (subject.IsValid)
        {
            output.Write(subject.Type.Name).Write('=');
            Print(subject, 'v');
        }
        else
        {
            output.Write("<nil>");
        }

        output.Write(')');
        isComplaining = false;
    }
}

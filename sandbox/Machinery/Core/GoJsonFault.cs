using System.Text;

namespace GitOpsToolkit.Sandbox.Machinery;

/// <summary>What Go's decoder says of a text that is no JSON: the server's refusals quote it.</summary>
public static class GoJsonFault
{
    private const string EndOfInput = "unexpected end of JSON input";

    /// <summary>The fault's description; null where there is none.</summary>
    /// <param name="utf8">The body.</param>
    public static string? Describe(ReadOnlySpan<byte> utf8)
    {
        var scanner = new Scanner(utf8);
        return scanner.Value("looking for beginning of value", 0) ?? scanner.End();
    }

    private ref struct Scanner(ReadOnlySpan<byte> text)
    {
        private readonly ReadOnlySpan<byte> text = text;
        private int position;

        public string? Value(string wanted, int depth)
        {
            if (depth > Json.MaxDepth)
            {
                return "exceeded max depth";
            }

            return Peek() switch
            {
                null => EndOfInput,
                (byte)'{' => Members(depth),
                (byte)'[' => Items(depth),
                (byte)'"' => Text(),
                (byte)'t' => Literal("true"u8, "true"),
                (byte)'f' => Literal("false"u8, "false"),
                (byte)'n' => Literal("null"u8, "null"),
                (byte)'-' or (>= (byte)'0' and <= (byte)'9') => Number(),
                _ => Invalid(wanted),
            };
        }

        public string? End() => Peek() is null ? null : Invalid("after top-level value");

        private string? Members(int depth)
        {
            position++;
            if (Take('}'))
            {
                return null;
            }

            while (true)
            {
                var fault = Peek() is null ? EndOfInput : Peek() != '"' ? Invalid("looking for beginning of object key string") : Text();
                fault ??= Need(':', "after object key");
                fault ??= Value("looking for beginning of value", depth + 1);
                if (fault is not null || Take('}'))
                {
                    return fault;
                }

                if (Need(',', "after object key:value pair") is { } missing)
                {
                    return missing;
                }
            }
        }

        private string? Items(int depth)
        {
            position++;
            if (Take(']'))
            {
                return null;
            }

            while (true)
            {
                if (Value("looking for beginning of value", depth + 1) is { } fault)
                {
                    return fault;
                }

                if (Take(']'))
                {
                    return null;
                }

                if (Need(',', "after array element") is { } missing)
                {
                    return missing;
                }
            }
        }

        private string? Text()
        {
            for (position++; position < text.Length; position++)
            {
                if (text[position] == '"')
                {
                    position++;
                    return null;
                }

                if (text[position] < ' ')
                {
                    return Invalid("in string literal");
                }

                if (text[position] == '\\' && ++position < text.Length && !"\"\\/bfnrtu"u8.Contains(text[position]))
                {
                    return Invalid("in string escape code");
                }
            }

            return EndOfInput;
        }

        private string? Literal(ReadOnlySpan<byte> word, string name)
        {
            for (var i = 0; i < word.Length; i++, position++)
            {
                if (position >= text.Length)
                {
                    return EndOfInput;
                }

                if (text[position] != word[i])
                {
                    return Invalid($"in literal {name} (expecting '{(char)word[i]}')");
                }
            }

            return null;
        }

        private string? Number()
        {
            position += text[position] == '-' ? 1 : 0;
            if (position >= text.Length)
            {
                return EndOfInput;
            }

            if (text[position] is < (byte)'0' or > (byte)'9')
            {
                return Invalid("in numeric literal");
            }

            while (position < text.Length && text[position] is (>= (byte)'0' and <= (byte)'9') or (byte)'.' or (byte)'e' or (byte)'E' or (byte)'+' or (byte)'-')
            {
                position++;
            }

            return null;
        }

        private string? Need(char wanted, string where) => Take(wanted) ? null : Peek() is null ? EndOfInput : Invalid(where);

        private bool Take(char wanted)
        {
            if (Peek() != wanted)
            {
                return false;
            }

            position++;
            return true;
        }

        /// <summary>The next byte that is no white space; null at the end.</summary>
        private byte? Peek()
        {
            while (position < text.Length && text[position] is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n')
            {
                position++;
            }

            return position < text.Length ? text[position] : null;
        }

        private readonly string Invalid(string where)
        {
            Rune.DecodeFromUtf8(text[position..], out var rune, out _);
            var shown = rune.Value switch
            {
                '\'' => "'\\''",
                '"' => "'\"'",
                < 128 => $"'{GoText.Quote(rune.ToString())[1..^1]}'",
                _ => $"'{(char)text[position]}'",
            };
            return $"invalid character {shown} {where}";
        }
    }
}

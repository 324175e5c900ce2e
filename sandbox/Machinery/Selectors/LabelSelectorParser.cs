namespace GitOpsToolkit.Sandbox.Machinery.Selectors;

/// <summary>Reads the text form of label selectors, and words what is wrong with it as the server does.</summary>
internal sealed class LabelSelectorParser(string text)
{
    private int position;

    public LabelSelector Parse()
    {
        var requirements = new List<LabelRequirement>();
        if (Next() is { Length: > 0 } first && !StartsRequirement(first))
        {
            throw StatusException.BadRequest($"found '{first}', expected: !, identifier, or 'end of string'");
        }

        while (true)
        {
            requirements.Add(Requirement());
            var next = Next();
            if (next.Length == 0)
            {
                break;
            }

            if (next != ",")
            {
                throw StatusException.BadRequest($"found '{next}', expected: ',' or 'end of string'");
            }

            Take(",");
            if (Next() is var after && !StartsRequirement(after))
            {
                throw StatusException.BadRequest($"found '{after}', expected: identifier after ','");
            }
        }

        return new LabelSelector([.. requirements.OrderBy(r => r.Key, StringComparer.Ordinal)]);
    }

    private LabelRequirement Requirement()
    {
        if (Take("!"))
        {
            return new LabelRequirement(Key(), LabelOperator.DoesNotExist, []);
        }

        var key = Key();
        if (Next() is "" or ",")
        {
            return new LabelRequirement(key, LabelOperator.Exists, []);
        }

        if (Take("==") || Take("="))
        {
            return new LabelRequirement(key, LabelOperator.In, [Value(key)]);
        }

        if (Take("!="))
        {
            return new LabelRequirement(key, LabelOperator.NotIn, [Value(key)]);
        }

        if (Take(">"))
        {
            return new LabelRequirement(key, LabelOperator.GreaterThan, [WholeNumber(key)]);
        }

        if (Take("<"))
        {
            return new LabelRequirement(key, LabelOperator.LessThan, [WholeNumber(key)]);
        }

        var word = Next();
        position += word.Length;
        return word switch
        {
            "in" => new LabelRequirement(key, LabelOperator.In, Values(key)),
            "notin" => new LabelRequirement(key, LabelOperator.NotIn, Values(key)),
            _ => throw Fail($"found '{word}', expected: in, notin, =, ==, !=, gt, lt"),
        };
    }

    private string WholeNumber(string key)
    {
        var value = Value(key);
        return long.TryParse(value, out _)
            ? value
            : throw Fail($"values[0]: Invalid value: \"{value}\": for 'Gt', 'Lt' operators, the value must be an integer");
    }

    private List<string> Values(string key)
    {
        if (!Take("("))
        {
            throw Fail($"found '{Next()}' expected: '('");
        }

        if (Next() is var first && first is not ("," or ")") && !IsWord(first))
        {
            throw Fail($"found '{first}', expected: ',', ')' or identifier");
        }

        // Nothing between two commas, or at either end, is the empty value.
        var values = new List<string>();
        while (true)
        {
            var word = Next();
            values.Add(IsWord(word) ? Checked(key, TakeWord(word)) : "");
            if (Take(")"))
            {
                return values;
            }

            if (!Take(","))
            {
                throw Fail($"found '{Next()}', expected: {(IsWord(word) ? "',' or ')'" : "',', or identifier")}");
            }
        }
    }

    private string Key()
    {
        var word = Next();
        if (!IsWord(word))
        {
            throw Fail($"found '{word}', expected: identifier");
        }

        var key = TakeWord(word);
        return Names.QualifiedName(key) is [var fault, ..] ? throw Fail($"<nil>: Invalid value: {GoText.Quote(key)}: {fault}") : key;
    }

    private string Value(string key)
    {
        var word = Next();
        if (word is "" or ",")
        {
            return "";
        }

        return IsWord(word) ? Checked(key, TakeWord(word)) : throw Fail($"found '{word}', expected: identifier");
    }

    private static string Checked(string key, string value) => Names.LabelValue(value) is [var fault, ..]
        ? throw Fail($"values[0][{key}]: Invalid value: {GoText.Quote(value)}: {fault}")
        : value;

    /// <summary>The next token; empty at the end.</summary>
    private string Next()
    {
        while (position < text.Length && char.IsWhiteSpace(text[position]))
        {
            position++;
        }

        var end = position;
        while (end < text.Length && !char.IsWhiteSpace(text[end]) && !IsSymbol(text[end]))
        {
            end++;
        }

        if (end == position && end < text.Length)
        {
            end += text.AsSpan(position) is ['=' or '!', '=', ..] ? 2 : 1;
        }

        return text[position..end];
    }

    private bool Take(string token)
    {
        if (Next() != token)
        {
            return false;
        }

        position += token.Length;
        return true;
    }

    private string TakeWord(string word)
    {
        position += word.Length;
        return word;
    }

    private static bool StartsRequirement(string token) => token == "!" || IsWord(token);

    private static bool IsWord(string token) => token.Length > 0 && !IsSymbol(token[0]);

    private static bool IsSymbol(char c) => "=!(),<>".Contains(c);

    private static StatusException Fail(string detail) => StatusException.BadRequest($"unable to parse requirement: {detail}");
}

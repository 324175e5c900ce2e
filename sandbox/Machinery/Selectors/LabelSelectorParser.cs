namespace GitOpsToolkit.Sandbox.Machinery.Selectors;

/// <summary>Reads the text form of label selectors.</summary>
internal sealed class LabelSelectorParser(string text)
{
    private int position;

    public LabelSelector Parse()
    {
        var requirements = new List<LabelRequirement>();
        while (true)
        {
            requirements.Add(Requirement());
            Skip();
            if (position >= text.Length)
            {
                break;
            }

            if (text[position] != ',')
            {
                throw Fail($"found '{text[position..]}', expected: ',' or 'end of string'");
            }

            position++;
        }

        return new LabelSelector([.. requirements.OrderBy(r => r.Key, StringComparer.Ordinal)]);
    }

    private LabelRequirement Requirement()
    {
        Skip();
        if (Take("!"))
        {
            return new LabelRequirement(Key(), LabelOperator.DoesNotExist, []);
        }

        var key = Key();
        Skip();
        if (position >= text.Length || text[position] == ',')
        {
            return new LabelRequirement(key, LabelOperator.Exists, []);
        }

        if (Take("==") || Take("="))
        {
            return new LabelRequirement(key, LabelOperator.In, [Value()]);
        }

        if (Take("!="))
        {
            return new LabelRequirement(key, LabelOperator.NotIn, [Value()]);
        }

        if (Take(">"))
        {
            return new LabelRequirement(key, LabelOperator.GreaterThan, [WholeNumber(key)]);
        }

        if (Take("<"))
        {
            return new LabelRequirement(key, LabelOperator.LessThan, [WholeNumber(key)]);
        }

        var word = Word();
        return word switch
        {
            "in" => new LabelRequirement(key, LabelOperator.In, Values()),
            "notin" => new LabelRequirement(key, LabelOperator.NotIn, Values()),
            _ => throw Fail($"found '{word}', expected: in, notin, =, ==, !=, gt, lt"),
        };
    }

    private string WholeNumber(string key)
    {
        var value = Value();
        return long.TryParse(value, out _)
            ? value
            : throw Fail($"values[0][{key}]: Invalid value: \"{value}\": for 'Gt', 'Lt' operators, the value must be an integer");
    }

    private List<string> Values()
    {
        Skip();
        if (!Take("("))
        {
            throw Fail($"found '{text[position..]}', expected: '('");
        }

        var values = new List<string>();
        while (true)
        {
            values.Add(Value());
            Skip();
            if (Take(")"))
            {
                return values;
            }

            if (!Take(","))
            {
                throw Fail($"found '{text[position..]}', expected: ',', ')' or identifier");
            }
        }
    }

    private string Key()
    {
        Skip();
        var key = Word();
        if (key.Length == 0)
        {
            throw Fail($"found '{text[position..]}', expected: !, identifier, or 'end of string'");
        }

        return Names.QualifiedName(key) is [var fault, ..] ? throw Fail($"key: Invalid value: {GoText.Quote(key)}: {fault}") : key;
    }

    private string Value()
    {
        Skip();
        var value = Word();
        return Names.LabelValue(value) is [var fault, ..] ? throw Fail($"values[0]: Invalid value: {GoText.Quote(value)}: {fault}") : value;
    }

    private string Word()
    {
        Skip();
        var start = position;
        while (position < text.Length && !char.IsWhiteSpace(text[position]) && !"=!(),<>".Contains(text[position]))
        {
            position++;
        }

        return text[start..position];
    }

    private bool Take(string token)
    {
        if (!text.AsSpan(position).StartsWith(token))
        {
            return false;
        }

        position += token.Length;
        return true;
    }

    private void Skip()
    {
        while (position < text.Length && char.IsWhiteSpace(text[position]))
        {
            position++;
        }
    }

    private static StatusException Fail(string detail) => StatusException.BadRequest($"unable to parse requirement: {detail}");
}

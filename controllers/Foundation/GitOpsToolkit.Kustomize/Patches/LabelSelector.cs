using System.Text.Json.Nodes;
using GitOpsToolkit.Kustomize.Resources;

namespace GitOpsToolkit.Kustomize.Patches;

/// <summary>
/// A label selector in text form: <c>a=b</c>, <c>a==b</c>, <c>a!=b</c>, <c>a in (b,c)</c>, <c>a notin (b)</c>, <c>a</c>,
/// <c>!a</c>, <c>a&gt;1</c>, <c>a&lt;1</c>, joined by commas which mean "and". An empty selector matches everything.
/// </summary>
internal sealed class LabelSelector
{
    private readonly List<(string Key, Func<string?, bool> Test)> _requirements = [];

    private LabelSelector()
    {
    }

    /// <exception cref="FormatException">The text is no selector.</exception>
    internal static LabelSelector Parse(string text)
    {
        var selector = new LabelSelector();
        foreach (var part in SplitOutsideParentheses(text))
        {
            selector._requirements.Add(ParseRequirement(part.Trim(), text));
        }

        return selector;
    }

    internal bool Matches(JsonObject? labels)
    {
        foreach (var (key, test) in _requirements)
        {
            if (!test(labels is not null && labels.TryGetPropertyValue(key, out var value) ? JsonNodes.ScalarText(value) ?? "" : null))
            {
                return false;
            }
        }

        return true;
    }

    private static (string, Func<string?, bool>) ParseRequirement(string part, string text)
    {
        if (part.StartsWith('!'))
        {
            return (Key(part[1..], text), value => value is null);
        }

        if (SetRequirement(part, text) is { } set)
        {
            return set;
        }

        foreach (var op in (string[])["!=", "==", "=", ">", "<"])
        {
            var at = part.IndexOf(op, StringComparison.Ordinal);
            if (at >= 0)
            {
                return (Key(part[..at], text), Comparison(op, part[(at + op.Length)..].Trim(), text));
            }
        }

        return (Key(part, text), value => value is not null);
    }

    private static Func<string?, bool> Comparison(string op, string operand, string text)
    {
        if (op is "!=")
        {
            return value => value != operand;
        }

        if (op is "=" or "==")
        {
            return value => value == operand;
        }

        if (!long.TryParse(operand, out var limit))
        {
            throw new FormatException($"'{text}' is no label selector: '{operand}' is no integer");
        }

        return op == ">"
            ? value => long.TryParse(value, out var number) && number > limit
            : value => long.TryParse(value, out var number) && number < limit;
    }

    private static (string, Func<string?, bool>)? SetRequirement(string part, string text)
    {
        var open = part.IndexOf('(');
        if (open < 0 || !part.EndsWith(')'))
        {
            return null;
        }

        var words = part[..open].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        HashSet<string> values = [.. part[(open + 1)..^1].Split(',').Select(value => value.Trim())];
        return words switch
        {
            [var key, "in"] => (Key(key, text), value => value is not null && values.Contains(value)),
            [var key, "notin"] => (Key(key, text), value => value is null || !values.Contains(value)),
            _ => throw new FormatException($"'{text}' is no label selector: 'in' or 'notin' is expected before the parenthesis"),
        };
    }

    private static string Key(string key, string text)
    {
        key = key.Trim();
        return key.Length > 0 && !key.Any(c => char.IsWhiteSpace(c) || c is '(' or ')' or ',' or '!')
            ? key
            : throw new FormatException($"'{text}' is no label selector: '{key}' is no label key");
    }

    private static IEnumerable<string> SplitOutsideParentheses(string text)
    {
        var depth = 0;
        var start = 0;
        for (var i = 0; i < text.Length; i++)
        {
            depth += text[i] switch { '(' => 1, ')' => -1, _ => 0 };
            if (text[i] == ',' && depth == 0)
            {
                yield return text[start..i];
                start = i + 1;
            }
        }

        if (text[start..].Trim().Length > 0)
        {
            yield return text[start..];
        }
    }
}

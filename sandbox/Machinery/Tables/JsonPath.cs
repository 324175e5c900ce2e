using System.Globalization;
using System.Text.Json.Nodes;

namespace GitOpsToolkit.Sandbox.Machinery.Tables;

/// <summary>The part of Kubernetes' JSONPath that printer columns use: names, indexes, wildcards, slices, filters, <c>..</c>.</summary>
public sealed class JsonPath
{
    private readonly IReadOnlyList<Func<List<JsonNode?>, List<JsonNode?>>> steps;

    private JsonPath(IReadOnlyList<Func<List<JsonNode?>, List<JsonNode?>>> steps) => this.steps = steps;

    /// <summary>Reads a path such as <c>.status.conditions[?(@.type=="Ready")].status</c>; a leading <c>$</c> or braces are allowed.</summary>
    /// <exception cref="FormatException">The path is malformed.</exception>
    public static JsonPath Parse(string text)
    {
        text = text.Trim();
        if (text.StartsWith('{') && text.EndsWith('}'))
        {
            text = text[1..^1].Trim();
        }

        return new JsonPath(new Reader(text).Steps());
    }

    /// <summary>The values found, in document order; none if a member is missing.</summary>
    public List<JsonNode?> Select(JsonNode root) => steps.Aggregate(new List<JsonNode?> { root }, (found, step) => step(found));

    private sealed class Reader(string text)
    {
        private int position;

        public List<Func<List<JsonNode?>, List<JsonNode?>>> Steps()
        {
            if (position < text.Length && text[position] is '$' or '@')
            {
                position++;
            }

            var steps = new List<Func<List<JsonNode?>, List<JsonNode?>>>();
            while (position < text.Length)
            {
                steps.Add(text[position] switch
                {
                    '.' when text.AsSpan(position).StartsWith("..") => Descendants(),
                    '.' => Dotted(),
                    '[' => Bracket(),
                    _ when position == 0 => Member(Name()),
                    var c => throw new FormatException($"unexpected '{c}' at {position} in {text}"),
                });
            }

            return steps;
        }

        private Func<List<JsonNode?>, List<JsonNode?>> Dotted()
        {
            position++;
            if (position < text.Length && text[position] == '[')
            {
                return Bracket();
            }

            return position < text.Length && text[position] == '*' ? Wildcard() : Member(Name());
        }

        private Func<List<JsonNode?>, List<JsonNode?>> Wildcard()
        {
            position++;
            return found => [.. found.SelectMany(Children)];
        }

        private Func<List<JsonNode?>, List<JsonNode?>> Descendants()
        {
            position += 2;
            var name = Name();
            return found => [.. found.SelectMany(All).OfType<JsonObject>().Where(o => o.ContainsKey(name)).Select(o => o[name])];
        }

        // A backslash takes the next character as it is: labels have dots in their names.
        private string Name()
        {
            var name = new System.Text.StringBuilder();
            while (position < text.Length && text[position] is not ('.' or '['))
            {
                if (text[position] == '\\' && position + 1 < text.Length)
                {
                    position++;
                }

                name.Append(text[position++]);
            }

            return name.Length > 0 ? name.ToString() : throw new FormatException($"a name is missing at {position} in {text}");
        }

        private Func<List<JsonNode?>, List<JsonNode?>> Bracket()
        {
            var end = Closing();
            var inner = text[(position + 1)..end].Trim();
            position = end + 1;
            if (inner.StartsWith('?'))
            {
                return Filter(inner[1..].Trim());
            }

            if (inner == "*")
            {
                return found => [.. found.SelectMany(Children)];
            }

            if (inner.Length > 1 && inner[0] is '\'' or '"')
            {
                return Member(inner[1..^1]);
            }

            if (inner.Contains(':'))
            {
                return Slice(inner.Split(':'));
            }

            var indexes = inner.Split(',').Select(i => int.TryParse(i.Trim(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var n)
                ? n : throw new FormatException($"invalid index {i} in {text}")).ToList();
            return found => [.. found.OfType<JsonArray>().SelectMany(list => indexes.Select(i => i < 0 ? i + list.Count : i)
                .Where(i => i >= 0 && i < list.Count).Select(i => list[i]))];
        }

        private int Closing()
        {
            var depth = 0;
            var quote = '\0';
            for (var i = position; i < text.Length; i++)
            {
                if (quote != '\0')
                {
                    quote = text[i] == quote ? '\0' : quote;
                }
                else if (text[i] is '\'' or '"')
                {
                    quote = text[i];
                }
                else if (text[i] == '[')
                {
                    depth++;
                }
                else if (text[i] == ']' && --depth == 0)
                {
                    return i;
                }
            }

            throw new FormatException($"unterminated array in {text}");
        }

        private static Func<List<JsonNode?>, List<JsonNode?>> Slice(string[] parts)
        {
            int? Bound(int at) => parts.Length > at && int.TryParse(parts[at], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var n) ? n : null;
            return found =>
            {
                var result = new List<JsonNode?>();
                foreach (var list in found.OfType<JsonArray>())
                {
                    int At(int? bound, int fallback) => Math.Clamp(bound is null ? fallback : bound < 0 ? bound.Value + list.Count : bound.Value, 0, list.Count);
                    for (var i = At(Bound(0), 0); i < At(Bound(1), list.Count); i += Math.Max(Bound(2) ?? 1, 1))
                    {
                        result.Add(list[i]);
                    }
                }

                return result;
            };
        }

        private static Func<List<JsonNode?>, List<JsonNode?>> Filter(string condition)
        {
            condition = condition.StartsWith('(') && condition.EndsWith(')') ? condition[1..^1].Trim() : condition;
            foreach (var sign in (string[])["==", "!=", "<=", ">=", "<", ">"])
            {
                var at = condition.IndexOf(sign, StringComparison.Ordinal);
                if (at > 0)
                {
                    var left = Parse(condition[..at]);
                    var right = Operand(condition[(at + sign.Length)..].Trim());
                    return found => [.. found.SelectMany(Children).Where(item => item is not null
                        && left.Select(item).Exists(value => Holds(sign, value, right(item))))];
                }
            }

            var path = Parse(condition);
            return found => [.. found.SelectMany(Children).Where(item => item is not null && path.Select(item).Count > 0)];
        }

        private static Func<JsonNode, JsonNode?> Operand(string text)
        {
            if (text.Length > 1 && text[0] is '\'' or '"')
            {
                var literal = JsonValue.Create(text[1..^1]);
                return _ => literal;
            }

            if (text.StartsWith('@'))
            {
                var path = Parse(text);
                return item => path.Select(item).FirstOrDefault();
            }

            JsonNode? constant = text switch
            {
                "true" => JsonValue.Create(true),
                "false" => JsonValue.Create(false),
                _ when double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) => JsonValue.Create(number),
                _ => JsonValue.Create(text),
            };
            return _ => constant;
        }

        private static bool Holds(string sign, JsonNode? left, JsonNode? right)
        {
            if (sign is "==" or "!=")
            {
                return Json.Same(left, right) == (sign == "==");
            }

            var order = Json.Number(left) is { } a && Json.Number(right) is { } b ? a.CompareTo(b)
                : string.CompareOrdinal(Json.Text(left), Json.Text(right));
            return sign switch
            {
                "<" => order < 0,
                "<=" => order <= 0,
                ">" => order > 0,
                _ => order >= 0,
            };
        }

        private static Func<List<JsonNode?>, List<JsonNode?>> Member(string name) =>
            found => [.. found.OfType<JsonObject>().Where(o => o.ContainsKey(name)).Select(o => o[name])];

        private static IEnumerable<JsonNode?> Children(JsonNode? node) => node switch
        {
            JsonArray list => list,
            JsonObject map => map.Select(m => m.Value),
            _ => [],
        };

        private static IEnumerable<JsonNode?> All(JsonNode? node) => Children(node).SelectMany(All).Prepend(node);
    }
}

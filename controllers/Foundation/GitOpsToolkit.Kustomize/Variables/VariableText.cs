using System.Text;
using System.Text.Json.Nodes;
using GitOpsToolkit.Kustomize.Resources;

namespace GitOpsToolkit.Kustomize.Variables;

/// <summary>Replaces <c>$(NAME)</c> in texts; <c>$$</c> stands for one dollar, unknown names stay as they are.</summary>
internal sealed class VariableText(IReadOnlyDictionary<string, JsonNode?> values)
{
    private readonly HashSet<string> _used = new(StringComparer.Ordinal);

    internal IReadOnlySet<string> Used => _used;

    /// <summary>The value of a text which is one variable and nothing else keeps its type; everything else is text.</summary>
    internal JsonNode? Expand(string text)
    {
        var result = new StringBuilder(text.Length);
        var copied = 0;
        for (var at = 0; at < text.Length - 1; at++)
        {
            if (text[at] != '$')
            {
                continue;
            }

            result.Append(text, copied, at - copied);
            var (name, read, length) = ReadName(text.AsSpan(at + 1));
            if (name is null)
            {
                result.Append(read);
            }
            else if (Value(name) is not { } value)
            {
                result.Append("$(").Append(name).Append(')');
            }
            else if (text.Length == name.Length + 3)
            {
                return value.DeepClone();
            }
            else
            {
                result.Append(JsonNodes.ScalarText(value));
            }

            at += length;
            copied = at + 1;
        }

        return JsonValue.Create(result.Append(text.AsSpan(Math.Min(copied, text.Length))).ToString());
    }

    /// <summary>Only scalars can stand in a text.</summary>
    private JsonNode? Value(string name)
    {
        if (!values.TryGetValue(name, out var value) || value is not JsonValue)
        {
            return null;
        }

        _used.Add(name);
        return value;
    }

    private static (string? Name, string Read, int Length) ReadName(ReadOnlySpan<char> rest)
    {
        switch (rest[0])
        {
            case '$':
                return (null, "$", 1);
            case '(':
                var end = rest.IndexOf(')');
                return end > 0 ? (rest[1..end].ToString(), "", end + 1) : (null, "$(", 1);
            default:
                return (null, $"${rest[0]}", 1);
        }
    }
}

using System.Buffers;
using System.Text;

namespace GitOpsToolkit.Yaml;

/// <summary>A new value for one scalar of a text.</summary>
/// <param name="Scalar">The scalar as found in that text.</param>
/// <param name="Value">The value that it shall read as.</param>
public sealed record ScalarEdit(YamlScalar Scalar, string Value);

/// <summary>Replaces the characters of scalars and no other.</summary>
public static class ScalarEdits
{
    private static readonly SearchValues<char> FlowIndicators = SearchValues.Create(",?[]{}:");

    /// <summary>The text with the edits made. Each new value keeps the style of the old one where the style can hold it.</summary>
    /// <exception cref="ArgumentException">Two edits overlap, or a block scalar without content is to be edited.</exception>
    public static string Apply(string text, IEnumerable<ScalarEdit> edits)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(edits);
        var result = new StringBuilder(text.Length + 64);
        var at = 0;
        foreach (var edit in edits.OrderBy(edit => edit.Scalar.Start))
        {
            var (start, end, written) = Render(text, edit);
            if (start < at)
            {
                throw new ArgumentException($"two edits overlap at {edit.Scalar.Position}", nameof(edits));
            }

            result.Append(text, at, start - at).Append(written);
            at = end;
        }

        return result.Append(text, at, text.Length - at).ToString();
    }

    /// <summary>What an edit replaces: the range of characters, and the characters that take its place.</summary>
    public static (int Start, int End, string Written) Render(string text, ScalarEdit edit)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(edit);
        var scalar = edit.Scalar;
        return scalar.Style is YamlScalarStyle.Literal or YamlScalarStyle.Folded
            ? BlockScalarText.Render(text, scalar, edit.Value)
            : (scalar.Start, scalar.End, Inline(scalar, edit.Value));
    }

    private static string Inline(YamlScalar scalar, string value)
    {
        var traits = StringTraits.Of(value);
        var oneLine = !traits.Multiline && traits.SingleAllowed;
        return scalar.Style switch
        {
            YamlScalarStyle.SingleQuoted when oneLine => Single(value),
            YamlScalarStyle.Plain when value.Length > 0 && !MustQuote(scalar, value) && oneLine =>
                traits.PlainAllowed && !(scalar.InFlow && value.AsSpan().ContainsAny(FlowIndicators)) ? value : Single(value),
            _ => DoubleQuoted.Write(value),
        };
    }

    /// <summary>
    /// Whether a plain value needs double quotes: another type for YAML 1.1, or a date in the place of a text (in the place of a number
    /// Flux leaves a date bare).
    /// </summary>
    private static bool MustQuote(YamlScalar scalar, string value) => PlainScalar.Resolve(value).Kind == ScalarKind.Timestamp
        ? scalar.IsText
        : PlainScalar.ReadsAsNonString(value);

    private static string Single(string value) => $"'{value.Replace("'", "''")}'";
}

using System.Globalization;

namespace GitOpsToolkit.Yaml;

/// <summary>The type that a plain (unquoted) scalar has.</summary>
public enum ScalarKind
{
    /// <summary>Text.</summary>
    String,

    /// <summary>Nothing, ~ or null.</summary>
    Null,

    /// <summary>true or false.</summary>
    Bool,

    /// <summary>An integer of 64 bits.</summary>
    Int,

    /// <summary>A floating-point number.</summary>
    Float,

    /// <summary>A date, or date and time.</summary>
    Timestamp,

    /// <summary>The merge key.</summary>
    Merge,
}

/// <summary>What an unquoted text means under go-yaml v3's rules.</summary>
/// <param name="Kind">The type.</param>
/// <param name="Json">The value as JSON text (for timestamps: RFC 3339 without quotes); empty for strings, null, and floats JSON cannot
/// hold.</param>
public readonly record struct PlainScalar(ScalarKind Kind, string Json)
{
    private static readonly PlainScalar Text = new(ScalarKind.String, "");

    /// <summary>Resolves a plain scalar.</summary>
    public static PlainScalar Resolve(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        switch (text)
        {
            case "" or "~" or "null" or "Null" or "NULL":
                return new PlainScalar(ScalarKind.Null, "");
            case "true" or "True" or "TRUE":
                return new PlainScalar(ScalarKind.Bool, "true");
            case "false" or "False" or "FALSE":
                return new PlainScalar(ScalarKind.Bool, "false");
            case "<<":
                return new PlainScalar(ScalarKind.Merge, "");
            case ".nan" or ".NaN" or ".NAN" or ".inf" or ".Inf" or ".INF" or "+.inf" or "+.Inf" or "+.INF" or "-.inf" or "-.Inf" or "-.INF":
                return new PlainScalar(ScalarKind.Float, "");
        }

        return text[0] switch
        {
            '.' => Float(text),
            '+' or '-' or (>= '0' and <= '9') => Digits(text),
            _ => Text,
        };
    }

    /// <summary>
    /// Whether a string must be quoted because some YAML reader (1.1 or 1.2) takes the bare text for another type: all of
    /// <see cref="Resolve"/>, and yes/no/on/off/y/n, and base 60 numbers.
    /// </summary>
    public static bool ReadsAsNonString(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return text is "y" or "Y" or "yes" or "Yes" or "YES" or "n" or "N" or "no" or "No" or "NO"
                or "on" or "On" or "ON" or "off" or "Off" or "OFF"
            || Resolve(text).Kind is not (ScalarKind.String or ScalarKind.Merge)
            || NumberSyntax.IsBase60(text);
    }

    private static PlainScalar Digits(string text)
    {
        if (Timestamps.TryParse(text, out var time))
        {
            return new PlainScalar(ScalarKind.Timestamp, time);
        }

        var plain = text.Contains('_') ? text.Replace("_", "") : text;
        return NumberSyntax.TryInteger(plain, out var integer) ? new PlainScalar(ScalarKind.Int, integer) : Float(plain);
    }

    private static PlainScalar Float(string text)
    {
        if (!NumberSyntax.IsFloat(text)
            || !double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value)
            || double.IsInfinity(value))
        {
            return Text;
        }

        return new PlainScalar(ScalarKind.Float, NumberSyntax.IsJson(text) ? text : NumberSyntax.ToJson(value));
    }
}

using System.Globalization;

namespace GitOpsToolkit.Yaml;

/// <summary>The date forms that go-yaml takes for timestamps.</summary>
internal static class Timestamps
{
    /// <summary>Parses <c>2001-12-14</c>, <c>2001-12-14 21:59:43.1</c> and RFC 3339 with short fields; gives RFC 3339.</summary>
    internal static bool TryParse(string text, out string rfc3339)
    {
        rfc3339 = "";
        if (text.Length < 8 || text[4] != '-' || !text.AsSpan(0, 4).ContainsOnlyDigits())
        {
            return false;
        }

        var separator = text.AsSpan().IndexOfAny('T', 't', ' ');
        var date = separator < 0 ? text.AsSpan() : text.AsSpan(0, separator);
        if (!TryDate(date, out var day))
        {
            return false;
        }

        if (separator < 0)
        {
            rfc3339 = day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) + "T00:00:00Z";
            return true;
        }

        var clock = text.AsSpan(separator + 1);
        var zone = "Z";
        if (text[separator] != ' ')
        {
            var at = clock.IndexOfAny('Z', '+', '-');
            if (at < 0 || !IsZone(clock[at..]))
            {
                return false;
            }

            zone = clock[at..].ToString();
            clock = clock[..at];
        }

        if (!TryClock(clock, out var time))
        {
            return false;
        }

        rfc3339 = $"{day:yyyy-MM-dd}T{time}{(zone is "+00:00" ? "Z" : zone)}";
        return true;
    }

    private static bool ContainsOnlyDigits(this ReadOnlySpan<char> text) => !text.ContainsAnyExceptInRange('0', '9');

    private static bool TryDate(ReadOnlySpan<char> text, out DateOnly day)
    {
        day = default;
        var second = text[5..].IndexOf('-');
        return second > 0
            && TryField(text.Slice(5, second), 2, out var month)
            && TryField(text[(6 + second)..], 2, out var dayOfMonth)
            && int.TryParse(text[..4], NumberStyles.None, CultureInfo.InvariantCulture, out var year)
            && year > 0 && month is >= 1 and <= 12 && dayOfMonth >= 1 && dayOfMonth <= DateTime.DaysInMonth(year, month)
            && Set(out day, new DateOnly(year, month, dayOfMonth));
    }

    private static bool TryClock(ReadOnlySpan<char> text, out string time)
    {
        time = "";
        var dot = text.IndexOf('.');
        var fraction = dot < 0 ? "" : text[(dot + 1)..].ToString();
        var fields = (dot < 0 ? text : text[..dot]).ToString().Split(':');
        if (fields.Length != 3 || (dot >= 0 && (fraction.Length is 0 or > 9 || !fraction.AsSpan().ContainsOnlyDigits())))
        {
            return false;
        }

        if (!TryField(fields[0], 2, out var hour) || !TryField(fields[1], 2, out var minute) || !TryField(fields[2], 2, out var second)
            || hour > 23 || minute > 59 || second > 59)
        {
            return false;
        }

        var digits = fraction.TrimEnd('0');
        time = $"{hour:00}:{minute:00}:{second:00}{(digits.Length == 0 ? "" : "." + digits)}";
        return true;
    }

    private static bool IsZone(ReadOnlySpan<char> text) =>
        text is "Z" || (text.Length == 6 && text[3] == ':' && text.Slice(1, 2).ContainsOnlyDigits() && text[4..].ContainsOnlyDigits());

    private static bool TryField(ReadOnlySpan<char> text, int maxLength, out int value)
    {
        value = 0;
        return text.Length > 0 && text.Length <= maxLength
            && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value);
    }

    private static bool Set(out DateOnly target, DateOnly value)
    {
        target = value;
        return true;
    }
}

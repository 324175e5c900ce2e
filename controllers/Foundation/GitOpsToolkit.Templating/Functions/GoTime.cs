using System.Globalization;
using System.Text;
using GitOpsToolkit.Templating.Printing;

namespace GitOpsToolkit.Templating.Functions;

/// <summary>Go's time layouts: a date is written and read in the shape of Mon Jan 2 15:04:05 2006 -0700. The local zone is UTC.</summary>
internal static class GoTime
{
    /// <summary>How a time prints.</summary>
    internal const string DefaultLayout = "2006-01-02 15:04:05.999999999 -0700 MST";

    /// <summary>The parts of layouts; of those that begin alike the longer first.</summary>
    private static readonly string[] Chunks =
    [
        "January", "Jan", "Monday", "Mon", "MST", "2006", "002", "01", "02", "03", "04", "05", "06", "__2", "_2", "15", "1", "2", "3", "4", "5",
        "PM", "pm", "-07:00:00", "-070000", "-07:00", "-0700", "-07", "Z07:00:00", "Z070000", "Z07:00", "Z0700", "Z07",
    ];

    private static readonly DateTimeFormatInfo Names = CultureInfo.InvariantCulture.DateTimeFormat;

    internal static string Format(DateTimeOffset time, string layout)
    {
        var text = new StringBuilder();
        foreach (var (chunk, isPart) in Split(layout))
        {
            text.Append(isPart ? Part(time, chunk) : chunk);
        }

        return text.ToString();
    }

    /// <summary>Reads a time.</summary>
    /// <exception cref="GoException">The text does not have the layout's shape, with Go's words.</exception>
    internal static DateTimeOffset Parse(string layout, string text)
    {
        var reader = new TimeReader(text);
        foreach (var (chunk, isPart) in Split(layout))
        {
            if (!(isPart ? reader.TryPart(chunk) : reader.TryLiteral(chunk)))
            {
                throw Unreadable(layout, text, $"cannot parse {GoQuote.Quote(reader.Rest)} as {GoQuote.Quote(chunk)}");
            }

            if (reader.OutOfRange is { } what)
            {
                throw new GoException($"parsing time {GoQuote.Quote(text)}: {what} out of range");
            }
        }

        if (reader.Rest.Length > 0)
        {
            throw new GoException($"parsing time {GoQuote.Quote(text)}: extra text: {GoQuote.Quote(reader.Rest)}");
        }

        return reader.Time() ?? throw new GoException($"parsing time {GoQuote.Quote(text)}: day out of range");
    }

    private static GoException Unreadable(string layout, string text, string problem) =>
        new($"parsing time {GoQuote.Quote(text)} as {GoQuote.Quote(layout)}: {problem}");

    private static IEnumerable<(string Chunk, bool IsPart)> Split(string layout)
    {
        var from = 0;
        for (var at = 0; at < layout.Length;)
        {
            var chunk = Fraction(layout, at)
                ?? Array.Find(Chunks, part => string.CompareOrdinal(layout, at, part, 0, part.Length) == 0 && !IsInWord(layout, at, part));
            if (chunk is null)
            {
                at++;
                continue;
            }

            if (at > from)
            {
                yield return (layout[from..at], false);
            }

            yield return (chunk, true);
            at += chunk.Length;
            from = at;
        }

        if (from < layout.Length)
        {
            yield return (layout[from..], false);
        }
    }

    /// <summary>"Jan" and "Mon" are no names where a lower case letter follows; "_2006" is a literal underscore and a year.</summary>
    private static bool IsInWord(string layout, int at, string part) =>
        (part is "Jan" or "Mon" && at + 3 < layout.Length && char.IsAsciiLetterLower(layout[at + 3]))
        || (part == "_2" && string.CompareOrdinal(layout, at + 1, "2006", 0, 4) == 0);

    /// <summary>.000 or .999, behind which no digit may stand.</summary>
    private static string? Fraction(string layout, int at)
    {
        if (layout[at] is not ('.' or ',') || at + 1 >= layout.Length || layout[at + 1] is not ('0' or '9'))
        {
            return null;
        }

        var end = at + 1;
        while (end < layout.Length && layout[end] == layout[at + 1])
        {
            end++;
        }

        return end < layout.Length && char.IsAsciiDigit(layout[end]) ? null : layout[at..end];
    }

    private static string Part(DateTimeOffset time, string chunk) => chunk switch
    {
        "January" => Names.GetMonthName(time.Month),
        "Jan" => Names.GetAbbreviatedMonthName(time.Month),
        "Monday" => Names.GetDayName(time.DayOfWeek),
        "Mon" => Names.GetAbbreviatedDayName(time.DayOfWeek),
        "MST" => time.Offset == TimeSpan.Zero ? "UTC" : Zone(time.Offset, "-07"),
        "2006" => $"{time.Year:0000}",
        "06" => $"{time.Year % 100:00}",
        "01" => $"{time.Month:00}",
        "1" => $"{time.Month}",
        "02" => $"{time.Day:00}",
        "2" => $"{time.Day}",
        "_2" => $"{time.Day,2}",
        "__2" => $"{time.DayOfYear,3}",
        "002" => $"{time.DayOfYear:000}",
        "15" => $"{time.Hour:00}",
        "03" => $"{TwelveHours(time):00}",
        "3" => $"{TwelveHours(time)}",
        "04" => $"{time.Minute:00}",
        "4" => $"{time.Minute}",
        "05" => $"{time.Second:00}",
        "5" => $"{time.Second}",
        "PM" => time.Hour >= 12 ? "PM" : "AM",
        "pm" => time.Hour >= 12 ? "pm" : "am",
        ['Z', ..] when time.Offset == TimeSpan.Zero => "Z",
        ['-' or 'Z', ..] => Zone(time.Offset, "-" + chunk[1..]),
        _ => Fraction(time, chunk),
    };

    private static int TwelveHours(DateTimeOffset time) => time.Hour % 12 == 0 ? 12 : time.Hour % 12;

    private static string Zone(TimeSpan offset, string shape)
    {
        var sign = offset < TimeSpan.Zero ? '-' : '+';
        var size = offset.Duration();
        var colon = shape.Contains(':', StringComparison.Ordinal) ? ":" : "";
        var text = $"{sign}{(int)size.TotalHours:00}";
        text += shape.Length > 3 ? $"{colon}{size.Minutes:00}" : "";
        return text + (shape.Length > 6 ? $"{colon}{size.Seconds:00}" : "");
    }

    private static string Fraction(DateTimeOffset time, string chunk)
    {
        var digits = $"{time.Ticks % TimeSpan.TicksPerSecond:0000000}00".PadRight(chunk.Length - 1, '0')[..(chunk.Length - 1)];
        digits = chunk[1] == '9' ? digits.TrimEnd('0') : digits;
        return digits.Length == 0 ? "" : chunk[0] + digits;
    }
}

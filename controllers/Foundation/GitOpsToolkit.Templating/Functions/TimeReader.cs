using System.Globalization;

namespace GitOpsToolkit.Templating.Functions;

/// <summary>Reads the parts of a time, one behind the other.</summary>
internal sealed class TimeReader(string text)
{
    private static readonly DateTimeFormatInfo Names = CultureInfo.InvariantCulture.DateTimeFormat;
    private int at;
    private int year;
    private int month = 1;
    private int day = 1;
    private int? dayOfYear;
    private int hour;
    private int minute;
    private int second;
    private long ticks;
    private bool? isAfternoon;
    private TimeSpan offset;

    internal string Rest => text[at..];

    /// <summary>What was read as a number that it cannot be.</summary>
    internal string? OutOfRange { get; private set; }

    /// <summary>Reads text that stands in the layout; blanks may be several.</summary>
    internal bool TryLiteral(string literal)
    {
        var place = at;
        foreach (var c in literal)
        {
            if (c == ' ')
            {
                if (at < text.Length && text[at] != ' ')
                {
                    at = place;
                    return false;
                }

                while (at < text.Length && text[at] == ' ')
                {
                    at++;
                }

                continue;
            }

            if (at >= text.Length || text[at] != c)
            {
                return false;
            }

            at++;
        }

        return true;
    }

    internal bool TryPart(string chunk)
    {
        switch (chunk)
        {
            case "2006":
                return TryNumber(4, 4, 0, 9999, "year", out year);
            case "06":
                var isYear = TryNumber(2, 2, 0, 99, "year", out year);
                year += year >= 69 ? 1900 : 2000;
                return isYear;
            case "01" or "1":
                return TryNumber(chunk.Length, 2, 1, 12, "month", out month);
            case "January" or "Jan":
                return TryName(chunk == "Jan" ? Names.AbbreviatedMonthNames : Names.MonthNames, out month);
            case "Monday" or "Mon":
                return TryName(chunk == "Mon" ? Names.AbbreviatedDayNames : Names.DayNames, out _);
            case "02" or "2" or "_2":
                at += chunk == "_2" && at < text.Length && text[at] == ' ' ? 1 : 0;
                return TryNumber(chunk == "02" ? 2 : 1, 2, 0, 31, "day", out day);
            case "002" or "__2":
                while (chunk == "__2" && at < text.Length && text[at] == ' ')
                {
                    at++;
                }

                var isDay = TryNumber(chunk == "002" ? 3 : 1, 3, 1, 366, "day-of-year", out var number);
                dayOfYear = number;
                return isDay;
            case "15":
                return TryNumber(2, 2, 0, 23, "hour", out hour);
            case "03" or "3":
                return TryNumber(chunk.Length, 2, 0, 12, "hour", out hour);
            case "04" or "4":
                return TryNumber(chunk.Length, 2, 0, 59, "minute", out minute);
            case "05" or "5":
                return TryNumber(chunk.Length, 2, 0, 59, "second", out second) && TryFraction(isOptional: true);
            case "PM" or "pm":
                return TryHalf(chunk);
            case "MST":
                return TryZoneName();
            case ['-' or 'Z', ..]:
                return TryZone(chunk);
            default:
                return TryFraction(isOptional: chunk[1] == '9');
        }
    }

    /// <summary>The time that was read; null where there is no such day.</summary>
    internal DateTimeOffset? Time()
    {
        if (isAfternoon is { } afternoon)
        {
            hour = (hour % 12) + (afternoon ? 12 : 0);
        }

        if (year == 0)
        {
            return null;
        }

        if (dayOfYear is { } ordinal)
        {
            var date = new DateTime(year, 1, 1).AddDays(ordinal - 1);
            (month, day) = date.Year == year ? (date.Month, date.Day) : (month, 0);
        }

        return day >= 1 && day <= DateTime.DaysInMonth(year, month)
            ? new DateTimeOffset(year, month, day, hour, minute, second, offset).AddTicks(ticks)
            : null;
    }

    private bool TryNumber(int least, int most, int lowest, int highest, string what, out int number)
    {
        number = 0;
        var end = at;
        while (end < text.Length && end - at < most && char.IsAsciiDigit(text[end]))
        {
            number = (number * 10) + text[end++] - '0';
        }

        if (end - at < least)
        {
            return false;
        }

        at = end;
        OutOfRange ??= number < lowest || number > highest ? what : null;
        return true;
    }

    private bool TryName(string[] names, out int number)
    {
        for (number = 1; number <= names.Length; number++)
        {
            var name = names[number - 1];
            if (name.Length > 0 && string.Compare(text, at, name, 0, name.Length, StringComparison.OrdinalIgnoreCase) == 0)
            {
                at += name.Length;
                return true;
            }
        }

        return false;
    }

    private bool TryHalf(string chunk)
    {
        var half = at + 2 <= text.Length ? text.Substring(at, 2) : "";
        var isUpper = chunk == "PM";
        if (half != (isUpper ? "PM" : "pm") && half != (isUpper ? "AM" : "am"))
        {
            return false;
        }

        isAfternoon = half[0] is 'P' or 'p';
        at += 2;
        return true;
    }

    private bool TryZoneName()
    {
        var end = at;
        while (end < text.Length && char.IsAsciiLetterUpper(text[end]))
        {
            end++;
        }

        if (end - at is < 3 or > 5)
        {
            return false;
        }

        at = end;
        return true;
    }

    private bool TryZone(string chunk)
    {
        if (chunk[0] == 'Z' && at < text.Length && text[at] == 'Z')
        {
            at++;
            return true;
        }

        if (at >= text.Length || text[at] is not ('+' or '-'))
        {
            return false;
        }

        var place = at;
        var sign = text[at++] == '-' ? -1 : 1;
        var hasColon = chunk.Contains(':', StringComparison.Ordinal);
        Span<int> parts = stackalloc int[3];
        var digits = chunk.Count(char.IsAsciiDigit) / 2;
        for (var i = 0; i < digits; i++)
        {
            if ((i > 0 && hasColon && !TryLiteral(":")) || !TryNumber(2, 2, 0, i == 0 ? 23 : 59, "time zone offset", out parts[i]))
            {
                at = place;
                return false;
            }
        }

        // .NET knows offsets of whole minutes up to 14 hours.
        offset = sign * new TimeSpan(parts[0], parts[1], 0);
        OutOfRange ??= offset.Duration() > TimeSpan.FromHours(14) ? "time zone offset" : null;
        offset = OutOfRange is null ? offset : default;
        return true;
    }

    private bool TryFraction(bool isOptional)
    {
        if (at + 1 >= text.Length || text[at] is not ('.' or ',') || !char.IsAsciiDigit(text[at + 1]))
        {
            return isOptional;
        }

        var scale = TimeSpan.TicksPerSecond;
        for (at++; at < text.Length && char.IsAsciiDigit(text[at]); at++)
        {
            scale /= 10;
            ticks += (text[at] - '0') * scale;
        }

        return true;
    }
}

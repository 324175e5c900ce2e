using System.Globalization;
using System.Numerics;
using GitOpsToolkit.Templating.Parsing;
using static GitOpsToolkit.Templating.Functions.Signature;

namespace GitOpsToolkit.Templating.Functions;

/// <summary>sprig's functions on times, as far as they do not ask the clock.</summary>
internal static class DateFunctions
{
    private static readonly GoType TimeType = GoType.Struct(
        "time.Time",
        [],
        new GoFunction("String", [], (_, a) => GoValue.Of(GoTime.Format(Time(a[0]), GoTime.DefaultLayout))),
        new GoFunction("Format", [Text], (_, a) => GoValue.OfBytes(GoTime.Format(Time(a[0]), a[1].Bytes))),
        new GoFunction("Unix", [], (_, a) => GoValue.OfInt64(Time(a[0]).ToUnixTimeSeconds())),
        new GoFunction("Year", [], (_, a) => GoValue.Of(Time(a[0]).Year)),
        new GoFunction("YearDay", [], (_, a) => GoValue.Of(Time(a[0]).DayOfYear)),
        new GoFunction("Day", [], (_, a) => GoValue.Of(Time(a[0]).Day)),
        new GoFunction("Hour", [], (_, a) => GoValue.Of(Time(a[0]).Hour)),
        new GoFunction("Minute", [], (_, a) => GoValue.Of(Time(a[0]).Minute)),
        new GoFunction("Second", [], (_, a) => GoValue.Of(Time(a[0]).Second)),
        new GoFunction("IsZero", [], (_, a) => GoValue.Of(Time(a[0]) == default)));

    internal static IReadOnlyList<GoFunction> All { get; } =
    [
        Of("toDate", [Text, Text], a => Value(ParseOrZero(a[0].Bytes, a[1].Bytes))),
        Of("mustToDate", [Text, Text], a => Value(GoTime.Parse(a[0].Bytes, a[1].Bytes))),
        Of("mustDateModify", [Text, TimeType], Modify),
        Of("must_date_modify", [Text, TimeType], Modify),
        Of("unixEpoch", [TimeType], a => GoValue.Of(Time(a[0]).ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture))),
        Of("duration", [Any], a => GoValue.OfBytes(GoDuration.Text(unchecked(Seconds(a[0]) * 1_000_000_000)))),
        Of("durationRound", [Any], a => GoValue.OfBytes(GoDuration.Rounded(Nanoseconds(a[0])))),
    ];

    /// <summary>A time as JSON has it; null for other values.</summary>
    internal static string? JsonOf(GoValue value) =>
        ReferenceEquals(value.Type, TimeType) ? GoTime.Format(Time(value), "2006-01-02T15:04:05.999999999Z07:00") : null;

    private static GoValue Value(DateTimeOffset time) => new(TimeType, new GoStruct([]) { Opaque = time });

    private static DateTimeOffset Time(GoValue value) => (DateTimeOffset)value.Struct.Opaque!;

    private static DateTimeOffset ParseOrZero(string layout, string text)
    {
        try
        {
            return GoTime.Parse(layout, text);
        }
        catch (GoException)
        {
            return default;
        }
    }

    private static GoValue Modify(GoValue[] arguments)
    {
        if (!GoDuration.TryParse(arguments[0].Bytes, out var nanoseconds))
        {
            throw new GoException($"time: invalid duration {Printing.GoQuote.Quote(arguments[0].Bytes)}");
        }

        try
        {
            return Value(Time(arguments[1]).AddTicks(nanoseconds / 100));
        }
        catch (ArgumentOutOfRangeException)
        {
            throw new GoException("time: the date is out of the years 1 to 9999");
        }
    }

    private static long Seconds(GoValue value) => value.Kind switch
    {
        GoKind.Int64 => value.Integer,
        GoKind.String => NumberReader.Integer(value.Bytes.Length == 0 ? "0" : value.Bytes, 10) ?? 0,
        _ => 0,
    };

    private static long Nanoseconds(GoValue value) => value.Kind switch
    {
        GoKind.Int64 => value.Integer,
        GoKind.String when GoDuration.TryParse(value.Bytes, out var nanoseconds) => nanoseconds,
        _ => 0,
    };
}

/// <summary>Go's time.Duration, in nanoseconds.</summary>
internal static class GoDuration
{
    private const long Second = 1_000_000_000;
    private static readonly (string Name, long Size)[] Units =
    [
        ("ns", 1), ("us", 1000), ("\u00C2\u00B5s", 1000), ("\u00CE\u00BCs", 1000), ("ms", 1_000_000), ("s", Second), ("m", 60 * Second),
        ("h", 3600 * Second),
    ];

    internal static string Text(long duration)
    {
        var size = duration < 0 ? unchecked((ulong)-duration) : (ulong)duration;
        var sign = duration < 0 ? "-" : "";
        if (size < (ulong)Second)
        {
            var (unit, by) = size switch { 0 => ("s", 1UL), < 1000 => ("ns", 1UL), < 1_000_000 => ("\u00C2\u00B5s", 1000UL), _ => ("ms", 1_000_000UL) };
            return sign + Decimal(size, by) + unit;
        }

        var seconds = size / (ulong)Second;
        var text = Decimal((seconds % 60 * (ulong)Second) + (size % (ulong)Second), (ulong)Second) + "s";
        var minutes = seconds / 60;
        text = minutes > 0 ? $"{minutes % 60}m{text}" : text;
        return sign + (minutes >= 60 ? $"{minutes / 60}h{text}" : text);
    }

    internal static string Rounded(long duration)
    {
        var size = duration < 0 ? unchecked((ulong)-duration) : (ulong)duration;
        const ulong Hour = 3600UL * (ulong)Second;
        (ulong Size, string Name)[] units =
        [
            (Hour * 24 * 365, "y"), (Hour * 24 * 30, "mo"), (Hour * 24, "d"), (Hour, "h"), (60 * (ulong)Second, "m"), ((ulong)Second, "s"),
        ];
        var unit = Array.Find(units, candidate => size > candidate.Size);
        return unit.Name is null ? "0s" : string.Create(CultureInfo.InvariantCulture, $"{size / unit.Size}{unit.Name}");
    }

    internal static bool TryParse(string text, out long duration)
    {
        duration = 0;
        var at = text is ['+' or '-', ..] ? 1 : 0;
        if (text[at..] == "0")
        {
            return true;
        }

        var total = BigInteger.Zero;
        var start = at;
        while (at < text.Length)
        {
            var number = at;
            while (at < text.Length && (char.IsAsciiDigit(text[at]) || text[at] == '.'))
            {
                at++;
            }

            var digits = text[number..at];
            var name = at;
            while (at < text.Length && !char.IsAsciiDigit(text[at]) && text[at] != '.')
            {
                at++;
            }

            var unit = Array.Find(Units, candidate => candidate.Name == text[name..at]);
            var point = digits.IndexOf('.', StringComparison.Ordinal);
            if (unit.Name is null || digits.Length is 0 or > 64 || digits == "." || digits.LastIndexOf('.') != point)
            {
                return false;
            }

            var decimals = point < 0 ? 0 : digits.Length - point - 1;
            total += BigInteger.Parse("0" + digits.Replace(".", ""), CultureInfo.InvariantCulture) * unit.Size / BigInteger.Pow(10, decimals);
        }

        total = text.StartsWith('-') ? -total : total;
        duration = total >= long.MinValue && total <= long.MaxValue ? (long)total : 0;
        return at > start && total == duration;
    }

    private static string Decimal(ulong size, ulong unit)
    {
        var digits = unit.ToString(CultureInfo.InvariantCulture).Length - 1;
        var fraction = (size % unit).ToString(CultureInfo.InvariantCulture).PadLeft(digits, '0').TrimEnd('0');
        return (size / unit).ToString(CultureInfo.InvariantCulture) + (fraction.Length > 0 && size % unit > 0 ? "." + fraction : "");
    }
}

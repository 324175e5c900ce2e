using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json.Serialization;
using GitOpsToolkit.Api.Json;

namespace GitOpsToolkit.Api.Meta;

/// <summary>
/// A duration written as Go does, such as <c>1h30m0s</c> or <c>750ms</c>, with the resolution (nanoseconds) and range (about ±292 years) of Go's.
/// </summary>
/// <param name="nanoseconds">The length in nanoseconds.</param>
[JsonConverter(typeof(GoDurationConverter))]
public readonly struct GoDuration(long nanoseconds) : IEquatable<GoDuration>, IComparable<GoDuration>
{
    private const long Microsecond = 1_000;
    private const long Millisecond = 1_000_000;
    private const long Second = 1_000_000_000;
    private const long Minute = 60 * Second;
    private const long Hour = 60 * Minute;

    /// <summary>No time at all.</summary>
    public static readonly GoDuration Zero;

    /// <summary>The length in nanoseconds.</summary>
    public long Nanoseconds { get; } = nanoseconds;

    /// <summary>Makes a duration of a time span.</summary>
    /// <param name="span">The time span; beyond ±292 years it becomes the longest duration.</param>
    /// <returns>The same length.</returns>
    public static GoDuration From(TimeSpan span) => new(
        span.Ticks > long.MaxValue / 100 ? long.MaxValue : span.Ticks < long.MinValue / 100 ? long.MinValue : span.Ticks * 100);

    /// <summary>Reads what Go's <c>time.ParseDuration</c> reads: signed decimal numbers, each with a unit of ns, us, µs, ms, s, m, h.</summary>
    /// <param name="text">The text.</param>
    /// <returns>The duration.</returns>
    /// <exception cref="FormatException">The text is not a duration; the message says why.</exception>
    public static GoDuration Parse(string text) =>
        TryParse(text, out var value, out var problem) ? value : throw new FormatException($"\"{text}\" is not a duration: {problem}");

    /// <summary>Reads what Go's <c>time.ParseDuration</c> reads.</summary>
    /// <param name="text">The text.</param>
    /// <param name="value">The duration, or zero.</param>
    /// <param name="problem">Why the text is not a duration, or null.</param>
    /// <returns>Whether the text is a duration.</returns>
    public static bool TryParse(string? text, out GoDuration value, [NotNullWhen(false)] out string? problem)
    {
        value = default;
        problem = null;
        var rest = text.AsSpan();
        var negative = rest is ['-', ..];
        if (rest is ['-' or '+', ..])
        {
            rest = rest[1..];
        }

        if (rest is "0")
        {
            return true;
        }

        if (rest.IsEmpty)
        {
            problem = "it has no number";
            return false;
        }

        ulong total = 0;
        while (!rest.IsEmpty)
        {
            if (!TryTakeTerm(ref rest, out var term, out problem))
            {
                return false;
            }

            total += term;
            if (total > 1UL << 63)
            {
                problem = TooLong;
                return false;
            }
        }

        if (!negative && total > long.MaxValue)
        {
            problem = TooLong;
            return false;
        }

        value = new GoDuration(negative ? unchecked(-(long)total) : (long)total);
        return true;
    }

    /// <summary>The length as a time span, cut to its resolution of 100 ns.</summary>
    /// <returns>The time span.</returns>
    public TimeSpan ToTimeSpan() => new(Nanoseconds / 100);

    /// <summary>Go's form: <c>1h30m0s</c>, <c>1m0s</c>, <c>1.5s</c>, <c>750ms</c>, <c>0s</c>.</summary>
    /// <returns>The text, which parses back to the same duration.</returns>
    public override string ToString()
    {
        if (Nanoseconds == 0)
        {
            return "0s";
        }

        var sign = Nanoseconds < 0 ? "-" : "";
        var size = Nanoseconds < 0 ? unchecked((ulong)-Nanoseconds) : (ulong)Nanoseconds;
        if (size < Second)
        {
            return sign + size switch
            {
                < Microsecond => $"{size}ns",
                < Millisecond => Fraction(size, Microsecond) + "µs",
                _ => Fraction(size, Millisecond) + "ms",
            };
        }

        var seconds = Fraction(size % Minute, Second) + "s";
        if (size < Minute)
        {
            return sign + seconds;
        }

        var minutes = $"{size / Minute % 60}m{seconds}";
        return sign + (size < Hour ? minutes : $"{size / Hour}h{minutes}");
    }

    /// <inheritdoc/>
    public bool Equals(GoDuration other) => Nanoseconds == other.Nanoseconds;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is GoDuration other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => Nanoseconds.GetHashCode();

    /// <inheritdoc/>
    public int CompareTo(GoDuration other) => Nanoseconds.CompareTo(other.Nanoseconds);

    /// <summary>Equality.</summary>
    public static bool operator ==(GoDuration left, GoDuration right) => left.Equals(right);

    /// <summary>Inequality.</summary>
    public static bool operator !=(GoDuration left, GoDuration right) => !left.Equals(right);

    /// <summary>Shorter than.</summary>
    public static bool operator <(GoDuration left, GoDuration right) => left.Nanoseconds < right.Nanoseconds;

    /// <summary>Longer than.</summary>
    public static bool operator >(GoDuration left, GoDuration right) => left.Nanoseconds > right.Nanoseconds;

    /// <summary>Not longer than.</summary>
    public static bool operator <=(GoDuration left, GoDuration right) => left.Nanoseconds <= right.Nanoseconds;

    /// <summary>Not shorter than.</summary>
    public static bool operator >=(GoDuration left, GoDuration right) => left.Nanoseconds >= right.Nanoseconds;

    private const string TooLong = "it is longer than 292 years";

    /// <summary>Takes one number with its unit off the front, in nanoseconds.</summary>
    private static bool TryTakeTerm(ref ReadOnlySpan<char> rest, out ulong term, [NotNullWhen(false)] out string? problem)
    {
        term = 0;
        var whole = TakeDigits(ref rest);
        var fraction = ReadOnlySpan<char>.Empty;
        if (rest is ['.', ..])
        {
            rest = rest[1..];
            fraction = TakeDigits(ref rest);
        }

        if (whole.IsEmpty && fraction.IsEmpty)
        {
            problem = "it has no number where one is due";
            return false;
        }

        var end = rest.IndexOfAnyInRange('0', '9');
        var dot = rest.IndexOf('.');
        end = dot >= 0 && (end < 0 || dot < end) ? dot : end;
        var name = end < 0 ? rest : rest[..end];
        rest = rest[name.Length..];
        if (name.IsEmpty)
        {
            problem = "a number has no unit; use ms, s, m or h, such as 1m30s";
            return false;
        }

        if (UnitOf(name) is not { } unit)
        {
            problem = $"unknown unit \"{name}\"; use ms, s, m or h, such as 1m30s";
            return false;
        }

        problem = TooLong;
        if (!TryWhole(whole, out var number) || number > (1UL << 63) / unit)
        {
            return false;
        }

        term = (number * unit) + FractionOf(fraction, unit);
        if (term > 1UL << 63)
        {
            return false;
        }

        problem = null;
        return true;
    }

    private static ReadOnlySpan<char> TakeDigits(scoped ref ReadOnlySpan<char> rest)
    {
        var end = rest.IndexOfAnyExceptInRange('0', '9');
        var digits = end < 0 ? rest : rest[..end];
        rest = rest[digits.Length..];
        return digits;
    }

    private static bool TryWhole(ReadOnlySpan<char> digits, out ulong number)
    {
        number = 0;
        return digits.IsEmpty
            || (ulong.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out number) && number <= 1UL << 63);
    }

    /// <summary>Go ignores the digits beyond its range and multiplies in floating point; so must we, to cut at the same nanosecond.</summary>
    private static ulong FractionOf(ReadOnlySpan<char> digits, ulong unit)
    {
        ulong value = 0;
        double scale = 1;
        foreach (var digit in digits)
        {
            if (value > long.MaxValue / 10)
            {
                break;
            }

            var next = (value * 10) + (ulong)(digit - '0');
            if (next > 1UL << 63)
            {
                break;
            }

            value = next;
            scale *= 10;
        }

        return value == 0 ? 0 : (ulong)(value * (unit / scale));
    }

    private static ulong? UnitOf(ReadOnlySpan<char> name) => name switch
    {
        "ns" => 1,
        "us" or "\u00b5s" or "\u03bcs" => Microsecond,
        "ms" => Millisecond,
        "s" => Second,
        "m" => Minute,
        "h" => Hour,
        _ => null,
    };

    private static string Fraction(ulong size, ulong unit)
    {
        var rest = size % unit;
        if (rest == 0)
        {
            return (size / unit).ToString(CultureInfo.InvariantCulture);
        }

        var width = unit == Second ? 9 : unit == Millisecond ? 6 : 3;
        return $"{size / unit}.{rest.ToString(CultureInfo.InvariantCulture).PadLeft(width, '0').TrimEnd('0')}";
    }
}

namespace GitOpsToolkit.Sandbox.Machinery.Tables;

/// <summary>Durations as kubectl shows them.</summary>
public static class HumanDuration
{
    /// <summary>Two units at most: <c>45s</c>, <c>3m5s</c>, <c>7h12m</c>, <c>2d3h</c>, <c>30d</c>, <c>2y40d</c>.</summary>
    public static string Format(TimeSpan span)
    {
        var seconds = (long)Math.Truncate(span.TotalSeconds);
        if (seconds < -1)
        {
            return "<invalid>";
        }

        if (seconds < 0)
        {
            return "0s";
        }

        if (seconds < 120)
        {
            return $"{seconds}s";
        }

        var minutes = seconds / 60;
        if (minutes < 10)
        {
            return Pair(minutes, "m", seconds % 60, "s");
        }

        if (minutes < 180)
        {
            return $"{minutes}m";
        }

        var hours = minutes / 60;
        if (hours < 8)
        {
            return Pair(hours, "h", minutes % 60, "m");
        }

        if (hours < 48)
        {
            return $"{hours}h";
        }

        var days = hours / 24;
        return days switch
        {
            < 8 => Pair(days, "d", hours % 24, "h"),
            < 365 * 2 => $"{days}d",
            < 365 * 8 => Pair(days / 365, "y", days % 365, "d"),
            _ => $"{days / 365}y",
        };
    }

    /// <summary>Time since an RFC 3339 time; <c>&lt;unknown&gt;</c> if there is none.</summary>
    public static string Since(string? time, DateTimeOffset now) =>
        time is not null && Rfc3339.TryParse(time, out var at) ? Format(now - at) : "<unknown>";

    private static string Pair(long major, string majorUnit, long minor, string minorUnit) =>
        minor == 0 ? $"{major}{majorUnit}" : $"{major}{majorUnit}{minor}{minorUnit}";
}

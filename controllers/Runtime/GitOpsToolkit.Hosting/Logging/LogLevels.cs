using Microsoft.Extensions.Logging;

namespace GitOpsToolkit.Hosting.Logging;

/// <summary>Flux's <c>--log-level</c> names and what they are called in .NET.</summary>
public static class LogLevels
{
    /// <summary>Reads <c>trace</c>, <c>debug</c>, <c>info</c> or <c>error</c>; null for any other text.</summary>
    public static LogLevel? Parse(string name) => name switch
    {
        "trace" => LogLevel.Trace,
        "debug" => LogLevel.Debug,
        "info" => LogLevel.Information,
        "error" => LogLevel.Error,
        _ => null,
    };

    /// <summary>The name that a log line carries: a warning is an <c>error</c> line to <c>flux logs --level=error</c>, as Flux has no third level.</summary>
    public static string Name(LogLevel level) => level switch
    {
        LogLevel.Trace => "trace",
        LogLevel.Debug => "debug",
        LogLevel.Information => "info",
        _ => "error",
    };
}

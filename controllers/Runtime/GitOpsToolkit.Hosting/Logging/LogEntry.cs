using Microsoft.Extensions.Logging;

namespace GitOpsToolkit.Hosting.Logging;

/// <summary>One log line before it has a form.</summary>
/// <param name="Time">When it was written, UTC.</param>
/// <param name="Level">How bad it is.</param>
/// <param name="Logger">The category: the type that wrote it.</param>
/// <param name="Message">The text.</param>
/// <param name="Error">The exception that goes with it, or null.</param>
/// <param name="Fields">The structured fields of the line and of the scopes around it; the innermost wins where names meet.</param>
internal sealed record LogEntry(
    DateTimeOffset Time,
    LogLevel Level,
    string Logger,
    string Message,
    Exception? Error,
    IReadOnlyList<KeyValuePair<string, object?>> Fields);

using Microsoft.Extensions.Logging;

namespace GitOpsToolkit.Controllers.ImageReflector.Tests.Storage;

/// <summary>Keeps what is logged as a warning or worse.</summary>
internal sealed class ListLog : ILogger
{
    internal List<string> Lines { get; } = [];

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (IsEnabled(logLevel))
        {
            Lines.Add(formatter(state, exception));
        }
    }
}

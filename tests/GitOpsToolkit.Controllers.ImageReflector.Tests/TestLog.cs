using Microsoft.Extensions.Logging;
using Xunit;

namespace GitOpsToolkit.Controllers.ImageReflector.Tests;

/// <summary>Logs to the output of the running test.</summary>
internal sealed class TestLog(ITestOutputHelper? output) : ILoggerFactory, ILogger
{
    public void AddProvider(ILoggerProvider provider)
    {
        // The output is the only place.
    }

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public ILogger CreateLogger(string categoryName) => this;

    public void Dispose()
    {
        // Nothing is held.
    }

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        try
        {
            output?.WriteLine($"{logLevel}: {formatter(state, exception)} {exception}");
        }
        catch (InvalidOperationException)
        {
            // The test has ended already.
        }
    }
}

using System.Buffers;
using Microsoft.Extensions.Logging;

namespace GitOpsToolkit.Hosting.Logging;

/// <summary>Writes each log entry as one whole line to a stream, in the form asked for by <c>--log-encoding</c>.</summary>
public sealed class LineLoggerProvider : ILoggerProvider, ISupportExternalScope
{
    private readonly Stream _output;
    private readonly ILogForm _form;
    private readonly TimeProvider _time;
    private readonly Lock _gate = new();
    private readonly ArrayBufferWriter<byte> _buffer = new(1024);
    private IExternalScopeProvider _scopes = new LoggerExternalScopeProvider();

    /// <summary>Makes a provider.</summary>
    /// <param name="output">Where lines go; not closed by the provider.</param>
    /// <param name="encoding"><c>json</c> or <c>console</c>.</param>
    /// <param name="time">The clock of the lines.</param>
    /// <exception cref="ArgumentException"><paramref name="encoding"/> is neither of the two.</exception>
    public LineLoggerProvider(Stream output, string encoding, TimeProvider time)
    {
        _output = output;
        _time = time;
        _form = encoding switch
        {
            "json" => new JsonLogForm(),
            "console" => new ConsoleLogForm(),
            _ => throw new ArgumentException($"the log encoding '{encoding}' is neither json nor console", nameof(encoding)),
        };
    }

    /// <inheritdoc/>
    public ILogger CreateLogger(string categoryName) => new LineLogger(this, categoryName);

    /// <inheritdoc/>
    public void SetScopeProvider(IExternalScopeProvider scopeProvider) => _scopes = scopeProvider;

    /// <inheritdoc/>
    public void Dispose() => _output.Flush();

    private void Write(LogEntry entry)
    {
        lock (_gate)
        {
            _buffer.ResetWrittenCount();
            _form.Write(entry, _buffer);
            _output.Write(_buffer.WrittenSpan);
            _output.Flush();
        }
    }

    private sealed class LineLogger(LineLoggerProvider provider, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => provider._scopes.Push(state);

        public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel))
            {
                provider.Write(new LogEntry(
                    provider._time.GetUtcNow(), logLevel, category, formatter(state, exception), exception, Fields(state)));
            }
        }

        private List<KeyValuePair<string, object?>> Fields<TState>(TState state)
        {
            var fields = new List<KeyValuePair<string, object?>>();
            provider._scopes.ForEachScope(static (scope, target) => Add(scope, target), fields);
            Add(state, fields);
            return fields;
        }

        private static void Add(object? state, List<KeyValuePair<string, object?>> fields)
        {
            if (state is not IEnumerable<KeyValuePair<string, object?>> pairs)
            {
                return;
            }

            foreach (var pair in pairs)
            {
                // The template itself is no field: the message already is that text.
                if (pair.Key != "{OriginalFormat}")
                {
                    fields.RemoveAll(field => field.Key == pair.Key);
                    fields.Add(pair);
                }
            }
        }
    }
}

using System.Buffers;
using System.Text;
using Microsoft.Extensions.Logging;

namespace GitOpsToolkit.Hosting.Logging;

/// <summary>
/// A line for a person at a terminal: <c>12:00:01.123 info  GitRepository/flux-system/app  message</c>; fields that the message does not
/// tell already follow as <c>key=value</c>.
/// </summary>
internal sealed class ConsoleLogForm : ILogForm
{
    // Said once in the object column, or of use to machines only.
    private static readonly string[] Hidden = ["controller", "controllerGroup", "controllerKind", "namespace", "name", "reconcileID"];

    public void Write(LogEntry entry, IBufferWriter<byte> output)
    {
        var line = new StringBuilder();
        line.Append(entry.Time.ToString("HH:mm:ss.fff")).Append(' ').Append(Level(entry.Level).PadRight(6));
        line.Append(Subject(entry)).Append("  ").Append(entry.Message.ReplaceLineEndings("\n    "));
        foreach (var (name, value) in entry.Fields)
        {
            if (!Hidden.Contains(name) && !Tells(entry.Message, value))
            {
                line.Append("  ").Append(name).Append('=').Append(value);
            }
        }

        if (entry.Error is not null)
        {
            line.Append("\n    ").Append(ErrorText.Of(entry.Error));
        }

        line.Append('\n');
        Encoding.UTF8.GetBytes(Visible(line.ToString()), output);
    }

    /// <summary>Messages quote commits, tags and servers: none of them may drive the terminal, or reorder its line.</summary>
    private static string Visible(string text) => !text.Any(IsControl)
        ? text
        : string.Concat(text.Select(letter => IsControl(letter) ? $"\\u{(int)letter:x4}" : letter.ToString()));

    private static bool IsControl(char letter) =>
        letter is not ('\n' or '\t') && (char.IsControl(letter) || letter is (>= '\u202a' and <= '\u202e') or (>= '\u2066' and <= '\u2069'));

    private static bool Tells(string message, object? value) =>
        value?.ToString() is { Length: > 0 } text && message.Contains(text, StringComparison.Ordinal);

    private static string Level(LogLevel level) => level == LogLevel.Warning ? "warn" : LogLevels.Name(level);

    private static string Subject(LogEntry entry)
    {
        var fields = entry.Fields;
        var kind = Value(fields, "controllerKind");
        if (kind is null)
        {
            return entry.Logger[(entry.Logger.LastIndexOf('.') + 1)..];
        }

        var parts = new[] { kind, Value(fields, "namespace"), Value(fields, "name") };
        return string.Join('/', parts.Where(part => !string.IsNullOrEmpty(part)));
    }

    private static string? Value(IReadOnlyList<KeyValuePair<string, object?>> fields, string name) =>
        fields.FirstOrDefault(field => field.Key == name).Value?.ToString();
}

using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace GitOpsToolkit.Hosting.Logging;

/// <summary>
/// One JSON object a line, with the keys that <c>flux logs</c> reads: level, ts, msg, error, logger, controllerKind, name, namespace.
/// </summary>
internal sealed class JsonLogForm : ILogForm
{
    private static readonly JsonWriterOptions Options = new()
    {
        // A log is read by people too: letters and quotes stay readable, and it is never placed into a page.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        SkipValidation = true,
    };

    private static readonly string[] Reserved = ["level", "ts", "logger", "msg", "error"];

    public void Write(LogEntry entry, IBufferWriter<byte> output)
    {
        using (var json = new Utf8JsonWriter(output, Options))
        {
            json.WriteStartObject();
            json.WriteString("level", LogLevels.Name(entry.Level));
            json.WriteString("ts", entry.Time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'"));
            json.WriteString("logger", entry.Logger);
            json.WriteString("msg", entry.Message);
            // Go reads keys without regard to case: "Name" would overwrite "name". The scope's fields come first and stay.
            var written = new HashSet<string>(Reserved, StringComparer.OrdinalIgnoreCase);
            foreach (var (name, value) in entry.Fields)
            {
                if (written.Add(name) && value as string != entry.Message)
                {
                    WriteField(json, name, value);
                }
            }

            if (entry.Error is not null)
            {
                json.WriteString("error", ErrorText.Of(entry.Error));
            }

            json.WriteEndObject();
        }

        output.Write("\n"u8);
    }

    private static void WriteField(Utf8JsonWriter json, string name, object? value)
    {
        switch (value)
        {
            case null:
                json.WriteNull(name);
                break;
            case bool flag:
                json.WriteBoolean(name, flag);
                break;
            case int number:
                json.WriteNumber(name, number);
                break;
            case long number:
                json.WriteNumber(name, number);
                break;
            case double number when double.IsFinite(number):
                json.WriteNumber(name, number);
                break;
            default:
                json.WriteString(name, value.ToString());
                break;
        }
    }
}

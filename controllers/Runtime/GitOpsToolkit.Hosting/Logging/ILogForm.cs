using System.Buffers;

namespace GitOpsToolkit.Hosting.Logging;

/// <summary>How a log line looks: JSON for machines, or a console form for people.</summary>
internal interface ILogForm
{
    /// <summary>Writes the entry with its closing line feed.</summary>
    void Write(LogEntry entry, IBufferWriter<byte> output);
}

using System.Text.Encodings.Web;
using System.Text.Json;

namespace GitOpsToolkit.ApiServerFidelity.Tests.Comparing;

/// <summary>JSON as people read it.</summary>
internal static class Text
{
    public static JsonSerializerOptions Readable { get; } = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static JsonSerializerOptions Indented { get; } = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, WriteIndented = true };
}

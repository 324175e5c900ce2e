using System.Text.Json;
using GitOpsToolkit.Api.Json;
using GitOpsToolkit.Api.Meta;
using GitOpsToolkit.Api.Schema;

namespace GitOpsToolkit.Kubernetes;

/// <summary>Decodes the toolkit's own kinds.</summary>
internal static class ToolkitDecoder
{
    /// <summary>Reads an object and leaves out its managedFields, which nobody here asks for and which are half of its size.</summary>
    public static Decoded<T> Decode<T>(JsonElement value)
        where T : ToolkitObject, IToolkitKind
    {
        var read = ToolkitReader.Read<T>(value);
        read.Value?.Metadata.Unknown?.Remove("managedFields");
        return new Decoded<T>(read.Value, [.. read.Errors.Select(error => error.ToString())]);
    }
}

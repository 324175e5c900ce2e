using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace GitOpsToolkit.Kubernetes;

/// <summary>JSON to bytes and back with this project's limits.</summary>
internal static class JsonBytes
{
    /// <summary>CRD schemas nest deeper than the platform's default of 64; 256 is still far from the stack's end.</summary>
    public static readonly JsonDocumentOptions Limits = new() { MaxDepth = 256 };

    private static readonly JsonWriterOptions WriterOptions = new() { MaxDepth = 256, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static byte[] Of(JsonNode node)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        using (var writer = new Utf8JsonWriter(buffer, WriterOptions))
        {
            node.WriteTo(writer);
        }

        return buffer.WrittenSpan.ToArray();
    }
}

/// <summary>Media types of the Kubernetes API.</summary>
internal static class MediaTypes
{
    public const string Json = "application/json";
    public const string MergePatch = "application/merge-patch+json";
    public const string JsonPatch = "application/json-patch+json";
    public const string ApplyPatch = "application/apply-patch+yaml";
    public const string Partial = "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1";
    public const string PartialList = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1";
    public const string AggregatedDiscovery = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json";
}

/// <summary>Builds the query part of a URL; absent values are left out.</summary>
internal sealed class QueryBuilder
{
    private readonly StringBuilder _text = new();

    public QueryBuilder Add(string name, string? value)
    {
        if (!string.IsNullOrEmpty(value))
        {
            _text.Append(_text.Length == 0 ? '?' : '&').Append(name).Append('=').Append(Uri.EscapeDataString(value));
        }

        return this;
    }

    public override string ToString() => _text.ToString();
}

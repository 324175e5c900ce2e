using System.Text.Json;
using System.Text.Json.Serialization;

namespace GitOpsToolkit.Api.Meta;

/// <summary>A record which keeps the fields that it does not know, so that writing back what was read loses nothing.</summary>
public abstract record Extensible
{
    /// <summary>The unknown fields by name; null when there are none. Treat as read-only: copies of the record share it.</summary>
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Unknown { get; set; }
}

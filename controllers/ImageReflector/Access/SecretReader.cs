using System.Text.Json.Nodes;
using GitOpsToolkit.Kubernetes;

namespace GitOpsToolkit.Controllers.ImageReflector.Access;

/// <summary>Reads Secrets that specs name; anew each time, so that a rotated password counts at once.</summary>
internal sealed class SecretReader(KubeClient client)
{
    /// <summary>The values by key, or what is wrong: never with a value in it.</summary>
    internal async Task<(IReadOnlyDictionary<string, byte[]>? Data, string? Problem)> ReadAsync(
        string @namespace, string name, CancellationToken cancellation)
    {
        if (await client.GetAsync(ResourcePath.Core("secrets", @namespace, name), cancellation) is not { } secret)
        {
            return (null, $"secret '{@namespace}/{name}' not found");
        }

        var data = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        foreach (var (key, node) in secret["data"] as JsonObject ?? [])
        {
            var text = node is JsonValue value && value.TryGetValue<string>(out var given) ? given : "";
            var buffer = new byte[text.Length];
            if (!Convert.TryFromBase64String(text, buffer, out var length))
            {
                return (null, $"secret '{@namespace}/{name}': {key} is not base64");
            }

            data[key] = buffer[..length];
        }

        return (data, null);
    }
}

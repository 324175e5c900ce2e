using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Json.Nodes;

namespace GitOpsToolkit.Kubernetes;

/// <summary>The values of a Secret.</summary>
public static class SecretData
{
    /// <summary>Decodes the <c>data</c> of a Secret as text.</summary>
    /// <param name="secret">The Secret as the API server has it.</param>
    /// <param name="data">The values by their keys.</param>
    /// <param name="problem">Which key has a value that is no base64; holds no value.</param>
    /// <returns>False where there is a problem.</returns>
    public static bool TryDecode(
        JsonObject secret, [NotNullWhen(true)] out IReadOnlyDictionary<string, string>? data, [NotNullWhen(false)] out string? problem)
    {
        ArgumentNullException.ThrowIfNull(secret);
        var read = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (key, value) in secret["data"] as JsonObject ?? [])
        {
            if (Decode(value) is not { } text)
            {
                (data, problem) = (null, $"the value of '{key}' is no base64");
                return false;
            }

            read[key] = text;
        }

        (data, problem) = (read, null);
        return true;
    }

    private static string? Decode(JsonNode? value)
    {
        try
        {
            return value is JsonValue json && json.TryGetValue<string>(out var text) ? Encoding.UTF8.GetString(Convert.FromBase64String(text)) : null;
        }
        catch (FormatException)
        {
            return null;
        }
    }
}

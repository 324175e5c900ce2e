using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using GitOpsToolkit.Kubernetes;

namespace GitOpsToolkit.Delivery;

/// <summary>
/// What the API server said against an object, fit for a status, an event and a log: the server, or a webhook behind it, may repeat what
/// it was sent, and of a Secret nothing of that may be shown.
/// </summary>
internal static class Refusal
{
    /// <summary>Shorter values are no secrets, and their letters are in any sentence.</summary>
    private const int ShortestValue = 4;

    /// <summary>So much of a value gives it away: servers cut long values off.</summary>
    private const int Telltale = 8;

    private const string Mask = "***";

    /// <summary>The server's words and reason.</summary>
    /// <param name="error">The refusal.</param>
    /// <param name="bodies">The object as it was sent and as it is in the cluster, where they are known.</param>
    internal static string Explain(ApiException error, params ReadOnlySpan<JsonObject?> bodies)
    {
        var message = error.Message;
        var values = new List<string>();
        foreach (var body in bodies)
        {
            if (body is not null && IsSecret(body))
            {
                Collect(body, values);
            }
        }

        if (values.Count > 0)
        {
            message = Clean(message, values);
        }

        var text = error.Reason.Length > 0 ? $"{message} ({error.Reason})" : message;
        return error.Message.Contains("field is immutable", StringComparison.Ordinal)
            ? text + "; undo the change, or set spec.force: true to have the object deleted and made anew"
            : text;
    }

    private static bool IsSecret(JsonObject body) => body.Text("kind") == "Secret" && body.Text("apiVersion") == "v1";

    private static string Clean(string message, List<string> values)
    {
        foreach (var value in values.OrderByDescending(value => value.Length))
        {
            message = message.Replace(value, Mask, StringComparison.Ordinal);
        }

        var leaks = values.Any(value => message.Contains(value.Length > Telltale ? value[..Telltale] : value, StringComparison.Ordinal));
        return leaks ? "the server refuses the Secret with words that repeat a part of it; check it with kubectl apply --dry-run=server" : message;
    }

    /// <summary>Every value that a manifest of a Secret may hold, wherever a mistake has put it: as written, decoded, and line by line.</summary>
    private static void Collect(JsonObject body, List<string> values)
    {
        foreach (var (field, node) in body)
        {
            if (field is not ("apiVersion" or "kind" or "metadata" or "type" or "immutable"))
            {
                Collect(node, values);
            }
        }
    }

    private static void Collect(JsonNode? node, List<string> values)
    {
        switch (node)
        {
            case JsonObject map:
                foreach (var (_, child) in map)
                {
                    Collect(child, values);
                }

                break;
            case JsonArray list:
                foreach (var child in list)
                {
                    Collect(child, values);
                }

                break;
            case JsonValue value when value.GetValueKind() is JsonValueKind.String or JsonValueKind.Number:
                var text = value.ToString();
                Add(text, values);
                if (Decode(text) is { } decoded)
                {
                    Add(decoded, values);
                }

                break;
        }
    }

    private static void Add(string text, List<string> values) =>
        values.AddRange(text.Split(['\r', '\n'], StringSplitOptions.TrimEntries).Append(text).Where(part => part.Length >= ShortestValue));

    private static string? Decode(string text)
    {
        var buffer = new byte[text.Length];
        return Convert.TryFromBase64String(text, buffer, out var length) ? Encoding.UTF8.GetString(buffer, 0, length) : null;
    }
}

using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace GitOpsToolkit.Sandbox.Machinery;

/// <summary>Numbers as they come back from the server, which keeps 64-bit integers and 64-bit floats: 3.0 becomes 3, 1e3 becomes 1000.</summary>
internal static class PlainNumbers
{
    /// <summary>Rewrites all numbers below a node, in place.</summary>
    public static void Apply(JsonNode? node)
    {
        switch (node)
        {
            case JsonObject map:
                foreach (var (name, child) in map.ToList())
                {
                    if (Plain(child) is { } plain)
                    {
                        map[name] = plain;
                    }

                    Apply(child);
                }

                break;
            case JsonArray list:
                for (var i = 0; i < list.Count; i++)
                {
                    if (Plain(list[i]) is { } plain)
                    {
                        list[i] = plain;
                    }

                    Apply(list[i]);
                }

                break;
        }
    }

    // Null: it is no number, or is written plainly already.
    private static JsonValue? Plain(JsonNode? node)
    {
        if (node is not JsonValue value || value.GetValueKind() != JsonValueKind.Number)
        {
            return null;
        }

        var written = value.ToJsonString();
        if (long.TryParse(written, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _)
            || !double.TryParse(written, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            || !double.IsFinite(number))
        {
            return null;
        }

        return Math.Abs(number) < 1e15 && Math.Truncate(number) == number ? JsonValue.Create((long)number) : JsonValue.Create(number);
    }
}

using System.Globalization;
using System.Text.Json;

namespace GitOpsToolkit.Signatures.Formats;

/// <summary>Reads JSON that strangers wrote: bounded in depth, each name once, every value of the type that is asked for.</summary>
internal static class Json
{
    /// <exception cref="SignatureException">The bytes are no JSON object.</exception>
    internal static JsonDocument Parse(ReadOnlyMemory<byte> bytes, string what, SignatureLimits limits)
    {
        try
        {
            var document = JsonDocument.Parse(bytes, new JsonDocumentOptions { MaxDepth = limits.MaxDepth, AllowDuplicateProperties = false });
            if (document.RootElement.ValueKind == JsonValueKind.Object)
            {
                return document;
            }

            document.Dispose();
            throw SignatureException.Invalid($"{what} is no JSON object");
        }
        catch (JsonException error)
        {
            throw SignatureException.Invalid($"{what} is no proper JSON", error);
        }
    }

    /// <summary>A member that is there and not null, or null.</summary>
    internal static JsonElement? Find(this JsonElement parent, string name) =>
        parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null
            ? value
            : null;

    internal static JsonElement Member(this JsonElement parent, string name, string what) =>
        parent.Find(name) ?? throw SignatureException.Invalid($"{what} has no '{name}'");

    /// <summary>A text, or null where the member is missing.</summary>
    internal static string? FindText(this JsonElement parent, string name, string what) => parent.Find(name) switch
    {
        null => null,
        { ValueKind: JsonValueKind.String } value => value.GetString(),
        _ => throw SignatureException.Invalid($"{what}: '{name}' is no text"),
    };

    internal static string Text(this JsonElement parent, string name, string what) =>
        parent.FindText(name, what) ?? throw SignatureException.Invalid($"{what} has no '{name}'");

    internal static byte[] Bytes(this JsonElement parent, string name, string what) => Base64(parent.Text(name, what), $"'{name}' of {what}");

    internal static byte[]? FindBytes(this JsonElement parent, string name, string what) =>
        parent.FindText(name, what) is { Length: > 0 } text ? Base64(text, $"'{name}' of {what}") : null;

    /// <summary>A whole number; protocol buffers write 64 bits as text.</summary>
    internal static long Number(this JsonElement parent, string name, string what) => parent.Find(name) switch
    {
        null => 0,
        { ValueKind: JsonValueKind.Number } value when value.TryGetInt64(out var number) && number >= 0 => number,
        { ValueKind: JsonValueKind.String } value
            when long.TryParse(value.GetString(), NumberStyles.None, CultureInfo.InvariantCulture, out var number) => number,
        _ => throw SignatureException.Invalid($"{what}: '{name}' is no whole number"),
    };

    /// <summary>The items of a list; none where it is missing.</summary>
    internal static IReadOnlyList<JsonElement> Items(this JsonElement parent, string name, string what, int most)
    {
        if (parent.Find(name) is not { } list)
        {
            return [];
        }

        return list.ValueKind != JsonValueKind.Array ? throw SignatureException.Invalid($"{what}: '{name}' is no list")
            : list.GetArrayLength() > most ? throw SignatureException.Invalid($"{what}: '{name}' has {list.GetArrayLength()} items, at most {most} are read")
            : [.. list.EnumerateArray()];
    }

    internal static byte[] Base64(string text, string what)
    {
        var buffer = new byte[(text.Length * 3 / 4) + 3];
        return Convert.TryFromBase64String(text, buffer, out var length)
            ? buffer[..length]
            : throw SignatureException.Invalid($"{what} is not base64");
    }
}

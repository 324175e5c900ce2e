using System.Buffers;
using System.Text.Json;

namespace GitOpsToolkit.Registry;

/// <summary>
/// Reads the tags of one page while it arrives: <c>{"name":…,"tags":[…]}</c>. Nothing else of the page is kept, whatever it holds, so
/// memory is that of the tags.
/// </summary>
internal sealed class TagPageReader(TagPageReader.OnTag onTag, Action<int> onBytes)
{
    private const int MaxDepth = 16;
    private const int MaxToken = 64 << 10;

    private readonly ArrayBufferWriter<byte> unescaped = new(PackedTags.MaxTagLength);
    private JsonReaderState state = new(new JsonReaderOptions { MaxDepth = MaxDepth });
    private bool atTags;
    private bool inTags;

    /// <summary>Takes a tag, in UTF-8; it is valid during the call only.</summary>
    internal delegate void OnTag(ReadOnlySpan<byte> tag);

    /// <summary>Whether the page had the property <c>tags</c>, be it null.</summary>
    internal bool SawTags { get; private set; }

    /// <exception cref="JsonException">The page is no JSON, or ends early.</exception>
    internal async Task ReadAsync(Stream page, CancellationToken cancellation)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(MaxToken);
        try
        {
            var filled = 0;
            var final = false;
            while (!final)
            {
                var read = await page.ReadAsync(buffer.AsMemory(filled), cancellation);
                onBytes(read);
                final = read == 0;
                filled += read;
                var consumed = Consume(buffer.AsSpan(0, filled), final);
                if (consumed == 0 && filled == buffer.Length)
                {
                    throw new JsonException($"a value is larger than {MaxToken} bytes");
                }

                buffer.AsSpan(consumed, filled - consumed).CopyTo(buffer);
                filled -= consumed;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private int Consume(ReadOnlySpan<byte> bytes, bool final)
    {
        var reader = new Utf8JsonReader(bytes, final, state);
        while (reader.Read())
        {
            Token(ref reader);
        }

        state = reader.CurrentState;
        return (int)reader.BytesConsumed;
    }

    /// <summary>The text of a string as it stands in the page, or what its escapes stand for.</summary>
    private ReadOnlySpan<byte> Text(ref Utf8JsonReader reader)
    {
        if (!reader.ValueIsEscaped)
        {
            return reader.ValueSpan;
        }

        try
        {
            unescaped.ResetWrittenCount();
            return unescaped.GetSpan(reader.ValueSpan.Length)[..reader.CopyString(unescaped.GetSpan(reader.ValueSpan.Length))];
        }
        catch (InvalidOperationException error)
        {
            throw new JsonException("a tag holds escapes that are no text", error);
        }
    }

    private void Token(ref Utf8JsonReader reader)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.PropertyName when reader.CurrentDepth == 1:
                atTags = reader.ValueTextEquals("tags"u8);
                SawTags |= atTags;
                break;
            case JsonTokenType.StartArray when atTags && reader.CurrentDepth == 1:
                inTags = true;
                atTags = false;
                break;
            case JsonTokenType.EndArray when inTags && reader.CurrentDepth == 1:
                inTags = false;
                break;
            case JsonTokenType.String when inTags && reader.CurrentDepth == 2:
                onTag(Text(ref reader));
                break;
        }
    }
}

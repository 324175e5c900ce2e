using System.Buffers;

namespace GitOpsToolkit.Registry;

/// <summary>The OCI specification's grammar of tags: <c>[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}</c>.</summary>
internal static class TagGrammar
{
    private static readonly SearchValues<byte> Allowed =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-"u8);

    internal static bool IsTag(ReadOnlySpan<byte> text) =>
        text.Length is > 0 and <= PackedTags.MaxTagLength
        && text[0] is not ((byte)'.' or (byte)'-')
        && !text.ContainsAnyExcept(Allowed);
}

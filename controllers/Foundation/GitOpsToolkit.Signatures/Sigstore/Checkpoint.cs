using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace GitOpsToolkit.Signatures.Sigstore;

/// <summary>A log's signed word on its tree: origin, size and root, then signatures (C2SP tlog-checkpoint and signed-note).</summary>
internal sealed class Checkpoint
{
    private const int MostSignatures = 32;
    private const int HintLength = 4;
    private const string SignatureMark = "— ";

    private readonly byte[] text;
    private readonly IReadOnlyList<byte[]> signatures;

    private Checkpoint(byte[] text, long size, byte[] root, IReadOnlyList<byte[]> signatures)
    {
        this.text = text;
        this.signatures = signatures;
        Size = size;
        Root = root;
    }

    internal long Size { get; }

    internal byte[] Root { get; }

    /// <exception cref="SignatureException">It is none.</exception>
    internal static Checkpoint Parse(string note)
    {
        var end = note.LastIndexOf("\n\n", StringComparison.Ordinal);
        var lines = end < 0 ? [] : note[..end].Split('\n');
        if (lines.Length < 3 || !long.TryParse(lines[1], NumberStyles.None, CultureInfo.InvariantCulture, out var size))
        {
            throw SignatureException.Invalid("the log's checkpoint cannot be read");
        }

        var signed = note[(end + 2)..].Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Take(MostSignatures)
            .Where(line => line.StartsWith(SignatureMark, StringComparison.Ordinal))
            .Select(line => Formats.Json.Base64(line[(line.LastIndexOf(' ') + 1)..], "a signature of the log's checkpoint"));
        return new Checkpoint(
            Encoding.UTF8.GetBytes(note[..(end + 1)]), size, Formats.Json.Base64(lines[2], "the root of the log's checkpoint"), [.. signed]);
    }

    /// <summary>Whether the log signed it; a signature begins with a hint at the key.</summary>
    internal bool IsSignedBy(TrustedLog log)
    {
        var hint = Convert.FromHexString(log.Id).AsSpan(0, HintLength);
        foreach (var signature in signatures)
        {
            if (signature.Length > HintLength && BinaryPrimitives.ReadUInt32BigEndian(signature) == BinaryPrimitives.ReadUInt32BigEndian(hint)
                && log.Key.Verify(text, signature.AsSpan(HintLength)))
            {
                return true;
            }
        }

        return false;
    }
}

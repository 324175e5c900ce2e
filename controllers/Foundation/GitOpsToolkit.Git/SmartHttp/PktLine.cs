namespace GitOpsToolkit.Git;

/// <summary>What a pkt-line is (gitprotocol-common, gitprotocol-v2).</summary>
internal enum PktKind
{
    /// <summary>It carries bytes.</summary>
    Data,

    /// <summary><c>0000</c>: a message ends.</summary>
    Flush,

    /// <summary><c>0001</c>: a section ends.</summary>
    Delimiter,

    /// <summary><c>0002</c>: an answer ends.</summary>
    ResponseEnd,

    /// <summary>Nothing follows: the stream has ended between two lines.</summary>
    End,
}

/// <summary>One line of Git's wire format.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Data">What it carries, without the closing line feed; valid until the next line is read.</param>
internal readonly record struct PktLine(PktKind Kind, ReadOnlyMemory<byte> Data)
{
    /// <summary>Whether it carries exactly this text.</summary>
    public bool Is(ReadOnlySpan<byte> text) => Kind == PktKind.Data && Data.Span.SequenceEqual(text);
}

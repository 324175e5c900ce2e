using System.Buffers.Binary;
using System.Text;

namespace GitOpsToolkit.Git;

/// <summary>Reads the fields of SSH's binary forms (RFC 4251, section 5); whatever goes beyond the end ends the reading.</summary>
internal ref struct WireReader(ReadOnlySpan<byte> bytes)
{
    private ReadOnlySpan<byte> _rest = bytes;

    /// <summary>A length and so many bytes.</summary>
    public bool TryRead(out ReadOnlySpan<byte> field)
    {
        field = default;
        if (_rest.Length < 4 || BinaryPrimitives.ReadUInt32BigEndian(_rest) > (uint)(_rest.Length - 4))
        {
            return false;
        }

        var length = (int)BinaryPrimitives.ReadUInt32BigEndian(_rest);
        field = _rest.Slice(4, length);
        _rest = _rest[(4 + length)..];
        return true;
    }

    /// <summary>A length and so many characters.</summary>
    public bool TryReadText(out string text)
    {
        var found = TryRead(out var field);
        text = found ? Encoding.ASCII.GetString(field) : "";
        return found;
    }

    /// <summary>Leaves out so many bytes.</summary>
    public bool TrySkip(int count)
    {
        var enough = _rest.Length >= count;
        _rest = enough ? _rest[count..] : default;
        return enough;
    }
}

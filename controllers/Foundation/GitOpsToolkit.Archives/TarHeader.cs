using System.Text;

namespace GitOpsToolkit.Archives;

/// <summary>Writes tar headers as Flux's archives have them: ustar, owner 0, no names, time 0; a path that ustar cannot hold goes into a pax record.</summary>
internal static class TarHeader
{
    public const int BlockSize = 512;
    private const int NameBytes = 100;
    private const int PrefixBytes = 155;

    public static void Write(Stream output, string path, char type, int mode, long size)
    {
        var name = Encoding.UTF8.GetBytes(path);
        if (name.Length <= NameBytes && Ascii.IsValid(name))
        {
            output.Write(Block(path, "", type, mode, size, devices: true));
            return;
        }

        if (SplitAt(path, name.Length) is { } slash)
        {
            output.Write(Block(path[(slash + 1)..], path[..slash], type, mode, size, devices: true));
            return;
        }

        WritePaxPath(output, path);
        output.Write(Block(Cut(AsciiOnly(path)), "", type, mode, size, devices: true));
    }

    /// <summary>Fills the last block of a file's content.</summary>
    public static void WritePadding(Stream output, long size)
    {
        var rest = (int)(size % BlockSize);
        if (rest != 0)
        {
            output.Write(new byte[BlockSize - rest]);
        }
    }

    /// <summary>Two blocks of zeros end an archive.</summary>
    public static void WriteEnd(Stream output) => output.Write(new byte[2 * BlockSize]);

    private static void WritePaxPath(Stream output, string path)
    {
        var record = PaxRecord("path", path);
        var slash = path.LastIndexOf('/');
        var name = slash < 0 ? $"PaxHeaders.0/{path}" : $"{path[..slash]}/PaxHeaders.0/{path[(slash + 1)..]}";
        output.Write(Block(Cut(AsciiOnly(name)).TrimEnd('/'), "", 'x', 0, record.Length, devices: false));
        output.Write(record);
        WritePadding(output, record.Length);
    }

    private static byte[] PaxRecord(string key, string value)
    {
        // The length at the start counts itself.
        var body = Encoding.UTF8.GetByteCount($" {key}={value}\n");
        var length = body + body.ToString().Length;
        length = body + length.ToString().Length;
        return Encoding.UTF8.GetBytes($"{length} {key}={value}\n");
    }

    private static int? SplitAt(string path, int bytes)
    {
        if (bytes <= NameBytes || bytes != path.Length || !Ascii.IsValid(path))
        {
            return null;
        }

        var slash = path.LastIndexOf('/', Math.Min(path.Length, PrefixBytes + 1) - 1);
        var nameLength = path.Length - slash - 1;
        return slash > 0 && nameLength is > 0 and <= NameBytes ? slash : null;
    }

    private static byte[] Block(string name, string prefix, char type, int mode, long size, bool devices)
    {
        var block = new byte[BlockSize];
        Encoding.ASCII.GetBytes(name, block.AsSpan(0, NameBytes));
        Octal(block.AsSpan(100, 8), mode);
        Octal(block.AsSpan(108, 8), 0);
        Octal(block.AsSpan(116, 8), 0);
        Octal(block.AsSpan(124, 12), size);
        Octal(block.AsSpan(136, 12), 0);
        block[156] = (byte)type;
        "ustar\0"u8.CopyTo(block.AsSpan(257));
        "00"u8.CopyTo(block.AsSpan(263));
        if (devices)
        {
            Octal(block.AsSpan(329, 8), 0);
            Octal(block.AsSpan(337, 8), 0);
        }

        Encoding.ASCII.GetBytes(prefix, block.AsSpan(345, PrefixBytes));
        block.AsSpan(148, 8).Fill((byte)' ');
        var sum = 0;
        foreach (var value in block)
        {
            sum += value;
        }

        Octal(block.AsSpan(148, 7), sum);
        return block;
    }

    private static void Octal(Span<byte> field, long value)
    {
        var text = Convert.ToString(value, 8).PadLeft(field.Length - 1, '0');
        Encoding.ASCII.GetBytes(text, field);
        field[^1] = 0;
    }

    private static string AsciiOnly(string text) => new([.. text.Where(c => c is > '\0' and < (char)0x80)]);

    private static string Cut(string text) => text.Length > NameBytes ? text[..NameBytes] : text;
}

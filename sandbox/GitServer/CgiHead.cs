using System.Text;

namespace GitOpsToolkit.Sandbox.Git;

/// <summary>The header lines of a CGI answer, and the bytes of its body that came with them.</summary>
internal sealed record CgiHead(int Status, IReadOnlyList<(string Name, string Value)> Headers, ReadOnlyMemory<byte> Rest)
{
    private const int MaxBytes = 64 << 10;

    /// <summary>Reads up to the blank line; null where the program ended without an answer.</summary>
    public static async Task<CgiHead?> ReadAsync(Stream output, CancellationToken cancel)
    {
        var buffer = new byte[MaxBytes];
        var length = 0;
        while (length < buffer.Length)
        {
            var read = await output.ReadAsync(buffer.AsMemory(length), cancel);
            if (read == 0)
            {
                return null;
            }

            length += read;
            var end = buffer.AsSpan(0, length).IndexOf("\r\n\r\n"u8);
            if (end >= 0)
            {
                return Parse(Encoding.ASCII.GetString(buffer, 0, end), buffer.AsMemory((end + 4)..length));
            }
        }

        return null;
    }

    private static CgiHead Parse(string text, ReadOnlyMemory<byte> rest)
    {
        var status = 200;
        var headers = new List<(string, string)>();
        foreach (var line in text.Split("\r\n"))
        {
            var colon = line.IndexOf(':');
            if (colon <= 0)
            {
                continue;
            }

            var (name, value) = (line[..colon], line[(colon + 1)..].Trim());
            if (name.Equals("Status", StringComparison.OrdinalIgnoreCase))
            {
                status = int.TryParse(value.Split(' ')[0], out var code) ? code : 500;
                continue;
            }

            headers.Add((name, value));
        }

        return new CgiHead(status, headers, rest);
    }
}

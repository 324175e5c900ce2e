using System.Text;

namespace GitOpsToolkit.Sandbox.Git;

/// <summary>The head of a receive-pack request: the commands before the pack, and the bytes they came in.</summary>
internal sealed class ReceivePackRequest
{
    private const int MaxHeadBytes = 4 << 20;
    private readonly List<byte> _head = [];
    private readonly List<GitRefUpdate> _updates = [];
    private readonly List<string> _options = [];

    /// <summary>All bytes that were read, to be given to git before the rest.</summary>
    public ReadOnlyMemory<byte> Head => _head.ToArray();

    public IReadOnlyList<GitRefUpdate> Updates => _updates;

    public IReadOnlyList<string> Options => _options;

    public IReadOnlySet<string> Capabilities { get; private set; } = new HashSet<string>(StringComparer.Ordinal);

    public static async Task<ReceivePackRequest> ReadAsync(Stream body, CancellationToken cancel)
    {
        var request = new ReceivePackRequest();
        while (await request.ReadLineAsync(body, cancel) is { } line)
        {
            request.TakeCommand(line);
        }

        if (request.Capabilities.Contains("push-options"))
        {
            while (await request.ReadLineAsync(body, cancel) is { } line)
            {
                request._options.Add(line.TrimEnd('\n'));
            }
        }

        return request;
    }

    private void TakeCommand(string line)
    {
        var nul = line.IndexOf('\0');
        if (nul >= 0)
        {
            Capabilities = line[(nul + 1)..].TrimEnd('\n').Split(' ', StringSplitOptions.RemoveEmptyEntries).ToHashSet(StringComparer.Ordinal);
            line = line[..nul];
        }

        // "shallow <id>" and certificate lines pass through to git unread.
        var parts = line.TrimEnd('\n').Split(' ', 3);
        if (parts.Length == 3 && IsObjectId(parts[0]) && IsObjectId(parts[1]))
        {
            _updates.Add(new GitRefUpdate(parts[2], parts[0], parts[1]));
        }
    }

    /// <summary>One pkt-line's content; null for a flush packet or the end of the body.</summary>
    private async Task<string?> ReadLineAsync(Stream body, CancellationToken cancel)
    {
        var prefix = new byte[4];
        var got = await body.ReadAtLeastAsync(prefix, 4, throwOnEndOfStream: false, cancel);
        _head.AddRange(prefix.AsSpan(0, got));
        if (got < 4)
        {
            return null;
        }

        if (!int.TryParse(Encoding.ASCII.GetString(prefix), System.Globalization.NumberStyles.AllowHexSpecifier, null, out var length))
        {
            throw new InvalidDataException("The push does not begin with pkt-lines.");
        }

        if (length < 4)
        {
            return null;
        }

        if (_head.Count + length > MaxHeadBytes)
        {
            throw new InvalidDataException($"The commands of one push may have {MaxHeadBytes} bytes.");
        }

        var content = new byte[length - 4];
        await body.ReadExactlyAsync(content, cancel);
        _head.AddRange(content);
        return Encoding.UTF8.GetString(content);
    }

    private static bool IsObjectId(string text) => text.Length is 40 or 64 && text.All(char.IsAsciiHexDigitLower);
}

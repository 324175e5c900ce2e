using System.Globalization;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;

namespace GitOpsToolkit.Sandbox.ApiServer.Storage;

/// <summary>What a journal held at the start: all records in order, and the revision before which no change is known one by one.</summary>
internal sealed record RecoveredState(long FloorRevision, IReadOnlyList<(StoredObject Object, bool Deleted)> Records);

/// <summary>
/// The durable state: one file of lines <c>checksum json</c>, appended to at every change and rewritten when it has grown.
/// Survives the death of the process at any moment (not the loss of the machine's power: lines are not synced one by one).
/// </summary>
internal sealed class Journal : IDisposable
{
    private const int MinimumGrowth = 16 << 20;

    private readonly string path;
    private readonly FileStream processLock;
    private FileStream file;
    private long compactAt;

    private Journal(string path, FileStream processLock, FileStream file, RecoveredState recovered)
    {
        this.path = path;
        this.processLock = processLock;
        this.file = file;
        Recovered = recovered;
        compactAt = Math.Max(MinimumGrowth, file.Length * 2);
    }

    public RecoveredState Recovered { get; }

    public bool WantsCompaction => file.Position > compactAt;

    /// <summary>Opens or creates the journal of a state directory.</summary>
    /// <exception cref="IOException">The directory is in use by another server, or cannot be written.</exception>
    /// <exception cref="InvalidDataException">A line other than the last is damaged.</exception>
    public static Journal Open(string directory, ILogger logger)
    {
        var name = Path.Combine(directory, "objects.journal");
        var guard = Lock(directory);
        try
        {
            File.Delete(name + ".new");
            var (state, length) = File.Exists(name) ? Read(name, logger) : (new RecoveredState(1, []), 0L);
            var stream = new FileStream(name, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read, 1 << 16);
            stream.SetLength(length);
            stream.Seek(0, SeekOrigin.End);
            var journal = new Journal(name, guard, stream, state);
            if (length == 0)
            {
                journal.Write(Header(1));
                journal.file.Flush();
            }

            return journal;
        }
        catch
        {
            guard.Dispose();
            throw;
        }
    }

    public void Append(StoredObject stored, bool deleted)
    {
        Write(Record(stored, deleted));
        file.Flush();
    }

    /// <summary>Rewrites the journal as the live objects only.</summary>
    public void Compact(long revision, IEnumerable<StoredObject> live)
    {
        var old = file;
        file = new FileStream(path + ".new", FileMode.Create, FileAccess.ReadWrite, FileShare.Read, 1 << 16);
        Write(Header(revision));
        foreach (var stored in live.OrderBy(o => o.Revision))
        {
            Write(Record(stored, deleted: false));
        }

        file.Flush(flushToDisk: true);
        File.Move(path + ".new", path, overwrite: true);
        old.Dispose();
        compactAt = Math.Max(MinimumGrowth, file.Position * 2);
    }

    public void Dispose()
    {
        file.Dispose();
        processLock.Dispose();
    }

    private static FileStream Lock(string directory)
    {
        var name = Path.Combine(directory, "lock");
        try
        {
            return new FileStream(name, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException e)
        {
            throw new IOException($"The state directory {directory} is in use by another sandbox: stop it, or choose another directory.", e);
        }
    }

    private static byte[] Header(long floor) => JsonText.Bytes(new JsonObject { ["floor"] = floor });

    private static byte[] Record(StoredObject stored, bool deleted)
    {
        var head = JsonText.Bytes(new JsonObject
        {
            ["r"] = stored.Revision,
            ["k"] = stored.Id.Resource,
            ["s"] = stored.Id.Namespace,
            ["n"] = stored.Id.Name,
            ["d"] = deleted,
        });
        return [.. head.AsSpan(0, head.Length - 1), .. ",\"o\":"u8, .. stored.Json, (byte)'}'];
    }

    private void Write(byte[] json)
    {
        Span<byte> prefix = stackalloc byte[9];
        Checksum(json).TryFormat(prefix, out _, "x8", CultureInfo.InvariantCulture);
        prefix[8] = (byte)' ';
        file.Write(prefix);
        file.Write(json);
        file.WriteByte((byte)'\n');
    }

    private static (RecoveredState State, long Length) Read(string name, ILogger logger)
    {
        var bytes = File.ReadAllBytes(name);
        var records = new List<(StoredObject, bool)>();
        long floor = 1;
        var at = 0;
        for (var line = 1; at < bytes.Length; line++)
        {
            var end = Array.IndexOf(bytes, (byte)'\n', at);
            var json = end < 0 ? null : Verified(bytes.AsSpan(at, end - at));
            if (json is null)
            {
                Damaged(name, line, isLast: end < 0 || end == bytes.Length - 1, logger);
                break;
            }

            var node = JsonText.ParseObject(json);
            if (node["floor"] is { } first)
            {
                floor = first.GetValue<long>();
            }
            else
            {
                var id = new ObjectId(node["k"]!.GetValue<string>(), node["s"]!.GetValue<string>(), node["n"]!.GetValue<string>());
                var stored = StoredObject.Restore(id, node["r"]!.GetValue<long>(), JsonText.Bytes(node["o"]!));
                records.Add((stored, node["d"]!.GetValue<bool>()));
            }

            at = end + 1;
        }

        return (new(floor, records), at);
    }

    private static void Damaged(string name, int line, bool isLast, ILogger logger)
    {
        if (!isLast)
        {
            throw new InvalidDataException(
                $"{name}:{line}: the line is damaged and is not the last one. "
                + "Restore the file from a copy, or delete the state directory to start afresh.");
        }

        logger.LogWarning("{Path}:{Line}: the last record is incomplete (the process died while writing it) and is ignored", name, line);
    }

    private static byte[]? Verified(ReadOnlySpan<byte> line)
    {
        if (line.Length < 10 || line[8] != ' '
            || !uint.TryParse(Encoding.ASCII.GetString(line[..8]), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var sum))
        {
            return null;
        }

        var json = line[9..].ToArray();
        return Checksum(json) == sum ? json : null;
    }

    private static uint Checksum(ReadOnlySpan<byte> data)
    {
        var crc = uint.MaxValue;
        var words = MemoryMarshal.Cast<byte, ulong>(data);
        foreach (var word in words)
        {
            crc = BitOperations.Crc32C(crc, word);
        }

        foreach (var rest in data[(words.Length * 8)..])
        {
            crc = BitOperations.Crc32C(crc, rest);
        }

        return ~crc;
    }
}

using System.Buffers;
using System.Text;

namespace GitOpsToolkit.Git;

/// <summary>Reads a server's list of references: the answer to <c>ls-refs</c>, and the advertisement of the protocols before it.</summary>
/// <param name="lines">The answer.</param>
/// <param name="maxRefs">References that it may hold.</param>
internal sealed class RefListReader(PktLineReader lines, int maxRefs)
{
    private const int IdLength = 40;
    private static readonly SearchValues<byte> s_hex = SearchValues.Create("0123456789abcdef"u8);
    private readonly Dictionary<string, GitRef> _refs = new(StringComparer.Ordinal);

    /// <summary>Reads <c>id name [symref-target:…] [peeled:…]</c> up to the flush (gitprotocol-v2, ls-refs).</summary>
    public async Task<IReadOnlyList<GitRef>> ReadV2Async(CancellationToken cancel)
    {
        while (true)
        {
            var line = await lines.ReadAsync(cancel);
            switch (line.Kind)
            {
                case PktKind.Data:
                    AddV2(line.Data.Span);
                    break;
                case PktKind.Flush:
                    return [.. _refs.Values];
                default:
                    throw PktLineReader.Malformed("it ends before the list of references does");
            }
        }
    }

    /// <summary>Reads <c>id name\0capabilities</c>, then <c>id name</c>, with tags resolved in <c>id name^{}</c>, up to the flush (gitprotocol-pack).</summary>
    /// <param name="first">The first line, which is read already.</param>
    /// <param name="cancel">Stops reading.</param>
    public async Task<IReadOnlyList<GitRef>> ReadV0Async(PktLine first, CancellationToken cancel)
    {
        for (var line = first; line.Kind != PktKind.Flush; line = await lines.ReadAsync(cancel))
        {
            if (line.Kind != PktKind.Data)
            {
                throw PktLineReader.Malformed("it ends before the list of references does");
            }

            AddV0(line.Data.Span);
        }

        return [.. _refs.Values];
    }

    private void AddV2(ReadOnlySpan<byte> line)
    {
        PktLineReader.ThrowIfError(line);
        if (line.StartsWith("unborn "u8))
        {
            return;
        }

        var id = IdOf(line, out var rest);
        var space = rest.IndexOf((byte)' ');
        var name = Encoding.UTF8.GetString(space < 0 ? rest : rest[..space]);
        string? target = null, peeled = null;
        while (space >= 0)
        {
            rest = rest[(space + 1)..];
            space = rest.IndexOf((byte)' ');
            var attribute = space < 0 ? rest : rest[..space];
            if (attribute.StartsWith("peeled:"u8))
            {
                peeled = Id(attribute["peeled:"u8.Length..]);
            }
            else if (attribute.StartsWith("symref-target:"u8))
            {
                target = Encoding.UTF8.GetString(attribute["symref-target:"u8.Length..]);
            }
        }

        Add(new GitRef(name, id, peeled) { SymrefTarget = target });
    }

    private void AddV0(ReadOnlySpan<byte> line)
    {
        PktLineReader.ThrowIfError(line);
        if (line.StartsWith("shallow "u8))
        {
            return;
        }

        var zero = line.IndexOf((byte)0);
        var id = IdOf(zero < 0 ? line : line[..zero], out var rest);
        if (rest.SequenceEqual("capabilities^{}"u8))
        {
            // What an empty repository says in place of a reference.
            return;
        }

        if (!rest.EndsWith("^{}"u8))
        {
            Add(new GitRef(Encoding.UTF8.GetString(rest), id));
        }
        else if (_refs.TryGetValue(Encoding.UTF8.GetString(rest[..^3]), out var tag))
        {
            _refs[tag.Name] = tag with { PeeledId = id };
        }
    }

    private void Add(GitRef reference)
    {
        if (reference.Name != "HEAD" && !RefNames.IsFullName(reference.Name))
        {
            // As git does: a name that cannot be one is passed over.
            return;
        }

        if (_refs.Count >= maxRefs)
        {
            throw new GitException(GitFailure.TooLarge, $"the repository has more than {maxRefs} references.");
        }

        _refs[reference.Name] = reference;
    }

    private static string IdOf(ReadOnlySpan<byte> line, out ReadOnlySpan<byte> rest)
    {
        if (line.Length <= IdLength + 1 || line[IdLength] != ' ')
        {
            throw PktLineReader.Malformed("a line does not begin with an object id of 40 digits and a name");
        }

        rest = line[(IdLength + 1)..];
        return Id(line[..IdLength]);
    }

    private static string Id(ReadOnlySpan<byte> digits) => digits.Length == IdLength && !digits.ContainsAnyExcept(s_hex)
        ? Encoding.ASCII.GetString(digits)
        : throw PktLineReader.Malformed("an object id is not of 40 lower-case hexadecimal digits");
}

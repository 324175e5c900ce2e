using System.Security.Cryptography;

namespace GitOpsToolkit.Signatures.Sigstore;

/// <summary>Proofs that an entry is in a Merkle tree (RFC 9162, section 2.1.3.2).</summary>
internal static class MerkleTree
{
    /// <summary>The root that an entry and its neighbours give; null where there are too many or too few of them.</summary>
    internal static byte[]? RootOf(ReadOnlySpan<byte> entry, long index, long size, IReadOnlyList<byte[]> path)
    {
        if (index < 0 || index >= size)
        {
            return null;
        }

        var hash = SHA256.HashData([0, .. entry]);
        var (node, last) = (index, size - 1);
        foreach (var neighbour in path)
        {
            if (last == 0 || neighbour.Length != SHA256.HashSizeInBytes)
            {
                return null;
            }

            if ((node & 1) == 1 || node == last)
            {
                hash = Parent(neighbour, hash);
                while ((node & 1) == 0 && node != 0)
                {
                    node >>= 1;
                    last >>= 1;
                }
            }
            else
            {
                hash = Parent(hash, neighbour);
            }

            node >>= 1;
            last >>= 1;
        }

        return last == 0 ? hash : null;
    }

    private static byte[] Parent(byte[] left, byte[] right) => SHA256.HashData([1, .. left, .. right]);
}

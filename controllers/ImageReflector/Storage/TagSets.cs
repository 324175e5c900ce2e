using System.Security.Cryptography;
using System.Text;

namespace GitOpsToolkit.Controllers.ImageReflector.Storage;

/// <summary>Makes tag sets.</summary>
internal static class TagSets
{
    /// <summary>Sorts tags in descending byte order and takes their checksum: SHA-256 of the tags, each followed by a newline.</summary>
    internal static TagSet Create(string image, IEnumerable<string> tags, DateTimeOffset scannedAt)
    {
        string[] sorted = [.. tags];
        Array.Sort(sorted, static (left, right) => string.CompareOrdinal(right, left));
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> line = stackalloc byte[1024];
        foreach (var tag in sorted)
        {
            // Tags are at most 128 characters of ASCII; a damaged file may hold others.
            var length = Encoding.UTF8.GetBytes(tag.AsSpan(0, Math.Min(tag.Length, 256)), line);
            line[length] = (byte)'\n';
            hash.AppendData(line[..(length + 1)]);
        }

        return new TagSet(image, sorted, $"sha256:{Convert.ToHexStringLower(hash.GetHashAndReset())}", scannedAt);
    }
}

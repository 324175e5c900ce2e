using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace GitOpsToolkit.Archives;

/// <summary>A content digest in the form <c>algorithm:hex</c>. SHA-256, SHA-384 and SHA-512 are known.</summary>
public sealed record Digest
{
    private Digest(string algorithm, string hex)
    {
        Algorithm = algorithm;
        Hex = hex;
    }

    /// <summary>The algorithm's name in lower case, e.g. <c>sha256</c>.</summary>
    public string Algorithm { get; }

    /// <summary>The hash in lower-case hexadecimal digits.</summary>
    public string Hex { get; }

    /// <summary>Reads <c>algorithm:hex</c>; hexadecimal digits in upper case are taken too.</summary>
    /// <exception cref="ArchiveException">The text is no digest, or its algorithm is not known.</exception>
    public static Digest Parse(string text) =>
        TryParse(text, out var digest)
            ? digest
            : throw new ArchiveException($"'{text}' is not a digest: expected sha256, sha384 or sha512, a colon, and the hash in hexadecimal digits.");

    /// <summary>Reads <c>algorithm:hex</c>; false for anything else.</summary>
    public static bool TryParse(string? text, [NotNullWhen(true)] out Digest? digest)
    {
        digest = null;
        var colon = text?.IndexOf(':') ?? -1;
        if (colon < 0)
        {
            return false;
        }

        var (algorithm, hex) = (text![..colon], text[(colon + 1)..]);
        if (hex.Length == 0 || hex.Length != HexLength(algorithm) || !hex.All(char.IsAsciiHexDigit))
        {
            return false;
        }

        digest = new Digest(algorithm, hex.ToLowerInvariant());
        return true;
    }

    /// <summary>The SHA-256 digest of <paramref name="bytes"/>.</summary>
    public static Digest Sha256(ReadOnlySpan<byte> bytes) => new("sha256", Convert.ToHexStringLower(SHA256.HashData(bytes)));

    /// <summary>The digest of everything that is left in <paramref name="stream"/>, by the named algorithm.</summary>
    /// <exception cref="ArchiveException">The algorithm is not known.</exception>
    public static async Task<Digest> ComputeAsync(Stream stream, string algorithm, CancellationToken cancel)
    {
        var name = HashNameOf(algorithm) ?? throw new ArchiveException($"Digest algorithm '{algorithm}' is not known: use sha256, sha384 or sha512.");
        return new Digest(algorithm, Convert.ToHexStringLower(await CryptographicOperations.HashDataAsync(name, stream, cancel)));
    }

    /// <summary>Whether the rest of <paramref name="stream"/> has this digest; the comparison takes the same time for every input.</summary>
    public async Task<bool> MatchesAsync(Stream stream, CancellationToken cancel)
    {
        var actual = await ComputeAsync(stream, Algorithm, cancel);
        return CryptographicOperations.FixedTimeEquals(Convert.FromHexString(Hex), Convert.FromHexString(actual.Hex));
    }

    /// <summary>The digest as <c>algorithm:hex</c>.</summary>
    public override string ToString() => $"{Algorithm}:{Hex}";

    internal static Digest Of(HashAlgorithmName algorithm, byte[] hash) =>
        new(algorithm.Name!.ToLowerInvariant(), Convert.ToHexStringLower(hash));

    internal static HashAlgorithmName? HashNameOf(string algorithm) => algorithm switch
    {
        "sha256" => HashAlgorithmName.SHA256,
        "sha384" => HashAlgorithmName.SHA384,
        "sha512" => HashAlgorithmName.SHA512,
        _ => null,
    };

    private static int HexLength(string algorithm) => algorithm switch
    {
        "sha256" => 64,
        "sha384" => 96,
        "sha512" => 128,
        _ => 0,
    };
}

using System.Text;
using Org.BouncyCastle.Bcpg;
using Org.BouncyCastle.Bcpg.OpenPgp;

namespace GitOpsToolkit.Git.Signing;

/// <summary>Signs with an OpenPGP key (RFC 9580), in this process: no agent, no key ring, no file.</summary>
internal sealed class OpenPgpSigner(PgpSecretKey key, PgpPrivateKey opened, TimeProvider time) : ICommitSigner
{
    private const int MaxLength = 1 << 20;

    /// <inheritdoc/>
    public Task<string> SignAsync(ReadOnlyMemory<byte> commit, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        if (OpenPgpKeys.Problem(key.PublicKey, time.GetUtcNow()) is { } problem)
        {
            throw new GitException(GitFailure.Other, $"cannot sign the commit: the signing key {problem}");
        }

        var generator = new PgpSignatureGenerator(key.PublicKey.Algorithm, HashAlgorithmTag.Sha512);
        generator.InitSign(PgpSignature.BinaryDocument, opened);
        var packets = new PgpSignatureSubpacketGenerator();
        packets.SetSignatureCreationTime(isCritical: false, time.GetUtcNow().UtcDateTime);
        packets.SetIssuerFingerprint(isCritical: false, key);
        generator.SetHashedSubpackets(packets.Generate());
        var unhashed = new PgpSignatureSubpacketGenerator();
        unhashed.SetIssuerKeyID(isCritical: false, key.KeyId);
        generator.SetUnhashedSubpackets(unhashed.Generate());
        generator.Update(commit.Span);

        using var output = new MemoryStream();
        using (var armor = ArmoredOutputStream.Build().ClearHeaders().Build(output))
        {
            generator.Generate().Encode(armor);
        }

        return Task.FromResult(Encoding.ASCII.GetString(output.ToArray()).ReplaceLineEndings("\n").TrimEnd('\n'));
    }

    internal static ICommitSigner Open(string armored, string? passphrase, TimeProvider time)
    {
        var ring = Read(armored);
        var key = OpenPgpKeys.ToSignWith(ring, time.GetUtcNow());
        var isProtected = key.KeyEncryptionAlgorithm != SymmetricKeyAlgorithmTag.Null;
        if (isProtected && string.IsNullOrEmpty(passphrase))
        {
            throw new FormatException("can not use passphrase protected signing key without 'passphrase' field present");
        }

        try
        {
            return new OpenPgpSigner(key, key.ExtractPrivateKeyRaw(isProtected ? Encoding.UTF8.GetBytes(passphrase!) : []), time);
        }
        catch (Exception error) when (IsUnreadable(error))
        {
            throw new FormatException(isProtected
                ? "could not decrypt private key of the signing key: the 'passphrase' does not open it, or the key is damaged"
                : $"could not read signing key: its private part is damaged ({error.Message})", error);
        }
    }

    private static PgpSecretKeyRing Read(string armored)
    {
        if (armored.Length > MaxLength)
        {
            throw new FormatException($"could not read signing key: it exceeds {MaxLength} characters");
        }

        if (armored.Contains("-----BEGIN PGP PUBLIC KEY BLOCK-----", StringComparison.Ordinal))
        {
            throw new FormatException("could not read signing key: it is a public key; give the private one, which gpg --export-secret-keys --armor writes");
        }

        if (armored.Contains("-----BEGIN PGP", StringComparison.Ordinal) && !armored.Contains("-----END PGP", StringComparison.Ordinal))
        {
            throw new FormatException("could not read signing key: its end is missing; give what gpg --export-secret-keys --armor writes, whole");
        }

        List<PgpSecretKeyRing> rings;
        try
        {
            using var text = new MemoryStream(Encoding.UTF8.GetBytes(armored.Trim() + "\n"));
            using var decoded = PgpUtilities.GetDecoderStream(text);
            rings = [.. new PgpSecretKeyRingBundle(decoded).GetKeyRings()];
        }
        catch (Exception error) when (IsUnreadable(error))
        {
            throw new FormatException($"could not read signing key: {error.Message}; give what gpg --export-secret-keys --armor writes, whole", error);
        }

        return rings.Count switch
        {
            1 => rings[0],
            0 => throw new FormatException("could not read signing key: it holds no private key; give what gpg --export-secret-keys --armor writes"),
            _ => throw new FormatException("multiple entities read, could not determine which signing key to use; give one key alone"),
        };
    }

    /// <summary>The library has no exception of its own for all that can be wrong with what it parses.</summary>
    private static bool IsUnreadable(Exception error) => error is not (OutOfMemoryException or OperationCanceledException);
}

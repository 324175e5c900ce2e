using System.Globalization;
using Org.BouncyCastle.Bcpg;
using Org.BouncyCastle.Bcpg.OpenPgp;

namespace GitOpsToolkit.Git.Signing;

/// <summary>Which key of an OpenPGP key ring signs.</summary>
internal static class OpenPgpKeys
{
    /// <summary>The newest subkey that may sign and has its private part, else the primary key.</summary>
    /// <exception cref="FormatException">None may sign; the message says of each one why.</exception>
    public static PgpSecretKey ToSignWith(PgpSecretKeyRing ring, DateTimeOffset now)
    {
        var keys = ring.GetSecretKeys().ToList();
        if (Problem(ring.GetPublicKey(), now) is { } whole)
        {
            // What becomes of the primary key becomes of all of it.
            throw new FormatException($"the signing key {whole}");
        }

        var able = keys.Where(key => MaySign(key.PublicKey)).ToList();
        return able.Where(key => !key.IsPrivateKeyEmpty && Problem(key.PublicKey, now) is null)
            .OrderBy(key => key.IsMasterKey).ThenByDescending(key => key.PublicKey.CreationTime).FirstOrDefault()
            ?? throw new FormatException(able.Count == 0
                ? "the signing key has no part that may sign: make one with the usage sign"
                : "the signing key cannot sign: " + string.Join("; ", able.Select(key => $"{Name(key.PublicKey)} {Problem(key.PublicKey, now) ?? "is without its private part"}")));
    }

    /// <summary>Why a key is not valid any more; null where it is.</summary>
    public static string? Problem(PgpPublicKey key, DateTimeOffset now)
    {
        if (key.HasRevocation())
        {
            return "is revoked";
        }

        var seconds = key.GetValidSeconds();
        var end = new DateTimeOffset(DateTime.SpecifyKind(key.CreationTime, DateTimeKind.Utc)).AddSeconds(seconds);
        return seconds > 0 && end <= now
            ? string.Create(CultureInfo.InvariantCulture, $"expired at {end:yyyy-MM-ddTHH:mm:ssZ}; extend it, or give another one")
            : null;
    }

    /// <summary>What the key's own signatures say of its usage; an old key that says nothing may do what its algorithm can.</summary>
    private static bool MaySign(PgpPublicKey key)
    {
        var flags = key.GetSignatures()
            .Where(signature => signature.SignatureType is PgpSignature.SubkeyBinding or PgpSignature.DirectKey
                or PgpSignature.DefaultCertification or PgpSignature.PositiveCertification or PgpSignature.CasualCertification or PgpSignature.NoCertification)
            .OrderByDescending(signature => signature.CreationTime)
            .Select(signature => signature.GetHashedSubPackets()?.GetKeyFlags() ?? 0)
            .FirstOrDefault(found => found != 0);
        return flags == 0
            ? key.Algorithm is PublicKeyAlgorithmTag.RsaGeneral or PublicKeyAlgorithmTag.RsaSign or PublicKeyAlgorithmTag.Dsa
                or PublicKeyAlgorithmTag.ECDsa or PublicKeyAlgorithmTag.EdDsa_Legacy or PublicKeyAlgorithmTag.Ed25519
            : (flags & PgpKeyFlags.CanSign) != 0;
    }

    private static string Name(PgpPublicKey key) => $"key {Convert.ToHexString(key.GetFingerprint())}";
}

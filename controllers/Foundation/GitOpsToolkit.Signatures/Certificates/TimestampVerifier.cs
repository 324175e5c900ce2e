using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.Pkcs;

namespace GitOpsToolkit.Signatures.Certificates;

/// <summary>Reads what timestamp authorities say (RFC 3161), and believes those that are trusted.</summary>
internal static class TimestampVerifier
{
    private const string TimeStamping = "1.3.6.1.5.5.7.3.8";

    /// <summary>When a signature was there, by a timestamp over it.</summary>
    /// <param name="response">A response or the token alone, DER.</param>
    /// <param name="signature">What was stamped.</param>
    /// <param name="authorities">Who is trusted.</param>
    /// <exception cref="SignatureException">The timestamp is by nobody who is trusted, is about something else, or does not hold.</exception>
    internal static DateTimeOffset Verify(byte[] response, ReadOnlySpan<byte> signature, IReadOnlyList<CertificateAuthority> authorities)
    {
        try
        {
            if (!Rfc3161TimestampToken.TryDecode(TokenOf(response), out var token, out _))
            {
                throw SignatureException.Invalid("a timestamp cannot be read");
            }

            var time = token.TokenInfo.Timestamp;
            foreach (var authority in authorities)
            {
                if (token.VerifySignatureForData(signature, out var signer, [.. authority.Certificates]) && signer is not null
                    && authority.FindIssuer(signer, [], TimeStamping, time, out _) is not null)
                {
                    return time;
                }
            }
        }
        catch (Exception error) when (error is CryptographicException or AsnContentException)
        {
            throw SignatureException.Invalid($"a timestamp cannot be read: {error.Message}", error);
        }

        throw SignatureException.Invalid("a timestamp is by no authority that is trusted, or is not about the signature");
    }

    /// <summary>The token in a response, which begins with a status; a token begins with its kind.</summary>
    private static ReadOnlyMemory<byte> TokenOf(byte[] response)
    {
        var body = new AsnReader(response, AsnEncodingRules.BER).ReadSequence();
        if (body.PeekTag().HasSameClassAndValue(Asn1Tag.ObjectIdentifier))
        {
            return response;
        }

        body.ReadSequence();
        return body.HasData ? body.ReadEncodedValue() : throw SignatureException.Invalid("a timestamp was refused by its authority");
    }
}

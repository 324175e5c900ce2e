using System.Formats.Cbor;
using System.Security.Cryptography;
using System.Security.Cryptography.Cose;
using System.Security.Cryptography.X509Certificates;
using GitOpsToolkit.Signatures.Certificates;

namespace GitOpsToolkit.Signatures.Notation;

/// <summary>Reads COSE_Sign1 envelopes and verifies their signature by their own first certificate.</summary>
internal sealed class CoseEnvelope(SignatureLimits limits)
{
    private const string What = "the COSE envelope";
    private const int MostHeaders = 16;

    private static readonly CoseHeaderLabel Certificates = new(33);

    /// <exception cref="SignatureException">It cannot be read, or the signature does not hold.</exception>
    internal NotationEnvelope Open(byte[] envelope)
    {
        try
        {
            return Read(CoseMessage.DecodeSign1(envelope));
        }
        catch (Exception error) when (error is CryptographicException or CborContentException or InvalidOperationException or ArgumentException)
        {
            throw SignatureException.Invalid($"{What} cannot be read: {error.Message}", error);
        }
    }

    private NotationEnvelope Read(CoseSign1Message message)
    {
        var head = message.ProtectedHeaders;
        var chain = ChainOf(message.UnprotectedHeaders);
        var algorithm = NotationAlgorithm.Of(chain[0]);
        if (!head.TryGetValue(CoseHeaderLabel.Algorithm, out var named) || Reader(named).ReadInt32() != algorithm.Cose)
        {
            throw SignatureException.Invalid($"{What} names another algorithm than {algorithm.Jose}, for which the certificate's key is");
        }

        CheckHeaders(head);
        if (message.Content is not { } payload || !Verify(message, chain[0]))
        {
            throw SignatureException.Invalid("the signature is not by the key of its certificate");
        }

        return new NotationEnvelope
        {
            Payload = payload.ToArray(),
            Signature = message.Signature.ToArray(),
            Chain = chain,
            Scheme = TextOf(head, new CoseHeaderLabel(NotationTypes.SigningScheme)) ?? throw SignatureException.Invalid($"{What} has no signing scheme"),
            AuthenticTime = TimeOf(head, NotationTypes.AuthenticSigningTime),
            Expiry = TimeOf(head, NotationTypes.Expiry),
            Timestamp = message.UnprotectedHeaders.TryGetValue(new CoseHeaderLabel(NotationTypes.Timestamp), out var token)
                ? Reader(token).ReadByteString()
                : null,
        };
    }

    private static bool Verify(CoseSign1Message message, X509Certificate2 certificate)
    {
        using AsymmetricAlgorithm key = (AsymmetricAlgorithm?)certificate.GetRSAPublicKey() ?? certificate.GetECDsaPublicKey()!;
        return message.VerifyEmbedded(key);
    }

    private X509Certificate2[] ChainOf(CoseHeaderMap headers)
    {
        if (!headers.TryGetValue(Certificates, out var value))
        {
            throw SignatureException.Invalid($"{What} has no certificates");
        }

        var reader = Reader(value);
        if (reader.PeekState() == CborReaderState.ByteString)
        {
            return [CertificateAuthority.Load(reader.ReadByteString(), "a certificate of the envelope")];
        }

        List<X509Certificate2> chain = [];
        reader.ReadStartArray();
        while (reader.PeekState() != CborReaderState.EndArray)
        {
            chain.Add(chain.Count < limits.MaxChain
                ? CertificateAuthority.Load(reader.ReadByteString(), "a certificate of the envelope")
                : throw SignatureException.Invalid($"{What} has more than {limits.MaxChain} certificates"));
        }

        return chain.Count > 0 ? [.. chain] : throw SignatureException.Invalid($"{What} has no certificates");
    }

    private static void CheckHeaders(CoseHeaderMap head)
    {
        var type = TextOf(head, CoseHeaderLabel.ContentType);
        if (type != NotationTypes.Payload)
        {
            throw SignatureException.Invalid($"{What}: the content is a '{type}'; '{NotationTypes.Payload}' is expected");
        }

        if (!head.TryGetValue(CoseHeaderLabel.CriticalHeaders, out var value))
        {
            throw SignatureException.Invalid($"{What} does not mark {NotationTypes.SigningScheme} as critical");
        }

        var reader = Reader(value);
        var marked = false;
        reader.ReadStartArray();
        for (var count = 0; reader.PeekState() != CborReaderState.EndArray; count++)
        {
            // Numbers stand for headers that COSE itself defines; none of them needs to be marked here.
            var name = reader.PeekState() == CborReaderState.TextString && count < MostHeaders ? reader.ReadTextString() : null;
            if (name is null || !NotationTypes.IsUnderstood(name))
            {
                throw SignatureException.Invalid($"{What} demands that '{name}' is understood, which it is not (is it for a plugin?)");
            }

            marked |= name == NotationTypes.SigningScheme;
        }

        if (!marked)
        {
            throw SignatureException.Invalid($"{What} does not mark {NotationTypes.SigningScheme} as critical");
        }
    }

    private static string? TextOf(CoseHeaderMap head, CoseHeaderLabel label) =>
        head.TryGetValue(label, out var value) ? Reader(value).ReadTextString() : null;

    private static DateTimeOffset? TimeOf(CoseHeaderMap head, string name) =>
        head.TryGetValue(new CoseHeaderLabel(name), out var value) ? Reader(value).ReadUnixTimeSeconds() : null;

    private static CborReader Reader(CoseHeaderValue value) => new(value.EncodedValue);
}

using System.Buffers.Binary;
using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace GitOpsToolkit.Signatures.Sigstore;

/// <summary>Verifies that a certificate log promised to show a certificate (RFC 6962, section 3): the timestamps that are embedded in it.</summary>
internal static class CertificateTimestamps
{
    private const string TimestampList = "1.3.6.1.4.1.11129.2.4.2";
    private const int MostTimestamps = 16;
    private const int LogIdLength = 32;
    private const int HeadLength = 1 + LogIdLength + 8;

    /// <summary>Whether one of the embedded timestamps is by a log that is trusted.</summary>
    internal static bool Verify(X509Certificate2 certificate, X509Certificate2 issuer, IReadOnlyList<TrustedLog> logs)
    {
        if (certificate.Extensions[TimestampList] is not { } extension)
        {
            return false;
        }

        try
        {
            ReadOnlySpan<byte> list = new AsnReader(extension.RawData, AsnEncodingRules.DER).ReadOctetString();
            var issuerKey = SHA256.HashData(issuer.PublicKey.ExportSubjectPublicKeyInfo());
            var bare = WithoutTimestamps(certificate.RawData);
            var rest = Vector(ref list);
            for (var count = 0; rest.Length > 0 && count < MostTimestamps; count++)
            {
                if (IsBy(logs, Vector(ref rest), issuerKey, bare))
                {
                    return true;
                }
            }

            return false;
        }
        catch (Exception error) when (error is AsnContentException or ArgumentOutOfRangeException)
        {
            throw SignatureException.Invalid("the certificate's log timestamps cannot be read", error);
        }
    }

    private static bool IsBy(IReadOnlyList<TrustedLog> logs, ReadOnlySpan<byte> timestamp, byte[] issuerKey, byte[] bare)
    {
        // Version 1 is written as 0.
        var head = timestamp[..HeadLength];
        if (head[0] != 0)
        {
            return false;
        }

        var rest = timestamp[HeadLength..];
        var extensions = Vector(ref rest);
        var id = Convert.ToHexStringLower(head.Slice(1, LogIdLength));
        var milliseconds = BinaryPrimitives.ReadUInt64BigEndian(head[(1 + LogIdLength)..]);
        if (milliseconds > (ulong)DateTimeOffset.MaxValue.ToUnixTimeMilliseconds())
        {
            return false;
        }

        // The two bytes that name hash and signature choose nothing: the key does.
        rest = rest[2..];
        var signature = Vector(ref rest);
        var time = DateTimeOffset.FromUnixTimeMilliseconds((long)milliseconds);
        byte[] signed =
        [
            0, 0, .. head[(1 + LogIdLength)..], 0, 1, .. issuerKey,
            (byte)(bare.Length >> 16), (byte)(bare.Length >> 8), (byte)bare.Length, .. bare,
            (byte)(extensions.Length >> 8), (byte)extensions.Length, .. extensions,
        ];
        foreach (var log in logs)
        {
            if (log.Id == id && log.Validity.Holds(time) && log.Key.Verify(signed, signature))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Takes what a length of two bytes says off the front.</summary>
    private static ReadOnlySpan<byte> Vector(ref ReadOnlySpan<byte> data)
    {
        var length = BinaryPrimitives.ReadUInt16BigEndian(data);
        var taken = data.Slice(2, length);
        data = data[(2 + length)..];
        return taken;
    }

    /// <summary>The certificate as the log saw it: what is signed, less the timestamps.</summary>
    private static byte[] WithoutTimestamps(byte[] certificate)
    {
        var signed = new AsnReader(certificate, AsnEncodingRules.DER).ReadSequence().ReadSequence();
        var extensionsTag = new Asn1Tag(TagClass.ContextSpecific, 3);
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            while (signed.HasData)
            {
                if (!signed.PeekTag().HasSameClassAndValue(extensionsTag))
                {
                    writer.WriteEncodedValue(signed.ReadEncodedValue().Span);
                    continue;
                }

                var extensions = signed.ReadSequence(extensionsTag).ReadSequence();
                using (writer.PushSequence(extensionsTag))
                using (writer.PushSequence())
                {
                    while (extensions.HasData)
                    {
                        var extension = extensions.ReadEncodedValue();
                        if (new AsnReader(extension, AsnEncodingRules.DER).ReadSequence().ReadObjectIdentifier() != TimestampList)
                        {
                            writer.WriteEncodedValue(extension.Span);
                        }
                    }
                }
            }
        }

        return writer.Encode();
    }
}

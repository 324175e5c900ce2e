using System.Formats.Asn1;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace GitOpsToolkit.Signatures.Sigstore;

/// <summary>Who a certificate of Fulcio is for: who vouched for them, and their names.</summary>
/// <param name="Issuer">The issuer of the identity token.</param>
/// <param name="Subjects">Mail addresses, URIs and other names; one in practice.</param>
public sealed record SignerIdentity(string Issuer, IReadOnlyList<string> Subjects)
{
    private const string AlternativeNames = "2.5.29.17";
    private const string IssuerText = "1.3.6.1.4.1.57264.1.8";
    private const string OlderIssuer = "1.3.6.1.4.1.57264.1.1";
    private const string OtherName = "1.3.6.1.4.1.57264.1.7";
    private const int MostNames = 16;

    /// <inheritdoc/>
    public override string ToString() => $"{string.Join(", ", Subjects)} (issuer {Issuer})";

    /// <exception cref="SignatureException">The certificate names nobody.</exception>
    internal static SignerIdentity Of(X509Certificate2 certificate)
    {
        try
        {
            var issuer = certificate.Extensions[IssuerText] is { } text
                ? new AsnReader(text.RawData, AsnEncodingRules.DER).ReadCharacterString(UniversalTagNumber.UTF8String)
                : certificate.Extensions[OlderIssuer] is { } older ? Encoding.UTF8.GetString(older.RawData) : "";
            var subjects = certificate.Extensions[AlternativeNames] is { } names ? NamesOf(names.RawData) : [];
            return issuer.Length > 0 && subjects.Count > 0
                ? new SignerIdentity(issuer, subjects)
                : throw SignatureException.Invalid("its certificate names no issuer of identities, or no subject");
        }
        catch (AsnContentException error)
        {
            throw SignatureException.Invalid("the names in its certificate cannot be read", error);
        }
    }

    private static List<string> NamesOf(byte[] extension)
    {
        List<string> names = [];
        var list = new AsnReader(extension, AsnEncodingRules.DER).ReadSequence();
        while (list.HasData && names.Count < MostNames)
        {
            var tag = list.PeekTag();
            switch (tag.TagClass == TagClass.ContextSpecific ? tag.TagValue : -1)
            {
                case 1 or 6:
                    names.Add(list.ReadCharacterString(UniversalTagNumber.IA5String, tag));
                    break;
                case 0:
                    var other = list.ReadSequence(tag);
                    if (other.ReadObjectIdentifier() == OtherName)
                    {
                        names.Add(other.ReadSequence(new Asn1Tag(TagClass.ContextSpecific, 0)).ReadCharacterString(UniversalTagNumber.UTF8String));
                    }

                    break;
                default:
                    list.ReadEncodedValue();
                    break;
            }
        }

        return names;
    }
}

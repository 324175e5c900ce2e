using System.Buffers.Text;
using System.Globalization;
using System.Text;
using System.Text.Json;
using GitOpsToolkit.Signatures.Certificates;
using GitOpsToolkit.Signatures.Formats;

namespace GitOpsToolkit.Signatures.Notation;

/// <summary>Reads JWS envelopes in the flattened form and verifies their signature by their own first certificate.</summary>
internal sealed class JwsEnvelope(SignatureLimits limits)
{
    private const string What = "the JWS envelope";
    private const string Head = "the JWS envelope's protected header";
    private const int MostHeaders = 16;

    private static readonly string[] Known =
    [
        "alg", "cty", "crit", NotationTypes.SigningScheme, NotationTypes.SigningTime, NotationTypes.AuthenticSigningTime, NotationTypes.Expiry,
    ];

    /// <exception cref="SignatureException">It cannot be read, or the signature does not hold.</exception>
    internal NotationEnvelope Open(byte[] envelope)
    {
        using var document = Json.Parse(envelope, What, limits);
        var root = document.RootElement;
        var (header, payload) = (root.Text("protected", What), root.Text("payload", What));
        var signature = Decode(root.Text("signature", What));
        var unprotected = root.Member("header", What);
        var chain = unprotected.Items("x5c", What, limits.MaxChain).Select(item => item.ValueKind == JsonValueKind.String
            ? CertificateAuthority.Load(Json.Base64(item.GetString()!, "a certificate of the envelope"), "a certificate of the envelope")
            : throw SignatureException.Invalid("a certificate of the envelope is no text")).ToArray();
        if (chain.Length == 0)
        {
            throw SignatureException.Invalid($"{What} has no certificates");
        }

        using var fields = Json.Parse(Decode(header), Head, limits);
        var head = fields.RootElement;
        var algorithm = NotationAlgorithm.Of(chain[0]);
        if (head.Text("alg", Head) != algorithm.Jose)
        {
            throw SignatureException.Invalid($"{Head} says {head.Text("alg", Head)}, the certificate's key is for {algorithm.Jose}");
        }

        CheckHeaders(head);
        if (!algorithm.Verify(chain[0], Encoding.ASCII.GetBytes($"{header}.{payload}"), signature))
        {
            throw SignatureException.Invalid("the signature is not by the key of its certificate");
        }

        return new NotationEnvelope
        {
            Payload = Decode(payload),
            Signature = signature,
            Chain = chain,
            Scheme = head.Text(NotationTypes.SigningScheme, Head),
            AuthenticTime = TimeOf(head, NotationTypes.AuthenticSigningTime),
            Expiry = TimeOf(head, NotationTypes.Expiry),
            Timestamp = unprotected.FindBytes(NotationTypes.Timestamp, What),
        };
    }

    private static void CheckHeaders(JsonElement head)
    {
        if (head.Text("cty", Head) != NotationTypes.Payload)
        {
            throw SignatureException.Invalid($"{Head}: the content is a '{head.Text("cty", Head)}'; '{NotationTypes.Payload}' is expected");
        }

        var critical = head.Items("crit", Head, MostHeaders).Select(item => item.ValueKind == JsonValueKind.String ? item.GetString()! : "").ToArray();
        var foreign = critical.FirstOrDefault(name => !NotationTypes.IsUnderstood(name) || head.Find(name) is null)
            ?? head.EnumerateObject().Select(field => field.Name).FirstOrDefault(name =>
                !Known.Contains(name, StringComparer.Ordinal) && critical.Contains(name, StringComparer.Ordinal));
        if (foreign is not null)
        {
            throw SignatureException.Invalid($"{Head} demands that '{foreign}' is understood, which it is not (is it for a plugin?)");
        }

        if (!critical.Contains(NotationTypes.SigningScheme, StringComparer.Ordinal))
        {
            throw SignatureException.Invalid($"{Head} does not mark {NotationTypes.SigningScheme} as critical");
        }
    }

    private static DateTimeOffset? TimeOf(JsonElement head, string name) => head.FindText(name, Head) switch
    {
        null => null,
        var text when DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) => time,
        var text => throw SignatureException.Invalid($"{Head}: {name} '{text}' is no time"),
    };

    private static byte[] Decode(string text)
    {
        try
        {
            return Base64Url.DecodeFromChars(text);
        }
        catch (FormatException error)
        {
            throw SignatureException.Invalid($"a part of {What} is not base64url", error);
        }
    }
}

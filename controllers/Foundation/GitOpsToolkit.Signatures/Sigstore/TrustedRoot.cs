using System.Security.Cryptography;
using System.Text.Json;
using GitOpsToolkit.Signatures.Certificates;
using GitOpsToolkit.Signatures.Formats;
using GitOpsToolkit.Signatures.Keys;

namespace GitOpsToolkit.Signatures.Sigstore;

/// <summary>
/// What an instance of sigstore is trusted by: certificate authorities (Fulcio), transparency logs (Rekor), certificate logs and timestamp
/// authorities, as <c>trusted_root.json</c> has them (protobuf-specs, TrustedRoot 0.1 and 0.2).
/// </summary>
public sealed class TrustedRoot
{
    private const int MostBytes = 1 << 20;
    private const int MostItems = 64;
    private const string What = "trusted_root.json";

    private static readonly SignatureLimits Limits = new();
    private static readonly Lazy<TrustedRoot> PublicGood = new(ReadPublicGood);

    private TrustedRoot(string fingerprint) => Fingerprint = fingerprint;

    /// <summary>The public instance, as of this release; keys that it takes up later are not in it.</summary>
    public static TrustedRoot Public => PublicGood.Value;

    /// <summary>The SHA-256 of the file, in hexadecimal digits.</summary>
    public string Fingerprint { get; }

    internal IReadOnlyList<TrustedLog> Logs { get; private init; } = [];

    internal IReadOnlyList<TrustedLog> CertificateLogs { get; private init; } = [];

    internal IReadOnlyList<CertificateAuthority> Authorities { get; private init; } = [];

    internal IReadOnlyList<CertificateAuthority> TimestampAuthorities { get; private init; } = [];

    /// <summary>Reads a <c>trusted_root.json</c>.</summary>
    /// <param name="json">The file.</param>
    /// <exception cref="TrustException">It cannot be read, or trusts nobody.</exception>
    public static TrustedRoot Parse(ReadOnlyMemory<byte> json)
    {
        try
        {
            if (json.Length > MostBytes)
            {
                throw SignatureException.Invalid($"{What} has {json.Length} bytes, at most {MostBytes} are read");
            }

            using var document = Json.Parse(json, What, Limits);
            var root = document.RootElement;
            var read = new TrustedRoot(Convert.ToHexStringLower(SHA256.HashData(json.Span)))
            {
                Logs = LogsOf(root, "tlogs"),
                CertificateLogs = LogsOf(root, "ctlogs"),
                Authorities = AuthoritiesOf(root, "certificateAuthorities"),
                TimestampAuthorities = AuthoritiesOf(root, "timestampAuthorities"),
            };
            return read.Authorities.Count == 0 ? throw SignatureException.Invalid($"{What} has no certificateAuthorities")
                : read.Logs.Count == 0 && read.TimestampAuthorities.Count == 0
                    ? throw SignatureException.Invalid($"{What} has neither tlogs nor timestampAuthorities: nothing would tell when a signature was made")
                    : read;
        }
        catch (SignatureException error)
        {
            throw new TrustException(error.Message, error);
        }
    }

    private static IReadOnlyList<TrustedLog> LogsOf(JsonElement root, string name)
    {
        List<TrustedLog> logs = [];
        foreach (var item in root.Items(name, What, MostItems))
        {
            var what = $"{name} of {What}";
            var key = item.Member("publicKey", what);
            var id = Convert.ToHexStringLower(item.Member("logId", what).Bytes("keyId", what));
            try
            {
                logs.Add(new TrustedLog(id, VerificationKey.FromInfo(key.Bytes("rawBytes", what)), Validity.Read(key, what)));
            }
            catch (TrustException)
            {
                // A log whose kind of key we do not verify with vouches for nothing here; the others do.
            }
        }

        return logs;
    }

    private static IReadOnlyList<CertificateAuthority> AuthoritiesOf(JsonElement root, string name) =>
        [.. root.Items(name, What, MostItems).Select(item =>
        {
            var what = $"{name} of {What}";
            var certificates = item.Member("certChain", what).Items("certificates", what, Limits.MaxChain)
                .Select(certificate => CertificateAuthority.Load(certificate.Bytes("rawBytes", what), $"a certificate of {what}"));
            return new CertificateAuthority([.. certificates], Validity.Read(item, what));
        })];

    private static TrustedRoot ReadPublicGood()
    {
        using var stream = typeof(TrustedRoot).Assembly.GetManifestResourceStream("public_good.trusted_root.json")!;
        using var memory = new MemoryStream();
        stream.CopyTo(memory);
        return Parse(memory.ToArray());
    }
}

/// <summary>A log that is trusted.</summary>
/// <param name="Id">By what it is named in entries; hexadecimal digits.</param>
/// <param name="Key">Its key.</param>
/// <param name="Validity">When the key was its key.</param>
internal sealed record TrustedLog(string Id, VerificationKey Key, Validity Validity);

using System.Text;
using GitOpsToolkit.Api.Meta;
using GitOpsToolkit.Controllers.ImageReflector.Access;
using GitOpsToolkit.Kubernetes;
using GitOpsToolkit.Reconciling;
using GitOpsToolkit.Signatures;
using GitOpsToolkit.Signatures.Cosign;
using GitOpsToolkit.Signatures.Keys;
using GitOpsToolkit.Signatures.Notation;
using GitOpsToolkit.Signatures.Sigstore;

namespace GitOpsToolkit.Controllers.ImageReflector.Policies.Signatures;

/// <summary>Makes verifiers of what Secrets hold; read anew each time, so that a key that was taken out counts no longer.</summary>
internal sealed class VerifierSource(KubeClient client, TimeProvider time)
{
    private const int MostKeys = 32;
    private const string TrustPolicyFile = "trustpolicy.json";
    private const string TrustedRootFile = "trusted_root.json";

    private readonly SecretReader secrets = new(client);

    /// <summary>The verifier, or the fault that keeps from it.</summary>
    /// <param name="request">What is asked for.</param>
    /// <param name="namespace">Where the Secrets are: the policy's namespace.</param>
    /// <param name="cancellation">Gives up.</param>
    internal async Task<(ISignatureVerifier? Verifier, Fault? Fault)> MakeAsync(
        VerifyRequest request, string @namespace, CancellationToken cancellation)
    {
        if ((request.Secret ?? request.TrustedRootSecret) is not { } name)
        {
            return (Keyless(request, TrustedRoot.Public), null);
        }

        var (data, problem) = await secrets.ReadAsync(@namespace, name, cancellation);
        try
        {
            return data is null ? (null, Wrong(problem!)) : (Make(request, data), null);
        }
        catch (TrustException error)
        {
            return (null, Wrong($"secret '{@namespace}/{name}' {error.Message}"));
        }
    }

    private ISignatureVerifier Make(VerifyRequest request, IReadOnlyDictionary<string, byte[]> data) => request switch
    {
        { Provider: VerifyRequest.Notation } => NotationOf(data),
        { Secret: not null } => new CosignKeyVerifier(KeysOf(data)),
        _ => Keyless(request, RootOf(data)),
    };

    private static CosignKeylessVerifier Keyless(VerifyRequest request, TrustedRoot root) =>
        new(root, [.. request.Identities.Select(one => new TrustedIdentity($"{one.IssuerPattern}\n{one.SubjectPattern}", one.Matches))]);

    private NotationVerifier NotationOf(IReadOnlyDictionary<string, byte[]> data)
    {
        var certificates = data.Where(entry => entry.Key.EndsWith(".crt", StringComparison.Ordinal) || entry.Key.EndsWith(".pem", StringComparison.Ordinal));
        return data.TryGetValue(TrustPolicyFile, out var policy)
            ? new NotationVerifier(policy, [.. certificates.OrderBy(entry => entry.Key, StringComparer.Ordinal)], time)
            : throw new TrustException($"has no key '{TrustPolicyFile}'");
    }

    private static TrustedRoot RootOf(IReadOnlyDictionary<string, byte[]> data) => data.TryGetValue(TrustedRootFile, out var file)
        ? Named(TrustedRootFile, () => TrustedRoot.Parse(file))
        : throw new TrustException($"has no key '{TrustedRootFile}'");

    private static Fault Wrong(string why) => new(Reasons.VerificationError, $"cannot verify signatures: {why}");

    private static NamedKey[] KeysOf(IReadOnlyDictionary<string, byte[]> data)
    {
        var files = data.Where(entry => entry.Key.EndsWith(".pub", StringComparison.Ordinal)).OrderBy(entry => entry.Key, StringComparer.Ordinal).ToArray();
        return files.Length switch
        {
            0 => throw new TrustException("has no public key: none of its keys ends in .pub"),
            > MostKeys => throw new TrustException($"has {files.Length} public keys; at most {MostKeys} are used"),
            _ => [.. files.Select(file => Named(file.Key, () => new NamedKey(file.Key, VerificationKey.FromPem(Encoding.UTF8.GetString(file.Value)))))],
        };
    }

    private static T Named<T>(string file, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (TrustException error)
        {
            throw new TrustException($"key '{file}' {error.Message}", error);
        }
    }
}

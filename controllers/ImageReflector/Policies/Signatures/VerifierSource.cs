using System.Text;
using GitOpsToolkit.Api.Meta;
using GitOpsToolkit.Controllers.ImageReflector.Access;
using GitOpsToolkit.Kubernetes;
using GitOpsToolkit.Reconciling;
using GitOpsToolkit.Signatures;
using GitOpsToolkit.Signatures.Cosign;
using GitOpsToolkit.Signatures.Keys;

namespace GitOpsToolkit.Controllers.ImageReflector.Policies.Signatures;

/// <summary>Makes verifiers of what Secrets hold; read anew each time, so that a key that was taken out counts no longer.</summary>
internal sealed class VerifierSource(KubeClient client)
{
    private const int MostKeys = 32;

    private readonly SecretReader secrets = new(client);

    /// <summary>The verifier, or the fault that keeps from it.</summary>
    /// <param name="request">What is asked for.</param>
    /// <param name="namespace">Where the Secrets are: the policy's namespace.</param>
    /// <param name="cancellation">Gives up.</param>
    internal async Task<(ISignatureVerifier? Verifier, Fault? Fault)> MakeAsync(
        VerifyRequest request, string @namespace, CancellationToken cancellation)
    {
        if (request.Provider != VerifyRequest.Cosign || request.Secret is not { } name)
        {
            return (null, Wrong("only cosign signatures by public keys (secretRef) are verified yet"));
        }

        var (data, problem) = await secrets.ReadAsync(@namespace, name, cancellation);
        try
        {
            return data is null
                ? (null, Wrong(problem!))
                : (new CosignKeyVerifier(KeysOf(data)), null);
        }
        catch (TrustException error)
        {
            return (null, Wrong($"secret '{@namespace}/{name}' {error.Message}"));
        }
    }

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

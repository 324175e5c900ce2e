using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using GitOpsToolkit.Api.Image.V1;
using GitOpsToolkit.Git;
using GitOpsToolkit.Git.Signing;
using GitOpsToolkit.Kubernetes;

namespace GitOpsToolkit.Controllers.ImageAutomation.Sources;

/// <summary>
/// The keys that commits are signed with, as Flux's secrets hold them. An opened key is kept until its secret changes: opening one that has a
/// passphrase takes a good part of a second, and every run asks for it.
/// </summary>
internal sealed class SigningKeys(GitSecretReader secrets, CommitSigners signers)
{
    private const int Capacity = 1000;

    private readonly ConcurrentDictionary<(ObjectKey Secret, string Type), (string Digest, ICommitSigner Signer)> _opened = new();

    /// <summary>Opens the key of a secret.</summary>
    /// <param name="namespace">The automation's namespace, which the secret must be in.</param>
    /// <param name="key">Which secret, and of which kind.</param>
    /// <param name="cancellation">Stops the work.</param>
    /// <exception cref="FormatException">What is wrong with the secret; holds no value of it.</exception>
    /// <exception cref="ApiException">The API server refuses.</exception>
    /// <exception cref="GitException">The key cannot be opened here.</exception>
    public async Task<ICommitSigner> OpenAsync(string @namespace, SigningKey key, CancellationToken cancellation)
    {
        var secret = new ObjectKey(@namespace, key.SecretRef.Name);
        var isSsh = key.Type == "ssh";
        var (keyName, passphraseName) = isSsh ? ("identity", "password") : ("git.asc", "passphrase");
        var data = await ReadAsync(secret, cancellation);
        if (data.GetValueOrDefault(keyName) is not { Length: > 0 } text)
        {
            throw new FormatException($"signing key secret '{secret}' does not contain a '{keyName}' key");
        }

        var passphrase = data.GetValueOrDefault(passphraseName) is { Length: > 0 } given ? given : null;
        var digest = Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes($"{text.Length}:{text}{passphrase?.Length ?? -1}:{passphrase}")));
        var place = (secret, isSsh ? "ssh" : "gpg");
        if (_opened.TryGetValue(place, out var known) && known.Digest == digest)
        {
            return known.Signer;
        }

        try
        {
            var signer = isSsh ? await signers.SshAsync(text, passphrase, cancellation) : signers.OpenPgp(text, passphrase);
            if (_opened.Count >= Capacity)
            {
                _opened.Clear();
            }

            _opened[place] = (digest, signer);
            return signer;
        }
        catch (FormatException error)
        {
            throw new FormatException($"signing key secret '{secret}': {error.Message}", error);
        }
    }

    private async Task<IReadOnlyDictionary<string, string>> ReadAsync(ObjectKey secret, CancellationToken cancellation)
    {
        try
        {
            return await secrets.DataAsync(secret.Namespace, secret.Name, cancellation);
        }
        catch (FormatException error)
        {
            throw new FormatException($"could not find signing key secret '{secret}': {error.Message}", error);
        }
    }
}

namespace GitOpsToolkit.Git.Signing;

/// <summary>Opens the private keys that commits are signed with. What is wrong with a key is told here, not when there is something to sign.</summary>
/// <param name="scratchFolder">Holds keys, readable to us alone, while ssh-keygen needs them; made where it is missing.</param>
/// <param name="time">The clock of deadlines and of keys that expire.</param>
public sealed class CommitSigners(string scratchFolder, TimeProvider time)
{
    /// <summary>Opens an OpenPGP key.</summary>
    /// <param name="armored">One armoured secret key, as <c>gpg --export-secret-keys --armor</c> writes it.</param>
    /// <param name="passphrase">Opens it; null where it is not protected.</param>
    /// <exception cref="FormatException">What is wrong with the key or the passphrase; holds nothing of either.</exception>
    public ICommitSigner OpenPgp(string armored, string? passphrase) => OpenPgpSigner.Open(armored, passphrase, time);

    /// <summary>Opens an SSH key: RSA of 2048 bits or more, ECDSA or Ed25519, in any form that OpenSSH reads.</summary>
    /// <param name="identity">The private key.</param>
    /// <param name="passphrase">Opens it; null where it is not protected.</param>
    /// <param name="cancel">Stops the work.</param>
    /// <exception cref="FormatException">What is wrong with the key or the passphrase; holds nothing of either.</exception>
    /// <exception cref="GitException">ssh-keygen cannot be run.</exception>
    public Task<ICommitSigner> SshAsync(string identity, string? passphrase, CancellationToken cancel) =>
        SshSigner.OpenAsync(identity, passphrase, scratchFolder, time, cancel);
}

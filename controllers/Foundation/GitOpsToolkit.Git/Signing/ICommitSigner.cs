namespace GitOpsToolkit.Git.Signing;

/// <summary>Signs commits. It keeps an opened private key in memory, and may be used by several threads at a time.</summary>
public interface ICommitSigner
{
    /// <summary>Signs the bytes of a commit.</summary>
    /// <param name="commit">The commit object without its signature.</param>
    /// <param name="cancel">Stops the work.</param>
    /// <returns>The armoured signature, as the header <c>gpgsig</c> takes it, without a line end behind it.</returns>
    /// <exception cref="GitException">The signature could not be made; the message holds nothing of the key.</exception>
    Task<string> SignAsync(ReadOnlyMemory<byte> commit, CancellationToken cancel);
}

using System.Numerics;

namespace GitOpsToolkit.Git.Signing;

/// <summary>
/// Signs with an SSH key (PROTOCOL.sshsig, namespace <c>git</c>) by OpenSSH's own ssh-keygen, which reads every form of a key. The key lies in a
/// folder of the one call, as for connections.
/// </summary>
internal sealed class SshSigner(string identity, string publicKey, string? passphrase, string scratchFolder, TimeProvider time) : ICommitSigner
{
    private const string Program = "ssh-keygen";
    private const int MaxOutput = 64 << 10;
    private const int ShortestRsa = 2048;
    private static readonly TimeSpan s_timeout = TimeSpan.FromSeconds(30);

    /// <inheritdoc/>
    public async Task<string> SignAsync(ReadOnlyMemory<byte> commit, CancellationToken cancel)
    {
        using var folder = new PrivateFolder(scratchFolder);
        PrivateFile.Write(folder["identity"], identity);
        PrivateFile.Write(folder["identity.pub"], publicKey);
        await using (var file = new FileStream(folder["commit"], FileMode.CreateNew))
        {
            await file.WriteAsync(commit, cancel);
        }

        var result = await RunAsync(["-q", "-Y", "sign", "-n", "git", "-f", folder["identity"], folder["commit"]], folder, passphrase, time, cancel);
        return result.ExitCode == 0
            ? (await File.ReadAllTextAsync(folder["commit.sig"], cancel)).TrimEnd('\n')
            : throw new GitException(GitFailure.Other, $"cannot sign the commit: {Said(result.Error, folder)}");
    }

    internal static async Task<ICommitSigner> OpenAsync(string identity, string? passphrase, string scratchFolder, TimeProvider time, CancellationToken cancel)
    {
        if (SshIdentity.Problem(identity, passphrase is not null) is { } problem)
        {
            throw new FormatException($"could not read signing key: {problem}");
        }

        identity = SshIdentity.Normalized(identity);
        using var folder = new PrivateFolder(scratchFolder);
        PrivateFile.Write(folder["identity"], identity);
        var result = await RunAsync(["-q", "-y", "-f", folder["identity"]], folder, passphrase, time, cancel);
        if (result.ExitCode != 0)
        {
            throw new FormatException(result.Error.Contains("incorrect passphrase", StringComparison.OrdinalIgnoreCase)
                ? "could not decrypt signing key: the 'password' does not open the 'identity'"
                : $"could not read signing key: {Said(result.Error, folder)}; is 'identity' whole, and an RSA, ECDSA or Ed25519 key?");
        }

        var publicKey = result.Output.Trim() + "\n";
        return RsaBits(publicKey) is { } bits and < ShortestRsa
            ? throw new FormatException($"could not use signing key: it is RSA of {bits} bits, {ShortestRsa} are the least")
            : new SshSigner(identity, publicKey, passphrase, scratchFolder, time);
    }

    /// <summary>The length of an RSA key; null for others.</summary>
    private static int? RsaBits(string publicKey)
    {
        if (publicKey.Split(' ') is not ["ssh-rsa", var body, ..])
        {
            return null;
        }

        var reader = new WireReader(Convert.FromBase64String(body.TrimEnd()));
        return reader.TryRead(out _) && reader.TryRead(out _) && reader.TryRead(out var modulus)
            ? (int)new BigInteger(modulus, isUnsigned: true, isBigEndian: true).GetBitLength()
            : 0;
    }

    private static Task<GitCliResult> RunAsync(string[] arguments, PrivateFolder folder, string? passphrase, TimeProvider time, CancellationToken cancel)
    {
        IReadOnlyList<(string, string?)> variables = passphrase is null ? [] : [.. AskPass.Write(folder.Path, passphrase)];
        return new GitCli(Program, time) { Package = "OpenSSH 8.4 or newer" }
            .RunAsync(arguments, new GitCliSettings([], variables), s_timeout, MaxOutput, cancel);
    }

    /// <summary>What ssh-keygen said, without the path of our folder.</summary>
    private static string Said(string error, PrivateFolder folder) =>
        GitFailures.Said(error.Replace(folder.Path + "/", "", StringComparison.Ordinal));
}

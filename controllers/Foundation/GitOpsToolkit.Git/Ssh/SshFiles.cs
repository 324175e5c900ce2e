using System.Text;

namespace GitOpsToolkit.Git;

/// <summary>
/// What OpenSSH reads from files: the key, the pinned hosts, the passphrase and a configuration that says everything, so that neither the
/// account's nor the machine's own has a say. The command that git runs is always the same; where the files are, it gets by the environment.
/// </summary>
internal sealed class SshFiles
{
    private const string Command = "ssh -F \"$GITOPS_SSH_CONFIG\" -E \"$GITOPS_SSH_LOG\"";
    // Our own deadline comes first, and words the failure; this one is for an ssh that outlives us.
    private const int GraceSeconds = 5;
    private const int MaxShownLog = 64 << 10;
    private const long MaxLog = 4 << 20;

    private readonly string _log;

    /// <summary>Writes the files into a folder that is the call's own.</summary>
    /// <exception cref="GitException"><see cref="GitFailure.Authentication"/>: the key or the pinned hosts are missing or cannot be used.</exception>
    public SshFiles(string folder, GitEndpoint endpoint)
    {
        var credentials = Checked(endpoint.Credentials);
        _log = Path.Combine(folder, "log");
        var (config, identity, hosts) = (Path.Combine(folder, "config"), Path.Combine(folder, "identity"), Path.Combine(folder, "known_hosts"));
        PrivateFile.Write(identity, SshIdentity.Normalized(credentials.SshIdentity!));
        PrivateFile.Write(hosts, credentials.SshKnownHosts!.ReplaceLineEndings("\n").TrimEnd() + "\n");
        PrivateFile.Write(config, Configuration(identity, hosts, credentials.SshPassphrase is not null, endpoint.Timeout));
        PrivateFile.Write(_log, "");
        Environment =
        [
            ("GIT_ALLOW_PROTOCOL", "ssh"), ("GIT_SSH_VARIANT", "ssh"), ("GIT_SSH_COMMAND", Command), ("GITOPS_SSH_CONFIG", config), ("GITOPS_SSH_LOG", _log),
        ];
        if (credentials.SshPassphrase is { } passphrase)
        {
            Environment = [.. Environment, .. AskPass.Write(folder, passphrase)];
        }
    }

    /// <summary>What git and ssh get in their environment.</summary>
    public IReadOnlyList<(string Name, string? Value)> Environment { get; }

    /// <summary>Whether a server has made the log longer than any honest one would.</summary>
    public bool IsLogTooLong => new FileInfo(_log) is { Exists: true, Length: > MaxLog };

    /// <summary>The end of what OpenSSH noted.</summary>
    public string ReadLog()
    {
        using var file = File.OpenRead(_log);
        file.Seek(-Math.Min(file.Length, MaxShownLog), SeekOrigin.End);
        using var reader = new StreamReader(file, Encoding.UTF8);
        return reader.ReadToEnd();
    }

    private static GitCredentials Checked(GitCredentials? credentials)
    {
        if (credentials is not { SshIdentity: { } identity, SshKnownHosts: { } hosts })
        {
            throw new GitException(GitFailure.Authentication, "SSH needs a secret that holds 'identity' and 'known_hosts'");
        }

        var problem = SshIdentity.Problem(identity, credentials.SshPassphrase is not null) ?? KnownHosts.Problem(hosts);
        return problem is null ? credentials : throw new GitException(GitFailure.Authentication, $"the secret cannot be used: {problem}");
    }

    private static string Configuration(string identity, string hosts, bool asks, TimeSpan timeout) => $"""
        Host *
          IdentityFile {Quoted(identity)}
          IdentitiesOnly yes
          IdentityAgent none
          PreferredAuthentications publickey
          PasswordAuthentication no
          KbdInteractiveAuthentication no
          BatchMode {(asks ? "no" : "yes")}
          NumberOfPasswordPrompts 1
          StrictHostKeyChecking yes
          UserKnownHostsFile {Quoted(hosts)}
          GlobalKnownHostsFile /dev/null
          UpdateHostKeys no
          VerifyHostKeyDNS no
          CheckHostIP no
          CanonicalizeHostname no
          ControlMaster no
          ControlPath none
          ProxyCommand none
          PermitLocalCommand no
          ClearAllForwardings yes
          ForwardAgent no
          ForwardX11 no
          AddKeysToAgent no
          RequestTTY no
          ConnectTimeout {(int)Math.Ceiling(timeout.TotalSeconds) + GraceSeconds}
          ServerAliveInterval 15
          ServerAliveCountMax 3
          LogLevel DEBUG2

        """;

    /// <summary>A path as ssh_config(5) takes it; the percent sign begins a token there.</summary>
    private static string Quoted(string path) => $"\"{path.Replace("%", "%%", StringComparison.Ordinal)}\"";
}

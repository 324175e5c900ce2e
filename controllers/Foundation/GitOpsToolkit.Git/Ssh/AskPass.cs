namespace GitOpsToolkit.Git;

/// <summary>Hands a passphrase to OpenSSH's programs: a program of two constant lines prints a file that is readable to us alone.</summary>
internal static class AskPass
{
    private const string Program = "#!/bin/sh\nexec cat \"$GITOPS_SSH_PASSPHRASE\"\n";

    /// <summary>Writes the files into a folder that is the call's own.</summary>
    /// <returns>The variables that lead to them.</returns>
    public static IReadOnlyList<(string Name, string? Value)> Write(string folder, string passphrase)
    {
        var (asking, secret) = (Path.Combine(folder, "askpass"), Path.Combine(folder, "passphrase"));
        PrivateFile.Write(secret, passphrase + "\n");
        PrivateFile.Write(asking, Program, executable: true);
        return [("SSH_ASKPASS", asking), ("SSH_ASKPASS_REQUIRE", "force"), ("GITOPS_SSH_PASSPHRASE", secret)];
    }
}

using LibGit2Sharp;

namespace GitOpsToolkit.Git;

/// <summary>Keeps libgit2 away from the account's and the system's configuration.</summary>
internal static class LibGit2
{
    private static readonly Lazy<bool> s_configured = new(() =>
    {
        foreach (var level in new[] { ConfigurationLevel.Global, ConfigurationLevel.Xdg, ConfigurationLevel.System, ConfigurationLevel.ProgramData })
        {
            GlobalSettings.SetConfigSearchPaths(level, "/dev/null");
        }

        // The mirrors are our own; who runs us in a container may own them under another number.
        GlobalSettings.SetOwnerValidation(false);
        return true;
    });

    public static void Configure() => _ = s_configured.Value;

    /// <summary>Runs local object work; what libgit2 reports of a mirror is damage, since everything in it came whole.</summary>
    public static T Guard<T>(string what, Func<T> work)
    {
        try
        {
            return work();
        }
        catch (LibGit2SharpException error)
        {
            throw new GitException(GitFailure.Corrupt, $"cannot read {what}: {error.Message.Trim()}", error);
        }
    }
}

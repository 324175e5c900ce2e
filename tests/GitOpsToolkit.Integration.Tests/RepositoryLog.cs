using System.Diagnostics;

namespace GitOpsToolkit.Integration.Tests;

/// <summary>What git itself says of the story's repository.</summary>
internal static class RepositoryLog
{
    public static async Task<IReadOnlyList<(string Id, string Author, string Subject)>> ReadAsync(string state)
    {
        var lines = await GitAsync(state, ["log", "--format=%H%x09%an%x09%s", "main"]);
        return [.. lines.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split('\t')).Select(part => (part[0], part[1], part[2]))];
    }

    /// <summary>Fails where the repository's objects do not hold together.</summary>
    public static Task CheckAsync(string state) => GitAsync(state, ["fsck", "--strict", "--full"]);

    private static async Task<string> GitAsync(string state, string[] arguments)
    {
        var start = new ProcessStartInfo("git")
        {
            WorkingDirectory = Path.Combine(state, "git", "devops-solutions-map.git"),
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        using var git = Process.Start(start)!;
        var error = git.StandardError.ReadToEndAsync();
        var output = await git.StandardOutput.ReadToEndAsync();
        await git.WaitForExitAsync();
        return git.ExitCode == 0 ? output : throw new InvalidOperationException($"git {arguments[0]}: {await error}");
    }
}

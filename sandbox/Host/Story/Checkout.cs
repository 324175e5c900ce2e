using CliWrap;
using CliWrap.Buffered;

namespace GitOpsToolkit.Sandbox.Story;

/// <summary>A person's clone of the story's repository, worked on with the git command line as a person does.</summary>
internal sealed class Checkout(string folder, string cloneUrl)
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    public string Folder => folder;

    /// <summary>Makes a fresh clone: whatever a killed process left behind is gone.</summary>
    public async Task CloneAsync(CancellationToken cancellation)
    {
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }

        Directory.CreateDirectory(folder);
        await GitAsync(["clone", "--quiet", cloneUrl, "."], cancellation);
        // The branch of an empty repository is not said by old servers.
        await GitAsync(["checkout", "--quiet", "-B", "main"], cancellation);
    }

    /// <summary>Brings the clone to the newest commit of the branch.</summary>
    public async Task PullAsync(CancellationToken cancellation)
    {
        await GitAsync(["fetch", "--quiet", "origin", "main"], cancellation);
        await GitAsync(["reset", "--quiet", "--hard", "FETCH_HEAD"], cancellation);
    }

    public string Read(string path) => File.ReadAllText(Path.Combine(folder, path));

    public void Write(string path, string text)
    {
        var file = Path.Combine(folder, path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text);
    }

    public void Remove(string path) => File.Delete(Path.Combine(folder, path));

    /// <summary>Commits everything and pushes it.</summary>
    /// <returns>The new commit.</returns>
    public async Task<string> PushAsync(string message, CancellationToken cancellation)
    {
        await GitAsync(["add", "--all"], cancellation);
        await GitAsync(["commit", "--quiet", "--message", message], cancellation);
        await GitAsync(["push", "--quiet", "origin", "HEAD:refs/heads/main"], cancellation);
        return await GitAsync(["rev-parse", "HEAD"], cancellation);
    }

    /// <summary>The commits of the branch as the clone knows it, newest first: id, author and subject.</summary>
    public async Task<IReadOnlyList<(string Id, string Author, string Subject)>> LogAsync(CancellationToken cancellation)
    {
        var lines = await GitAsync(["log", "--format=%H%x09%an%x09%s"], cancellation);
        return [.. lines.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split('\t')).Select(part => (part[0], part[1], part[2]))];
    }

    /// <summary>What a commit changed, without context.</summary>
    public Task<string> DiffAsync(string commit, CancellationToken cancellation) =>
        GitAsync(["show", "--format=", "--unified=0", commit], cancellation);

    /// <summary>Whether the remote branch has a commit at all.</summary>
    public async Task<bool> IsSeededAsync(CancellationToken cancellation) =>
        (await GitAsync(["ls-remote", "origin", "refs/heads/main"], cancellation)).Length > 0;

    private async Task<string> GitAsync(string[] arguments, CancellationToken cancellation)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        deadline.CancelAfter(Deadline);
        var result = await Cli.Wrap("git")
            .WithWorkingDirectory(folder)
            .WithArguments(arguments)
            .WithEnvironmentVariables(new Dictionary<string, string?>
            {
                // Nobody's own settings: the story is the same on every machine, and asks nothing.
                ["GIT_CONFIG_GLOBAL"] = "/dev/null",
                ["GIT_CONFIG_NOSYSTEM"] = "1",
                ["GIT_TERMINAL_PROMPT"] = "0",
                ["GIT_AUTHOR_NAME"] = "Dana Developer",
                ["GIT_AUTHOR_EMAIL"] = "dana@example.com",
                ["GIT_COMMITTER_NAME"] = "Dana Developer",
                ["GIT_COMMITTER_EMAIL"] = "dana@example.com",
            })
            .WithValidation(CommandResultValidation.None)
            .ExecuteBufferedAsync(deadline.Token);
        return result.ExitCode == 0
            ? result.StandardOutput.Trim()
            : throw new StoryFailedException($"git {arguments[0]} failed with code {result.ExitCode}: {result.StandardError.Trim()}");
    }
}

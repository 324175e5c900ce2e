using System.Diagnostics;

namespace GitOpsToolkit.TestKit;

/// <summary>A working copy driven by the real git, as a user at a keyboard would: commit, tag, push.</summary>
public sealed class GitWorkingCopy : IDisposable
{
    private readonly TempDirectory _folder = new();

    private GitWorkingCopy()
    {
    }

    /// <summary>The working copy's path.</summary>
    public string Path => _folder.Path;

    /// <summary>Starts an empty repository on <paramref name="branch"/> with <paramref name="remote"/> as origin.</summary>
    public static async Task<GitWorkingCopy> InitAsync(Uri remote, string branch = "main")
    {
        var copy = new GitWorkingCopy();
        await copy.GitAsync("init", "--quiet", $"--initial-branch={branch}");
        await copy.GitAsync("remote", "add", "origin", remote.AbsoluteUri);
        return copy;
    }

    /// <summary>Clones <paramref name="remote"/>.</summary>
    public static async Task<GitWorkingCopy> CloneAsync(Uri remote)
    {
        var copy = new GitWorkingCopy();
        await copy.GitAsync("clone", "--quiet", remote.AbsoluteUri, ".");
        return copy;
    }

    /// <summary>Writes files (a null text removes the file) and commits all changes; returns the commit's id.</summary>
    public async Task<string> CommitAsync(string message, params (string Path, string? Text)[] files)
    {
        foreach (var (path, text) in files)
        {
            var file = _folder[path];
            if (text is null)
            {
                File.Delete(file);
                continue;
            }

            Directory.CreateDirectory(System.IO.Path.GetDirectoryName(file)!);
            await File.WriteAllTextAsync(file, text);
        }

        await GitAsync("add", "--all");
        await GitAsync("commit", "--quiet", "--allow-empty", "-m", message);
        return await HeadAsync();
    }

    /// <summary>Commits as <see cref="CommitAsync"/> does and pushes the current branch.</summary>
    public async Task<string> PushCommitAsync(string message, params (string Path, string? Text)[] files)
    {
        var id = await CommitAsync(message, files);
        await GitAsync("push", "--quiet", "origin", "HEAD");
        return id;
    }

    /// <summary>The commit that HEAD names.</summary>
    public async Task<string> HeadAsync() => (await GitAsync("rev-parse", "HEAD")).Trim();

    /// <summary>Runs git here and gives its output.</summary>
    /// <exception cref="InvalidOperationException">git failed; the message is its own.</exception>
    public async Task<string> GitAsync(params string[] arguments)
    {
        var (code, output, error) = await TryGitAsync(arguments);
        return code == 0 ? output : throw new InvalidOperationException($"git {string.Join(' ', arguments)} ended with {code}: {error}");
    }

    /// <summary>Runs git here and gives its exit code, output and error text.</summary>
    public Task<(int Code, string Output, string Error)> TryGitAsync(params string[] arguments) => TryGitAsync(new Dictionary<string, string>(), arguments);

    /// <summary>The same with further variables in git's environment.</summary>
    public async Task<(int Code, string Output, string Error)> TryGitAsync(IReadOnlyDictionary<string, string> variables, params string[] arguments)
    {
        var start = new ProcessStartInfo("git")
        {
            WorkingDirectory = Path,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment.Clear();
        start.Environment["PATH"] = Environment.GetEnvironmentVariable("PATH") ?? "/usr/bin:/bin";
        start.Environment["GIT_CONFIG_NOSYSTEM"] = "1";
        start.Environment["GIT_CONFIG_GLOBAL"] = "/dev/null";
        start.Environment["GIT_TERMINAL_PROMPT"] = "0";
        start.Environment["LC_ALL"] = "C.UTF-8";
        foreach (var role in new[] { "AUTHOR", "COMMITTER" })
        {
            start.Environment[$"GIT_{role}_NAME"] = "Somebody";
            start.Environment[$"GIT_{role}_EMAIL"] = "somebody@example.com";
        }

        foreach (var (name, value) in variables)
        {
            start.Environment[name] = value;
        }

        using var git = Process.Start(start)!;
        git.StandardInput.Close();
        var output = git.StandardOutput.ReadToEndAsync();
        var error = await git.StandardError.ReadToEndAsync();
        await git.WaitForExitAsync();
        return (git.ExitCode, await output, error);
    }

    /// <inheritdoc/>
    public void Dispose() => _folder.Dispose();
}

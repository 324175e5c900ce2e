using System.Collections.Concurrent;
using System.Text.RegularExpressions;

namespace GitOpsToolkit.Sandbox.Git;

/// <summary>The bare repositories below one folder.</summary>
internal sealed partial class RepositoryStore(string root, TimeProvider time) : IDisposable
{
    private const int MaxNameChars = 200;
    private readonly SemaphoreSlim _creating = new(1, 1);
    private readonly ConcurrentDictionary<string, SemaphoreSlim> _pushing = new(StringComparer.Ordinal);

    public string Root { get; } = Path.GetFullPath(root);

    public string PathOf(string name) => Path.Combine(Root, name + ".git");

    public bool Exists(string name) => IsName(name) && File.Exists(Path.Combine(PathOf(name), "HEAD"));

    /// <summary>Pushes to one repository follow one another, so that what an event tells is what happened.</summary>
    public SemaphoreSlim PushGate(string name) => _pushing.GetOrAdd(name, _ => new SemaphoreSlim(1, 1));

    public async Task CreateAsync(string name, string defaultBranch, CancellationToken cancel)
    {
        if (!IsName(name))
        {
            throw new ArgumentException($"'{name}' is no repository name: letters, digits, '.', '_' and '-', with slashes between.", nameof(name));
        }

        if (!BranchName().IsMatch(defaultBranch))
        {
            throw new ArgumentException($"'{defaultBranch}' is no branch name.", nameof(defaultBranch));
        }

        await _creating.WaitAsync(cancel);
        try
        {
            if (!Exists(name))
            {
                await GitProcess.RunAsync(["init", "--quiet", "--bare", $"--initial-branch={defaultBranch}", PathOf(name)], null, time, cancel);
            }
        }
        finally
        {
            _creating.Release();
        }
    }

    /// <summary>All references and what they point at.</summary>
    public async Task<IReadOnlyDictionary<string, string>> RefsAsync(string name, CancellationToken cancel)
    {
        var output = await GitProcess.RunAsync(["for-each-ref", "--format=%(objectname) %(refname)"], PathOf(name), time, cancel);
        return output.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.Split(' ', 2))
            .ToDictionary(parts => parts[1], parts => parts[0], StringComparer.Ordinal);
    }

    public void Dispose()
    {
        _creating.Dispose();
        foreach (var gate in _pushing.Values)
        {
            gate.Dispose();
        }
    }

    public static bool IsName(string name) =>
        name.Length is > 0 and <= MaxNameChars
        && RepositoryName().IsMatch(name)
        && name.Split('/').All(part => part is not ("." or "..") && !part.EndsWith(".git", StringComparison.OrdinalIgnoreCase));

    [GeneratedRegex(@"\A[A-Za-z0-9_][A-Za-z0-9._-]*(/[A-Za-z0-9_][A-Za-z0-9._-]*)*\z", RegexOptions.NonBacktracking)]
    private static partial Regex RepositoryName();

    [GeneratedRegex(@"\A[A-Za-z0-9_][A-Za-z0-9._/-]*\z", RegexOptions.NonBacktracking)]
    private static partial Regex BranchName();
}

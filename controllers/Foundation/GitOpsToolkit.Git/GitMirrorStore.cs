using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using GitOpsToolkit.Connections;

namespace GitOpsToolkit.Git;

/// <summary>The bare mirrors of one process: one per URL and credential, shared by every object that names them. A mirror is a cache: it may be
/// deleted at any time the process is not running.</summary>
public sealed class GitMirrorStore : IDisposable
{
    /// <summary>
    /// The folder in the store's own where remotes keep certificates and keys while a call runs. A process that was killed leaves them behind;
    /// the next one to open the store deletes them.
    /// </summary>
    public const string ScratchName = ".scratch";

    private const int KeyBytes = 32;
    private static readonly TimeSpan s_unusedFor = TimeSpan.FromDays(7);
    private static readonly TimeSpan s_tidyEvery = TimeSpan.FromHours(1);
    private readonly ConcurrentDictionary<string, GitMirror> _mirrors = new(StringComparer.Ordinal);
    private readonly string _root;
    private readonly IGitRemote _remote;
    private readonly TimeProvider _time;
    private readonly FileStream _owner;
    private readonly byte[] _key;

    /// <summary>Opens the store in <paramref name="root"/>, which no other process (nor another store) may use at the same time.</summary>
    /// <exception cref="IOException">The folder is in use, or cannot be written.</exception>
    public GitMirrorStore(string root, IGitRemote remote, TimeProvider time)
    {
        LibGit2.Configure();
        (_root, _remote, _time) = (Path.GetFullPath(root), remote, time);
        Directory.CreateDirectory(_root);
        _owner = new FileStream(Path.Combine(_root, ".owner"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        try
        {
            _key = LoadKey(Path.Combine(_root, ".key"));

            // Nobody uses it: the store is ours by now, and no call has begun.
            GitMirror.DeleteFolder(Path.Combine(_root, ScratchName));
        }
        catch
        {
            _owner.Dispose();
            throw;
        }
    }

    /// <summary>The mirror of a repository as seen with these credentials. Nothing is fetched yet.</summary>
    /// <param name="url">The address.</param>
    /// <param name="credentials">What to present; null for an anonymous client.</param>
    /// <param name="proxy">The proxy between; null for that of the environment, if any.</param>
    public GitMirror Get(GitUrl url, GitCredentials? credentials, ProxySettings? proxy = null)
    {
        // Who presents other credentials may see other things, and gets a mirror of his own.
        var seen = credentials?.Fingerprint(_key) ?? "anonymous";
        var way = proxy is null ? "" : "\n" + Convert.ToHexStringLower(HMACSHA256.HashData(_key, Encoding.UTF8.GetBytes(proxy.Fingerprint)));
        var name = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{url}\n{seen}{way}")))[..32];
        return _mirrors.GetOrAdd(name, _ => new GitMirror(Path.Combine(_root, name + ".git"), new GitEndpoint(url, credentials, TimeSpan.Zero) { Proxy = proxy }, _remote, _time));
    }

    /// <summary>Deletes the mirrors that nobody has fetched into for so long; they come back when they are wanted.</summary>
    /// <returns>How many were deleted.</returns>
    public async Task<int> DeleteUnusedAsync(TimeSpan unusedFor, CancellationToken cancel)
    {
        var (deleted, before) = (0, (_time.GetUtcNow() - unusedFor).UtcDateTime);
        foreach (var folder in new DirectoryInfo(_root).EnumerateDirectories("*.git").Where(folder => folder.LastWriteTimeUtc < before))
        {
            // It stays known: whoever has it, or asks for it meanwhile, must wait at the same door.
            if (_mirrors.TryGetValue(Path.GetFileNameWithoutExtension(folder.Name), out var mirror))
            {
                await mirror.DiscardAsync(cancel);
            }
            else
            {
                GitMirror.DeleteFolder(folder.FullName);
            }

            deleted++;
        }

        return deleted;
    }

    /// <summary>
    /// Deletes, every hour until cancelled, the mirrors of URLs and credentials that nobody has fetched into for seven days. A tidying
    /// that fails is told and tried again at the next hour: a full or slow disk must not end the controller that the store belongs to.
    /// </summary>
    /// <param name="tell">Hears of each tidying, in words for the log; the exception is what failed, or null.</param>
    /// <param name="cancel">Ends it.</param>
    public async Task TidyUntilCancelledAsync(Action<string, Exception?> tell, CancellationToken cancel)
    {
        using var timer = new PeriodicTimer(s_tidyEvery, _time);
        try
        {
            while (await timer.WaitForNextTickAsync(cancel))
            {
                try
                {
                    var deleted = await DeleteUnusedAsync(s_unusedFor, cancel);
                    tell($"Deleted {deleted} Git mirrors that were not used for {s_unusedFor.Days} days", null);
                }
                catch (Exception error) when (error is IOException or UnauthorizedAccessException)
                {
                    tell($"Git mirrors that are no longer used could not be deleted, next try in {s_tidyEvery.TotalHours:0} h: {error.Message}", error);
                }
            }
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            // The controller stops.
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _owner.Dispose();

    private static byte[] LoadKey(string path)
    {
        if (File.Exists(path) && File.ReadAllBytes(path) is { Length: KeyBytes } key)
        {
            return key;
        }

        key = RandomNumberGenerator.GetBytes(KeyBytes);
        File.Delete(path);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using var file = new FileStream(path, options);
        file.Write(key);
        return key;
    }
}

using GitOpsToolkit.Sandbox.Git;
using GitOpsToolkit.TestKit;
using Xunit;

namespace GitOpsToolkit.Git.Tests;

/// <summary>A Git server, a mirror store and what tests do with them.</summary>
public abstract class GitFixture : IAsyncLifetime
{
    protected static readonly TimeSpan Timeout = TimeSpan.FromMinutes(2);
    private GitMirrorStore? _store;
    private GitRemote? _remote;

    protected TempDirectory Folder { get; } = new();

    protected GitServer Server { get; private set; } = null!;

    protected GitMirrorStore Store => _store ??= OpenStore();

    protected Func<GitPush, string?> PreReceive { get; set; } = _ => null;

    protected virtual IGitRemote Remote => _remote ??= new GitRemote(Folder["scratch"], new GitCliOptions(), TimeProvider.System);

    public virtual async ValueTask InitializeAsync() => Server = await GitServer.StartAsync(new GitServerOptions
    {
        RootDirectory = Folder["repositories"],
        PreReceive = (push, _) => ValueTask.FromResult(PreReceive(push)),
    });

    public async ValueTask DisposeAsync()
    {
        _store?.Dispose();
        _remote?.Dispose();
        DisposeMore();
        await Server.DisposeAsync();
        Folder.Dispose();
        GC.SuppressFinalize(this);
    }

    protected virtual void DisposeMore()
    {
        // For who has something of his own.
    }

    protected GitMirrorStore OpenStore() => new(Folder["mirrors"], Remote, TimeProvider.System);

    protected void CloseStore()
    {
        _store?.Dispose();
        _store = null;
    }

    protected GitMirror Mirror(string repository, GitCredentials? credentials = null) =>
        Store.Get(GitUrl.Parse(Server.CloneUrl(repository).AbsoluteUri), credentials);

    protected async Task<GitWorkingCopy> NewRepositoryAsync(string name, string branch = "main") =>
        await GitWorkingCopy.InitAsync(await Server.CreateRepositoryAsync(name, branch), branch);

    protected int Requests(string path) => Server.Requests.Count(request => request.Path.EndsWith(path, StringComparison.Ordinal));
}

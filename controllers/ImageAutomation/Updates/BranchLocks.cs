using System.Collections.Concurrent;

namespace GitOpsToolkit.Controllers.ImageAutomation.Updates;

/// <summary>One writer at a time for each branch of each repository: automations of one process never race one another.</summary>
internal sealed class BranchLocks
{
    private readonly ConcurrentDictionary<string, SemaphoreSlim> _locks = new(StringComparer.Ordinal);

    /// <summary>Waits for the branch; dispose of the result to let the next one in.</summary>
    public async Task<IDisposable> EnterAsync(string repository, string branch, CancellationToken cancellation)
    {
        var turn = _locks.GetOrAdd($"{repository}\n{branch}", _ => new SemaphoreSlim(1, 1));
        await turn.WaitAsync(cancellation);
        return new Release(turn);
    }

    private sealed class Release(SemaphoreSlim turn) : IDisposable
    {
        public void Dispose() => turn.Release();
    }
}

using System.Collections.Concurrent;

namespace GitOpsToolkit.Sandbox.ControlPlanes;

/// <summary>
/// A thread that lives as long as this process. Linux ends a child with its parent when the <em>thread</em> that started it ends; a
/// thread of the pool may end at any time, and would take the child with it.
/// </summary>
internal static class LastingThread
{
    private static readonly BlockingCollection<Action> s_work = Begin();

    /// <summary>Runs something on the thread.</summary>
    public static Task<T> RunAsync<T>(Func<T> something)
    {
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        s_work.Add(() =>
        {
            try
            {
                done.SetResult(something());
            }
#pragma warning disable CA1031 // Whatever it is, the caller gets it.
            catch (Exception error)
#pragma warning restore CA1031
            {
                done.SetException(error);
            }
        });
        return done.Task;
    }

    private static BlockingCollection<Action> Begin()
    {
        var work = new BlockingCollection<Action>();
        new Thread(() =>
        {
            foreach (var action in work.GetConsumingEnumerable())
            {
                action();
            }
        })
        { IsBackground = true, Name = "starts children" }.Start();
        return work;
    }
}

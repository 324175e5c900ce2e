namespace GitOpsToolkit.Reconciling.Loop;

/// <summary>Waits for a cancellation as for any other event.</summary>
internal static class CancellationWait
{
    /// <summary>Completes, without an exception, when the token is cancelled.</summary>
    public static async Task WaitAsync(this CancellationToken cancellation)
    {
        var cancelled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = cancellation.Register(() => cancelled.TrySetResult());
        await cancelled.Task;
    }
}

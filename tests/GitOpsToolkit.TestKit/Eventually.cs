using System.Diagnostics;

namespace GitOpsToolkit.TestKit;

/// <summary>
/// Waits for a condition instead of sleeping. The deadline is generous, because it only costs a failing test: a machine that runs a whole
/// build beside the tests gives them a twentieth of a core for a while.
/// </summary>
public static class Eventually
{
    /// <summary>How long to wait before a condition counts as never met.</summary>
    public static readonly TimeSpan Deadline = TimeSpan.FromMinutes(2);

    /// <summary>Polls until <paramref name="probe"/> gives a value, and returns it.</summary>
    public static async Task<T> GetAsync<T>(Func<Task<T?>> probe, string what, TimeSpan? deadline = null)
        where T : class
    {
        var watch = Stopwatch.StartNew();
        var limit = deadline ?? Deadline;
        Exception? last = null;
        bool isLast;
        do
        {
            // Looked at once more after the deadline: the process may not have run at all meanwhile.
            isLast = watch.Elapsed >= limit;
            try
            {
                if (await probe() is { } value)
                {
                    return value;
                }
            }
            catch (Exception error) when (error is HttpRequestException or IOException or InvalidOperationException)
            {
                last = error;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(15), TimeProvider.System);
        }
        while (!isLast);

        throw new TimeoutException($"Not within {limit.TotalSeconds:0} s: {what}", last);
    }

    /// <summary>Polls until <paramref name="probe"/> is true.</summary>
    public static Task TrueAsync(Func<Task<bool>> probe, string what, TimeSpan? deadline = null) =>
        GetAsync<object>(async () => await probe() ? new object() : null, what, deadline);

    /// <summary>Polls until <paramref name="probe"/> is true.</summary>
    public static Task TrueAsync(Func<bool> probe, string what, TimeSpan? deadline = null) =>
        TrueAsync(() => Task.FromResult(probe()), what, deadline);
}

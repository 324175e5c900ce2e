using Microsoft.Extensions.Time.Testing;

namespace GitOpsToolkit.Reconciling.Tests;

public sealed class DeadlinesTests
{
    [Theory]
    [InlineData("00:00:05", "00:00:05")]
    [InlineData("7.00:00:00", "7.00:00:00")]
    [InlineData("365.00:00:00", "7.00:00:00")]
    [InlineData("10675199.02:48:05.4775807", "7.00:00:00")]
    [InlineData("-00:00:01", "00:00:00")]
    public void A_deadline_is_any_time_that_somebody_may_write(string timeout, string ends)
    {
        var (time, after) = (new FakeTimeProvider(), TimeSpan.Parse(ends, System.Globalization.CultureInfo.InvariantCulture));
        using var deadline = time.StartDeadline(TimeSpan.Parse(timeout, System.Globalization.CultureInfo.InvariantCulture));

        if (after > TimeSpan.Zero)
        {
            time.Advance(after - TimeSpan.FromMilliseconds(1));
            Assert.False(deadline.IsCancellationRequested);
        }

        time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.True(deadline.IsCancellationRequested);
    }
}

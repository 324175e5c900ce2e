using GitOpsToolkit.Controllers.ImageReflector.Scanning;
using GitOpsToolkit.Kubernetes;
using GitOpsToolkit.Registry;
using Xunit;

namespace GitOpsToolkit.Controllers.ImageReflector.Tests.Scanning;

public sealed class ScanSpreadTests
{
    private static readonly DateTimeOffset Start = new(2026, 11, 23, 12, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(30);
    private static readonly ObjectKey Key = new("default", "app");

    [Fact]
    public void Scans_due_at_the_start_are_spread_evenly_over_the_window()
    {
        var spread = new ScanSpread(Start, Window, _ => false);
        var delays = Enumerable.Range(0, 300).Select(i => spread.Delay(Key, Image($"app-{i}"), TimeSpan.FromHours(1), Start)).ToList();
        Assert.All(delays, delay => Assert.InRange(delay, TimeSpan.Zero, Window));
        for (var third = 0; third < 3; third++)
        {
            Assert.InRange(delays.Count(delay => delay >= Window * third / 3 && delay < Window * (third + 1) / 3), 70, 130);
        }
    }

    [Fact]
    public void Objects_of_one_image_stay_together()
    {
        var spread = new ScanSpread(Start, Window, _ => false);
        Assert.Equal(
            spread.Delay(Key, Image("app"), TimeSpan.FromHours(1), Start),
            spread.Delay(new ObjectKey("b", "two"), Image("app"), TimeSpan.FromMinutes(5), Start));
    }

    [Fact]
    public void What_is_left_of_the_delay_shrinks_with_time_and_is_over_after_the_window()
    {
        var spread = new ScanSpread(Start, Window, _ => false);
        var delay = spread.Delay(Key, Image("app"), TimeSpan.FromHours(1), Start);
        Assert.True(delay > TimeSpan.FromSeconds(2));
        Assert.Equal(delay - TimeSpan.FromSeconds(1), spread.Delay(Key, Image("app"), TimeSpan.FromHours(1), Start.AddSeconds(1)));
        Assert.Equal(TimeSpan.Zero, spread.Delay(Key, Image("app"), TimeSpan.FromHours(1), Start + delay));
        Assert.Equal(TimeSpan.Zero, spread.Delay(Key, Image("app"), TimeSpan.FromHours(1), Start + Window));
    }

    [Fact]
    public void A_short_interval_is_not_exceeded() => Assert.All(
        Enumerable.Range(0, 50),
        i => Assert.InRange(
            new ScanSpread(Start, Window, _ => false).Delay(Key, Image($"app-{i}"), TimeSpan.FromSeconds(3), Start),
            TimeSpan.Zero,
            TimeSpan.FromSeconds(3)));

    [Fact]
    public void What_somebody_waits_for_is_not_put_off_nor_anything_without_a_window()
    {
        Assert.Equal(TimeSpan.Zero, new ScanSpread(Start, Window, key => key == Key).Delay(Key, Image("app"), TimeSpan.FromHours(1), Start));
        Assert.Equal(TimeSpan.Zero, new ScanSpread(Start, TimeSpan.Zero, _ => false).Delay(Key, Image("app"), TimeSpan.FromHours(1), Start));
    }

    private static ImageName Image(string name) =>
        ImageName.TryParse($"ghcr.io/team/{name}", out var image, out var error) ? image : throw new InvalidOperationException(error);
}

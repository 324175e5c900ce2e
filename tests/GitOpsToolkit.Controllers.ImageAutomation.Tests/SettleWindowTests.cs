using GitOpsToolkit.Api.Image.V1;
using GitOpsToolkit.Controllers.ImageAutomation.Updates;
using GitOpsToolkit.Kubernetes;
using Microsoft.Extensions.Time.Testing;

namespace GitOpsToolkit.Controllers.ImageAutomation.Tests;

public sealed class SettleWindowTests
{
    private static readonly SettleRule Rule = new(TimeSpan.FromSeconds(60), TimeSpan.FromMinutes(10));
    private static readonly ObjectKey Key = new("default", "auto");
    private readonly FakeTimeProvider clock = new();
    private readonly SettleWindows windows;

    public SettleWindowTests() => windows = new SettleWindows(clock);

    [Fact]
    public void ALoneElectionWaitsForTheQuietTime()
    {
        Assert.Equal(60, Observe("v1"));
        clock.Advance(TimeSpan.FromSeconds(45));
        Assert.Equal(15, Observe("v1"));
        clock.Advance(TimeSpan.FromSeconds(15));
        Assert.Equal(0, Observe("v1"));
    }

    [Fact]
    public void EachFurtherElectionBeginsTheQuietTimeAnew()
    {
        for (var i = 0; i < 25; i++)
        {
            Assert.Equal(60, Observe($"v{i}"));
            clock.Advance(TimeSpan.FromSeconds(9.6));
        }

        Assert.Equal(50.4, Observe("v24"));
    }

    [Fact]
    public void TheLongestWaitEndsItAllTheSame()
    {
        for (var second = 0; second < 600; second += 30)
        {
            Assert.InRange(Observe($"v{second}"), 1, Math.Min(60, 600 - second));
            clock.Advance(TimeSpan.FromSeconds(30));
        }

        Assert.Equal(0, Observe("v600"));
    }

    [Fact]
    public void AClosedWindowBeginsAnew()
    {
        Observe("v1");
        clock.Advance(TimeSpan.FromMinutes(20));
        windows.Close(Key);

        Assert.Equal(60, Observe("v2"));
    }

    [Fact]
    public void AutomationsHaveWindowsOfTheirOwn()
    {
        Observe("v1");
        clock.Advance(TimeSpan.FromMinutes(2));

        Assert.Equal(60, windows.Observe(new ObjectKey("default", "other"), Set("v1"), Rule).TotalSeconds);
    }

    private double Observe(string tag) => windows.Observe(Key, Set(tag), Rule).TotalSeconds;

    private static PolicySet Set(string tag) => new(
        new Dictionary<string, ImageRef>(StringComparer.Ordinal) { ["app"] = new() { Name = "reg.io/app", Tag = tag } }, [], []);
}

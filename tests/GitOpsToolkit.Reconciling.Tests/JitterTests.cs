using CsCheck;

namespace GitOpsToolkit.Reconciling.Tests;

public sealed class JitterTests
{
    [Fact]
    public void Stays_within_the_percentage()
    {
        Gen.Select(Gen.Int[1, 50], Gen.Int[1, 100_000], Gen.Int).Sample((percentage, seconds, seed) =>
        {
            var interval = TimeSpan.FromSeconds(seconds);
            var spread = new Jitter(new Random(seed), percentage).Around(interval);
            return spread >= interval * ((100 - percentage) / 100.0) && spread <= interval * ((100 + percentage) / 100.0);
        });
    }

    [Fact]
    public void Spreads()
    {
        var jitter = new Jitter(new Random(1), 5);

        Assert.True(Enumerable.Range(0, 100).Select(_ => jitter.Around(TimeSpan.FromMinutes(10))).Distinct().Count() > 90);
    }

    [Fact]
    public void None_is_none() => Assert.Equal(TimeSpan.FromMinutes(1), new Jitter(new Random(1), 0).Around(TimeSpan.FromMinutes(1)));
}

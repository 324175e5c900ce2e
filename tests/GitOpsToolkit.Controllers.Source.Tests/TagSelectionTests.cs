using GitOpsToolkit.Controllers.Source.GitRepositories;
using Xunit;

namespace GitOpsToolkit.Controllers.Source.Tests;

public sealed class TagSelectionTests
{
    [Theory]
    [InlineData(">=1.0.0", "v1.0.0 v1.2.0 v1.10.0 latest", "v1.10.0")]
    [InlineData("1.x", "1.0.0+b 1.0.0+a 0.9.0", "1.0.0+b 1.0.0+a")]
    [InlineData(">=2", "v1.0.0", "")]
    [InlineData("*", "main latest", "")]
    public void The_highest_tags(string range, string tags, string expected) =>
        Assert.Equal(expected.Split(' ', StringSplitOptions.RemoveEmptyEntries), TagSelection.Highest(range, tags.Split(' ')));

    [Fact]
    public void A_range_that_is_none() => Assert.Throws<FormatException>(() => TagSelection.Highest("not a range", []));
}

namespace GitOpsToolkit.Controllers.ImageAutomation.Tests;

public sealed class AutomationAnnotationTests
{
    [Theory]
    [InlineData("quiet=60s,maxWait=10m", 60, 600)]
    [InlineData("maxWait=90s, quiet=1m30s", 90, 90)]
    [InlineData("quiet=2m", 120, 1200)]
    public void SettleIsRead(string text, int quiet, int maxWait)
    {
        var read = Read((AutomationAnnotations.SettleKey, text));

        Assert.Equal(new SettleRule(TimeSpan.FromSeconds(quiet), TimeSpan.FromSeconds(maxWait)), read.Settle);
    }

    [Theory]
    [InlineData("run", CommitScope.Run)]
    [InlineData("policy", CommitScope.Policy)]
    [InlineData("group", CommitScope.Group)]
    public void CommitPerIsRead(string text, CommitScope scope) =>
        Assert.Equal(scope, Read((AutomationAnnotations.CommitPerKey, text)).CommitPer);

    [Fact]
    public void WithoutAnnotationsARunIsAtOnceAndOneCommit()
    {
        var read = Read(("example.com/settle", "quiet=1s"));

        Assert.Null(read.Settle);
        Assert.Equal(CommitScope.Run, read.CommitPer);
    }

    [Theory]
    [InlineData("", "'' is neither quiet=DURATION nor maxWait=DURATION")]
    [InlineData("quiet", "'' is no duration such as 60s")]
    [InlineData("quiet=60", "'60' is no duration such as 60s")]
    [InlineData("quiet=0s", "'0s' is no duration such as 60s: it is not above zero")]
    [InlineData("quiet=-1s", "it is not above zero")]
    [InlineData("quiet=1s,quiet=2s", "'quiet=2s' is neither quiet=DURATION nor maxWait=DURATION, each at most once")]
    [InlineData("quiet=1s,wait=2s", "'wait=2s' is neither")]
    [InlineData("maxWait=1m", "quiet is missing")]
    [InlineData("quiet=2m,maxWait=1m", "maxWait is shorter than quiet")]
    public void AWrongSettleIsNamed(string text, string problem) =>
        Assert.Contains($"annotation gitopstoolkit.dev/settle: {problem}", Problem((AutomationAnnotations.SettleKey, text)).Replace(
            "annotation gitopstoolkit.dev/settle: '-1s' is no duration such as 60s: ", "annotation gitopstoolkit.dev/settle: ", StringComparison.Ordinal));

    [Fact]
    public void EveryWrongAnnotationIsNamed()
    {
        var problem = Problem((AutomationAnnotations.SettleKey, "maxWait=1m"), (AutomationAnnotations.CommitPerKey, "file"));

        Assert.Equal(
            "annotation gitopstoolkit.dev/settle: quiet is missing, as in quiet=60s,maxWait=10m; "
            + "annotation gitopstoolkit.dev/commit-per: 'file' is neither run nor policy nor group",
            problem);
    }

    private static AutomationAnnotations Read(params (string Key, string Value)[] annotations) =>
        AutomationAnnotations.TryRead(annotations.ToDictionary(), out var read, out var error) ? read : throw new FormatException(error);

    private static string Problem(params (string Key, string Value)[] annotations) =>
        Assert.Throws<FormatException>(() => Read(annotations)).Message;
}

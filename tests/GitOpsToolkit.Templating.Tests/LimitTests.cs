using System.Diagnostics;

namespace GitOpsToolkit.Templating.Tests;

/// <summary>No template, however it is written, runs for long, fills memory or ends the process.</summary>
public sealed class LimitTests
{
    private static readonly TemplateOptions Small = new() { MaxSteps = 100_000, MaxOutput = 10_000 };

    [Theory]
    [InlineData("{{range until 1000}}{{range until 1000}}{{range until 1000}}{{end}}{{end}}{{end}}", "stopped after 100000 steps")]
    [InlineData("{{range 9223372036854775807}}{{end}}", "stopped after 100000 steps")]
    [InlineData("{{until 9223372036854775807}}", "stopped after 100000 steps")]
    [InlineData("{{untilStep 0 2147483647 1}}", "stopped after 100000 steps")]
    [InlineData("{{seq 2147483647}}", "stopped after 100000 steps")]
    [InlineData("{{range until 1000}}xxxxxxxxxxxxxxxxxxxx{{end}}", "output is over the limit of 10000 bytes")]
    [InlineData("{{repeat 1000000 \"x\"}}", "text is over the limit of 10000 bytes")]
    [InlineData("{{repeat 9223372036854775807 \"xx\"}}", "text is over the limit of 10000 bytes")]
    [InlineData("{{indent 99999999 \"x\"}}", "text is over the limit of 10000 bytes")]
    [InlineData("{{nindent 9999 (repeat 9 \"\\n\")}}", "over the limit of 10000 bytes")]
    [InlineData("{{$x := \"xxxxxxxxxx\"}}{{range until 100}}{{$x = print $x $x}}{{end}}", "over the limit of 10000 bytes")]
    [InlineData("{{$x := list 1}}{{range until 100}}{{$x = concat $x $x}}{{end}}", "stopped after 100000 steps")]
    [InlineData("{{$x := list 1}}{{range until 60}}{{$x = list $x $x}}{{end}}{{$x}}", "over the limit")]
    [InlineData("{{$x := list 1}}{{range until 60}}{{$x = list $x $x}}{{end}}{{toJson $x | len}}", "over the limit")]
    [InlineData("{{$x := list 1}}{{$y := list 1}}{{range until 60}}{{$x = list $x $x}}{{$y = list $y $y}}{{end}}{{deepEqual $x $y}}", "stopped after")]
    [InlineData("{{$x := list 1}}{{range until 60}}{{$x = list $x $x}}{{end}}{{deepCopy $x | len}}", "stopped after")]
    [InlineData("{{$d := dict}}{{$_ := set $d \"a\" $d}}{{$d}}", "over the limit")]
    [InlineData("{{$d := dict}}{{$_ := set $d \"a\" $d}}{{toJson $d}}", "over the limit")]
    [InlineData("{{$d := dict}}{{$_ := set $d \"a\" $d}}{{deepCopy $d}}", "")]
    [InlineData("{{$d := dict}}{{$_ := set $d \"a\" $d}}{{$e := dict}}{{$_ := set $e \"a\" $e}}{{deepEqual $d $e}}", "")]
    [InlineData("{{$d := dict}}{{$_ := set $d \"a\" $d}}{{merge $d (dict \"a\" $d)}}", "")]
    [InlineData("{{printf \"%1000000d\" 1}}", "over the limit of 10000 bytes")]
    [InlineData("{{printf \"%.1000000f\" 1.5}}", "over the limit of 10000 bytes")]
    [InlineData("{{printf \"%.1000000d\" 1}}", "over the limit of 10000 bytes")]
    [InlineData("{{replace \"\" (repeat 500 \"x\") (repeat 500 \"y\")}}", "over the limit of 10000 bytes")]
    [InlineData("{{regexReplaceAll \"\" (repeat 500 \"y\") (repeat 500 \"x\")}}", "over the limit of 10000 bytes")]
    [InlineData("{{join (repeat 500 \"x\") (until 500)}}", "over the limit of 10000 bytes")]
    [InlineData("{{range until 100}}{{uniq (until 1000)}}{{end}}", "stopped after 100000 steps")]
    [InlineData("{{define \"x\"}}{{template \"x\"}}{{end}}{{template \"x\"}}", "exceeded maximum template depth (1000)")]
    [InlineData("{{define \"x\"}}{{template \"x\"}}{{template \"x\"}}{{end}}{{template \"x\"}}", "exceeded maximum template depth (1000)")]
    [InlineData("{{$l := list (list (repeat 9000 \"x\"))}}{{range until 10}}{{$l = concat $l $l}}{{end}}{{toStrings $l | len}}", "stopped after")]
    [InlineData("{{fromJson (repeat 9000 \"[\")}}", "")]
    public void ARunIsStopped(string template, string message)
    {
        var watch = Stopwatch.StartNew();
        var parsed = Template.Parse("t", template, Small);
        try
        {
            parsed.Execute(default);
            Assert.Empty(message);
        }
        catch (TemplateException error)
        {
            Assert.Contains(message, error.Message);
        }

        Assert.True(watch.Elapsed < TimeSpan.FromMinutes(1), $"took {watch.Elapsed}");
    }

    [Fact]
    public void ARunEndsInTime()
    {
        var clock = new RunningClock();
        var options = new TemplateOptions { Time = clock, MaxDuration = TimeSpan.FromSeconds(10) };

        var error = Assert.Throws<TemplateException>(() =>
            Template.Parse("t", "{{range until 100000}}{{end}}", options).Execute(default));

        Assert.Contains("stopped after 10 seconds", error.Message);
    }

    [Fact]
    public void NestingIsCapped()
    {
        string[] deep =
        [
            "{{" + new string('(', 100_000) + "1" + new string(')', 100_000) + "}}",
            string.Concat(Enumerable.Repeat("{{if 1}}", 100_000)),
            "{{if 1}}" + string.Concat(Enumerable.Repeat("{{else if 1}}", 100_000)),
            "{{with 1}}" + string.Concat(Enumerable.Repeat("{{else with 1}}", 100_000)),
            string.Concat(Enumerable.Repeat("{{define \"x\"}}", 100_000)),
            string.Concat(Enumerable.Repeat("{{block \"x\" .}}", 100_000)),
        ];
        var options = new TemplateOptions { MaxTemplate = 8 * 1024 * 1024 };

        Assert.All(deep, text => Assert.Throws<TemplateException>(() => Template.Parse("t", text, options)));
    }

    [Fact]
    public void ALongTextIsRefused()
    {
        var error = Assert.Throws<TemplateException>(() => Template.Parse("t", new string('x', 101), new TemplateOptions { MaxTemplate = 100 }));

        Assert.Contains("template is longer than 100 bytes", error.Message);
    }

    /// <summary>Each look at the clock is three seconds later.</summary>
    private sealed class RunningClock : TimeProvider
    {
        private long seconds;

        public override long TimestampFrequency => 1;

        public override long GetTimestamp() => seconds += 3;
    }
}

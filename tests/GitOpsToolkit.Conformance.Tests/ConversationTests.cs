using System.Diagnostics;
using System.Text.Json.Nodes;
using Xunit;

namespace GitOpsToolkit.Conformance.Tests;

/// <summary>What the protocol promises whatever the input is: one answer a line, never a crash.</summary>
public sealed class ConversationTests
{
    [Theory]
    [InlineData("nonsense")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("\"text\"")]
    [InlineData("{\"id\":\"1\"")]
    [InlineData("{\"id\":\"1\",\"op\":5}")]
    [InlineData("{\"id\":\"1\",\"op\":\"compare\",\"a\":\"\\ud800\",\"b\":\"1.0.0\"}")]
    [InlineData("{\"id\":\"1\",\"op\":\"policy\"}")]
    [InlineData("{\"id\":\"1\",\"op\":\"policy\",\"policy\":{\"semver\":{\"range\":\"*\"}},\"tags\":[1]}")]
    [InlineData("{\"id\":\"1\",\"op\":\"sort\",\"tags\":{}}")]
    [InlineData("{\"id\":\"1\",\"op\":\"ssa-sort\",\"objects\":[null]}")]
    [InlineData("{\"id\":\"1\",\"op\":\"kstatus\"}")]
    [InlineData("{\"id\":\"1\",\"op\":\"sourceignore-tree\",\"files\":{\"../out\":\"\"}}")]
    [InlineData("{\"id\":\"1\",\"op\":\"setters\",\"files\":{\"a.yaml\":null}}")]
    [InlineData("{\"id\":\"1\",\"op\":\"parse\",\"op\":\"sort\"}")]
    public void A_bad_line_is_answered_with_an_error(string line)
    {
        var answer = JsonNode.Parse(Conversation.Answer(line))!.AsObject();

        Assert.False(string.IsNullOrEmpty(answer["error"]?.GetValue<string>()), answer.ToJsonString());
    }

    [Fact]
    public void A_line_of_endless_brackets_is_answered_with_an_error() =>
        Assert.Contains("\"error\"", Conversation.Answer("{\"id\":" + new string('[', 200_000)), StringComparison.Ordinal);

    [Fact]
    public void An_operation_that_has_not_landed_is_unsupported() =>
        Assert.Equal("""{"id":"7","unsupported":true}""", Conversation.Answer("""{"id":"7","op":"divination"}"""));

    [Fact]
    public async Task Answers_keep_the_order_of_the_questions_and_blank_lines_get_none()
    {
        using var answers = new StringWriter();

        await Conversation.RunAsync(new StringReader("{\"id\":1,\"op\":\"x\"}\n\n  \n{oops\n{\"id\":2,\"op\":\"x\"}"), answers);

        var ids = answers.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!["id"]?.ToString());
        Assert.Equal(["1", null, "2"], ids);
    }

    [Fact]
    public async Task The_command_answers_each_line_before_it_reads_the_next()
    {
        var cancellation = TestContext.Current.CancellationToken;
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "conformance"))
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        using var command = Process.Start(start)!;
        foreach (var version in (string[])["1.2.3", "v0.1"])
        {
            await command.StandardInput.WriteLineAsync($$"""{"id":"{{version}}","op":"parse","version":"{{version}}"}""");
            await command.StandardInput.FlushAsync(cancellation);
            var answer = JsonNode.Parse((await command.StandardOutput.ReadLineAsync(cancellation))!)!;
            Assert.Equal(version, answer["id"]!.GetValue<string>());
            Assert.True(answer["ok"]!.GetValue<bool>());
        }

        command.StandardInput.Close();
        await command.WaitForExitAsync(cancellation);
        Assert.Equal(0, command.ExitCode);
    }
}

using System.Text.Json;
using GitOpsToolkit.Api.Json;
using GitOpsToolkit.Api.Meta;
using Xunit;

namespace GitOpsToolkit.Api.Tests;

public sealed class ConverterTests
{
    [Theory]
    [InlineData("2026-01-31T12:00:00Z", "2026-01-31T12:00:00Z")]
    [InlineData("2026-01-31T12:00:00.987654321Z", "2026-01-31T12:00:00Z")]
    [InlineData("2026-01-31T12:00:00+01:00", "2026-01-31T11:00:00Z")]
    [InlineData("2026-01-31T12:00:00.5-11:30", "2026-01-31T23:30:00Z")]
    [InlineData("2024-02-29T23:59:59Z", "2024-02-29T23:59:59Z")]
    public void Times_are_read_with_any_offset_and_written_in_utc(string text, string written)
    {
        Assert.True(TimeConverter.TryParse(text, out var time));
        Assert.Equal(written, TimeConverter.Format(time));
    }

    [Theory]
    [InlineData("")]
    [InlineData("2026-01-31")]
    [InlineData("2026-01-31 12:00:00Z")]
    [InlineData("2026-01-31T12:00:00")]
    [InlineData("2026-02-30T12:00:00Z")]
    [InlineData("2026-01-31T25:00:00Z")]
    [InlineData("Sat, 31 Jan 2026 12:00:00 GMT")]
    [InlineData("now, or a little later, Z")]
    public void Other_texts_are_no_times(string text) => Assert.False(TimeConverter.TryParse(text, out _));

    [Fact]
    public void No_text_is_no_time() => Assert.False(TimeConverter.TryParse(null, out _));

    [Theory]
    [InlineData("""{"lastReconciledDuration":"1d"}""", "\"1d\" is not a duration")]
    [InlineData("""{"lastReconciledDuration":5}""", "is not a duration")]
    [InlineData("""{"firstReconciled":"soon"}""", "\"soon\" is not a time")]
    [InlineData("""{"firstReconciled":5}""", "is not a time")]
    public void Deserializing_without_the_reader_names_the_text(string json, string message) =>
        Assert.Contains(message, Assert.Throws<JsonException>(() => JsonSerializer.Deserialize(json, ToolkitJson.TypeInfo<Snapshot>())).Message, StringComparison.Ordinal);

    [Fact]
    public void A_copy_without_fields_keeps_odd_names_apart()
    {
        using var document = JsonDocument.Parse("""{"a/b":1,"a~1b":2,"a":{"b":3,"c":[1,{"d":4,"e":5},3]}}""");

        var copy = WithoutFields.Copy(document.RootElement, [WithoutFields.Key("", "a/b"), "/a/c/1/d", "/a/c/2"]);

        Assert.Equal("""{"a~1b":2,"a":{"b":3,"c":[1,{"e":5}]}}""", copy.GetRawText());
    }
}

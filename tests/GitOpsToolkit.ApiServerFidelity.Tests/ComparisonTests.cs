using System.Text.Json.Nodes;
using GitOpsToolkit.ApiServerFidelity.Tests.Cases;
using GitOpsToolkit.ApiServerFidelity.Tests.Comparing;

namespace GitOpsToolkit.ApiServerFidelity.Tests;

public sealed class ComparisonTests
{
    private static readonly Version Old = new(1, 20, 2);

    [Theory]
    [InlineData("""{"a": 1, "b": [1, 2]}""", """{"b": [1, 2], "a": 1}""", "")]
    [InlineData("""{"a": 1}""", """{"a": 2}""", "$.a")]
    [InlineData("""{"a": 1}""", """{"a": "1"}""", "$.a")]
    [InlineData("""{"a": null}""", "{}", "$.a")]
    [InlineData("""{"a": {"b": 1}}""", "{}", "$.a")]
    [InlineData("""{"a": [1, 2]}""", """{"a": [2, 1]}""", "$.a[0] $.a[1]")]
    [InlineData("""{"a": [1]}""", """{"a": [1, 2]}""", "$.a[1]")]
    [InlineData("""{"a": {"x/y": {"z.b": 1}}}""", """{"a": {"x/y": {}}}""", "$.a['x/y']['z.b']")]
    [InlineData("""{"kind": "Status", "code": 404}""", """{"kind": "Pod", "spec": {}}""", "$")]
    public void Differences_are_found_where_they_are(string reference, string sandbox, string places) =>
        Assert.Equal(places, string.Join(' ', Difference.Between(Body(reference), Body(sandbox)).Select(d => PathPattern.Text(d.Path))));

    [Theory]
    [InlineData("$", "$.a.b", true)]
    [InlineData("$.a", "$.a[0].b", true)]
    [InlineData("$.a.c", "$.a.b", false)]
    [InlineData("$.a[*].b", "$.a[3].b", true)]
    [InlineData("$.a[2].b", "$.a[3].b", false)]
    [InlineData("$..b", "$.a[3].x.b", true)]
    [InlineData("$..b.d", "$.a[3].b.c", false)]
    [InlineData("$.*['x/y']", "$.a['x/y']", true)]
    [InlineData("$.a.b", "$.a", false)]
    [InlineData("$['io.*.v1.*'].x", "$['io.k8s.v1.Pod'].x", true)]
    [InlineData("$['io.*.v1.*']", "$['io.k8s.v2.Pod']", false)]
    [InlineData("headers.Warning", "headers.Warning[0]", true)]
    [InlineData("code", "headers.Warning[0]", false)]
    public void A_pattern_covers_its_place_and_all_under_it(string pattern, string place, bool covers) =>
        Assert.Equal(covers, PathPattern.Parse(pattern).Covers(PathPattern.Parse(place).Parts));

    [Fact]
    public void A_difference_without_explanation_counts_and_is_shown_with_its_request()
    {
        var comparison = Compare([]);

        Assert.Equal(1, comparison.Count);
        Assert.Contains("GET /x", comparison.Report);
        Assert.Contains("- \"old\"", comparison.Report);
        Assert.Contains("+ \"new\"", comparison.Report);
    }

    [Fact]
    public void An_explained_difference_counts_nothing() => Assert.Equal(0, Compare([Explained("$.message")]).Count);

    [Fact]
    public void An_explanation_ends_with_its_version_and_then_the_difference_counts() =>
        Assert.Equal(1, Compare([Explained("$.message") with { Until = new(1, 20) }]).Count);

    [Fact]
    public void An_explanation_says_what_the_sandbox_has_there()
    {
        Assert.Equal(0, Compare([Explained("$.message") with { Is = JsonValue.Create("new") }]).Count);
        Assert.Equal(2, Compare([Explained("$.message") with { Is = JsonValue.Create("newer") }]).Count);
    }

    [Fact]
    public void An_explanation_may_be_of_additions_only() =>
        Assert.Equal(2, Compare([Explained("$.message") with { Added = true }]).Count);

    [Fact]
    public void An_explanation_of_nothing_counts() => Assert.Equal(1, Compare([Explained("$.message"), Explained("code")]).Count);

    [Fact]
    public void An_explanation_is_for_its_steps_only() => Assert.Equal(2, Compare([Explained("$.message") with { Steps = [2] }]).Count);

    [Fact]
    public void An_explanation_for_all_cases_may_be_idle_in_one()
    {
        var (used, idle) = (Explained("$.message"), Explained("code"));
        var comparison = new Comparison(Case([]), [used, idle], Old, Transcript("old"), Transcript("new"));

        Assert.Equal(0, comparison.Count);
        Assert.Same(used, Assert.Single(comparison.UsedShared));
    }

    private static Comparison Compare(IReadOnlyList<Explanation> explained) => new(Case(explained), [], Old, Transcript("old"), Transcript("new"));

    private static FidelityCase Case(IReadOnlyList<Explanation> explained) => new("n", "", [], []) { Explained = explained };

    private static Explanation Explained(string at) => new([PathPattern.Parse(at)], "wording") { Until = new(1, 25) };

    private static Transcript Transcript(string message) => new([new(1, "GET /x", Body($$"""{"message": "{{message}}"}"""))]);

    private static JsonObject Body(string body) => new() { ["code"] = 200, ["$"] = JsonNode.Parse(body) };
}

using System.Text.Json.Nodes;
using Xunit;

namespace GitOpsToolkit.Versioning.Tests;

/// <summary>
/// Cases in folders. <c>ranges/NAME</c>: range.txt and versions.txt, a line a version, led by in or out. <c>elections/NAME</c>: policy.json as in an ImagePolicy's
/// spec, tags.txt in descending byte order, elected.txt.
/// </summary>
public sealed class CaseTests
{
    public static TheoryData<string> Ranges => Cases.Of("ranges");

    public static TheoryData<string> Elections => Cases.Of("elections");

    [Theory, MemberData(nameof(Ranges))]
    public void A_range_admits_exactly_its_versions(string name)
    {
        var range = SemVerRange.Parse(Cases.Read("ranges", name, "range.txt"));
        var wrong = Cases.Lines("ranges", name, "versions.txt")
            .Where(line => range.Contains(SemVer.Parse(line[4..])) != line.StartsWith("in ", StringComparison.Ordinal));
        Assert.Empty(wrong);
    }

    [Theory, MemberData(nameof(Elections))]
    public void A_policy_elects_its_tag(string name)
    {
        var spec = JsonNode.Parse(Cases.Read("elections", name, "policy.json"))!.AsObject();
        var election = PolicySpec.Elect(spec, Cases.Lines("elections", name, "tags.txt"));
        Assert.Equal(Cases.Read("elections", name, "elected.txt"), election.Tag ?? "(none)");
    }

    [Theory, MemberData(nameof(Elections))]
    public void An_election_is_of_the_set_whatever_order_the_tags_came_in(string name)
    {
        var spec = JsonNode.Parse(Cases.Read("elections", name, "policy.json"))!.AsObject();
        var tags = Cases.Lines("elections", name, "tags.txt");
        Array.Reverse(tags);
        Array.Sort(tags, static (left, right) => string.CompareOrdinal(right, left));
        Assert.Equal(Cases.Read("elections", name, "elected.txt"), PolicySpec.Elect(spec, tags).Tag ?? "(none)");
    }
}

using GitOpsToolkit.Api.Image.V1;
using GitOpsToolkit.Controllers.ImageReflector.Policies;
using Xunit;

namespace GitOpsToolkit.Controllers.ImageReflector.Tests;

public sealed class ElectionRulesTests
{
    [Fact]
    public void The_first_of_semver_alphabetical_and_numerical_wins()
    {
        var all = new ImagePolicyChoice
        {
            SemVer = new SemVerPolicy { Range = "1.x" },
            Alphabetical = new AlphabeticalPolicy { Order = "desc" },
            Numerical = new NumericalPolicy(),
        };
        Assert.Equal("1.0.0", Elect(all, "3", "2", "1.0.0", "0"));
        Assert.Equal("0", Elect(all with { SemVer = null }, "3", "2", "1.0.0", "0"));
        Assert.Equal("3", Elect(all with { SemVer = null, Alphabetical = null }, "3", "2", "0"));
    }

    [Theory]
    [InlineData("asc", "z")]
    [InlineData("desc", "a")]
    [InlineData("", "z")]
    [InlineData(null, "z")]
    public void Ascending_is_the_default_order(string? order, string elected) =>
        Assert.Equal(elected, Elect(new ImagePolicyChoice { Alphabetical = new AlphabeticalPolicy { Order = order } }, "z", "m", "a"));

    [Fact]
    public void An_unknown_order_names_the_choices()
    {
        var spec = new ImagePolicySpec { Policy = new ImagePolicyChoice { Numerical = new NumericalPolicy { Order = "up" } } };
        Assert.False(ElectionRules.TryRead(spec, out _, out var error));
        Assert.Equal("invalid policy: invalid order argument provided: 'up', must be one of: asc, desc", error);
    }

    [Fact]
    public void What_was_extracted_leads_back_to_its_tag()
    {
        var spec = new ImagePolicySpec
        {
            Policy = new ImagePolicyChoice { Numerical = new NumericalPolicy() },
            FilterTags = new TagFilter { Pattern = "^main-[a-f0-9]+-(?P<ts>[0-9]+)$", Extract = "$ts" },
        };
        Assert.True(ElectionRules.TryRead(spec, out var rules, out _));
        Assert.Equal("main-aa-1700", rules.Elector().Elect(["v1", "main-bb-900", "main-aa-1700", "latest"]).Tag);
        Assert.Equal("version list argument cannot be empty", rules.Elector().Elect(["latest"]).Error);
    }

    private static string? Elect(ImagePolicyChoice choice, params string[] tags)
    {
        Assert.True(ElectionRules.TryRead(new ImagePolicySpec { Policy = choice }, out var rules, out var error), error);
        return rules.Elector().Elect(tags).Tag;
    }
}

using Xunit;

namespace GitOpsToolkit.Versioning.Tests;

public sealed class TagOrderingTests
{
    [Theory]
    [InlineData("1.3.9", "1.4.0", -1)]
    [InlineData("v1.10.0", "1.9.0", 1)]
    [InlineData("1.4.0-rc.1", "1.4.0", -1)]
    [InlineData("1.4.0+build1", "1.4.0+build2", 0)]
    [InlineData("9.0.0", "1.0.0", 1)]
    [InlineData("1.25", "1.24.0", null)]
    [InlineData("latest", "1.0.0", null)]
    [InlineData("latest", "latest", 0)]
    public void Versions_compare_by_precedence_and_other_tags_do_not_compare(string left, string right, int? expected)
    {
        Assert.Equal(expected, Sign(TagOrdering.SemVer().Compare(left, right)));
        Assert.Equal(-expected, Sign(TagOrdering.SemVer().Compare(right, left)));
    }

    [Theory]
    [InlineData("2024-01-02", "2024-01-10", -1)]
    [InlineData("bionic", "focal", -1)]
    [InlineData("latest", "20240101", null)]
    [InlineData("main", "RELEASE.2024-01-01", null)]
    public void Letters_compare_by_code_and_a_name_does_not_compare_with_a_version(string left, string right, int? expected)
    {
        Assert.Equal(expected, Sign(TagOrdering.Alphabetical(TagOrder.Ascending).Compare(left, right)));
        Assert.Equal(-expected, Sign(TagOrdering.Alphabetical(TagOrder.Descending).Compare(left, right)));
    }

    [Theory]
    [InlineData("9", "10", -1)]
    [InlineData("1e3", "999", 1)]
    [InlineData("1.0", "1", 0)]
    [InlineData("nan", "1", null)]
    [InlineData("v1", "1", null)]
    public void Numbers_compare_by_value_and_what_is_none_does_not(string left, string right, int? expected)
    {
        Assert.Equal(expected, Sign(TagOrdering.Numerical(TagOrder.Ascending).Compare(left, right)));
        Assert.Equal(-expected, Sign(TagOrdering.Numerical(TagOrder.Descending).Compare(left, right)));
    }

    [Fact]
    public void What_the_filter_extracts_is_compared_and_a_tag_that_it_refuses_has_no_place()
    {
        Assert.True(TagFilter.TryCreate("^main-[a-f0-9]+-(?P<ts>[0-9]+)$", "$ts", out var filter, out var error), error);
        var ordering = TagOrdering.Numerical(TagOrder.Ascending, filter);

        Assert.Equal(-1, ordering.Compare("main-ff-9", "main-aa-10"));
        Assert.Equal(0, ordering.Compare("main-ff-10", "main-aa-10"));
        Assert.Null(ordering.Compare("release-7", "main-aa-10"));
        Assert.Null(ordering.Compare("main-aa-10", "latest"));
    }

    [Fact]
    public void A_version_outside_of_a_range_has_its_place_all_the_same() =>
        Assert.Equal(1, TagOrdering.SemVer().Compare("2.0.0", "1.9.9"));

    private static int? Sign(int? compared) => compared is { } number ? Math.Sign(number) : null;
}

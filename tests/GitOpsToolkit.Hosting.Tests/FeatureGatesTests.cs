using GitOpsToolkit.Hosting.Options;
using Xunit;

namespace GitOpsToolkit.Hosting.Tests;

public sealed class FeatureGatesTests
{
    [Fact]
    public void Gates_start_with_flux_defaults()
    {
        Assert.True(FeatureGates.Default.IsEnabled("GitForcePushBranch"));
        Assert.True(FeatureGates.Default.IsEnabled("StrictPostBuildSubstitutions"));
        Assert.False(FeatureGates.Default.IsEnabled("ExternalArtifact"));
    }

    [Fact]
    public void The_flag_changes_what_it_names_and_nothing_else()
    {
        var gates = FeatureGates.Parse("ExternalArtifact=true, GitForcePushBranch=false");

        Assert.True(gates.IsEnabled("ExternalArtifact"));
        Assert.False(gates.IsEnabled("GitForcePushBranch"));
        Assert.True(gates.IsEnabled("GitShallowClone"));
        Assert.True(FeatureGates.Default.IsEnabled("GitForcePushBranch"));
    }

    [Fact]
    public void An_unknown_gate_is_fatal_and_named() =>
        Assert.Contains("'Flying'", Assert.Throws<FormatException>(() => FeatureGates.Parse("Flying=true")).Message);

    [Theory]
    [InlineData("ExternalArtifact")]
    [InlineData("ExternalArtifact=yes")]
    public void A_gate_needs_a_bool(string text) =>
        Assert.Contains("ExternalArtifact=true", Assert.Throws<FormatException>(() => FeatureGates.Parse(text)).Message);

    [Fact]
    public void Asking_for_a_gate_that_does_not_exist_is_our_own_mistake() =>
        Assert.Throws<ArgumentException>(() => FeatureGates.Default.IsEnabled("Typo"));
}

using GitOpsToolkit.Controllers.ImageReflector.Policies;
using GitOpsToolkit.Registry.Content;
using Xunit;

namespace GitOpsToolkit.Controllers.ImageReflector.Tests;

public sealed class PolicyAnnotationsTests
{
    [Fact]
    public void Without_annotations_nothing_is_asked()
    {
        var read = Read();
        Assert.False(read.Newest);
        Assert.Equal(TimeSpan.Zero, read.MinAge);
        Assert.Empty(read.Platforms);
        Assert.Empty(read.Holds);
        Assert.Null(read.HoldDeleted);
    }

    [Fact]
    public void Each_annotation_is_read_and_others_are_passed_over()
    {
        var read = Read(
            ("newest", "true"), ("minAge", "72h30m"), ("platforms", "linux/amd64, linux/arm/v7"), ("onTagDeleted", "Fallback"),
            ("somethingElse", "?"),
            ("holds", "- version: 1.4.0\n  reason: breaks the login\n  author: ann\n  expires: 2026-12-01T00:00:00Z\n- {version: '>=2'}\n"));
        Assert.True(read.Newest);
        Assert.Equal(new TimeSpan(72, 30, 0), read.MinAge);
        Assert.Equal([new Platform("linux", "amd64"), new Platform("linux", "arm", "v7")], read.Platforms);
        Assert.False(read.HoldDeleted);
        var expires = new DateTimeOffset(2026, 12, 1, 0, 0, 0, TimeSpan.Zero);
        Assert.Equal(
            [("1.4.0", "breaks the login", "ann", expires), (">=2", null, null, (DateTimeOffset?)null)],
            read.Holds.Select(hold => (hold.Version, hold.Reason, hold.Author, hold.Until)));
    }

    [Theory]
    [InlineData("newest", "yes", "'yes' is neither true nor false")]
    [InlineData("minAge", "3d", "'3d' is no duration such as 72h")]
    [InlineData("minAge", "-1h", "it is negative")]
    [InlineData("platforms", "", "'' is no platform such as linux/amd64")]
    [InlineData("platforms", "linux/amd64,arm64", "'arm64' is no platform")]
    [InlineData("platforms", "linux/arm/v7/x", "'linux/arm/v7/x' is no platform")]
    [InlineData("onTagDeleted", "Keep", "'Keep' is neither Hold nor Fallback")]
    [InlineData("verify", "{provider: cosign}", "neither secretRef (public keys) nor matchOIDCIdentity (who may sign keyless) is set")]
    [InlineData("verify", "true", "is no map of provider, secretRef")]
    [InlineData("verify", "{provider: gpg, secretRef: {name: k}}", "provider 'gpg' is neither cosign nor notation")]
    [InlineData("verify", "{provider: notation}", "provider notation needs a secretRef")]
    [InlineData("verify", "{secretRef: keys}", "secretRef is no map with a name")]
    [InlineData("verify", "{secretRef: {name: ''}}", "secretRef.name is missing or no text")]
    [InlineData("verify", "{secretRef: {name: k, namespace: other}}", "secretRef.namespace is no field; there are name")]
    [InlineData("verify", "{key: k}", "key is no field; there are provider, secretRef, matchOIDCIdentity, trustedRootSecretRef")]
    [InlineData("verify", "{matchOIDCIdentity: x}", "matchOIDCIdentity is no list")]
    [InlineData("verify", "{matchOIDCIdentity: [{issuer: x}]}", "matchOIDCIdentity[0].subject is missing or no text")]
    [InlineData("verify", "{matchOIDCIdentity: [{issuer: '(', subject: x}]}", "matchOIDCIdentity[0].issuer '('")]
    [InlineData("verify", "{secretRef: {name: k}, matchOIDCIdentity: [{issuer: x, subject: y}]}", "set one or the other")]
    [InlineData("holds", "1.4.0", "is no list of")]
    [InlineData("holds", "- 1.4.0", "item 1 is no map")]
    [InlineData("holds", "- {version: 1.4.0}\n- {reason: x}", "item 2 has no version")]
    [InlineData("holds", "- {version: 1.4}", "item 1: version is no text; put it in quotes")]
    [InlineData("holds", "- {version: 1.4.0, until: 2026-12-01}", "unknown field 'until'")]
    [InlineData("holds", "- {version: 1.4.0, expires: tomorrow}", "expires 'tomorrow' is no time")]
    [InlineData("holds", "- [", "yaml:2:1")]
    public void A_wrong_value_names_the_annotation_and_what_it_may_be(string name, string value, string problem)
    {
        Assert.False(PolicyAnnotations.TryRead(
            new Dictionary<string, string> { ["gitopstoolkit.dev/" + name] = value }, out _, out var error));
        Assert.StartsWith($"annotation gitopstoolkit.dev/{name}: ", error, StringComparison.Ordinal);
        Assert.Contains(problem, error, StringComparison.Ordinal);
    }

    [Fact]
    public void All_wrong_values_are_told_at_once()
    {
        var annotations = new Dictionary<string, string> { [PolicyAnnotations.NewestKey] = "1", [PolicyAnnotations.MinAgeKey] = "soon" };
        Assert.False(PolicyAnnotations.TryRead(annotations, out _, out var error));
        Assert.Contains("newest", error, StringComparison.Ordinal);
        Assert.Contains("minAge", error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_list_of_holds_without_end_is_refused()
    {
        var annotations = new Dictionary<string, string>
        {
            [PolicyAnnotations.HoldsKey] = string.Concat(Enumerable.Repeat("- {version: 1.0.0}\n", 101)),
        };
        Assert.False(PolicyAnnotations.TryRead(annotations, out _, out var error));
        Assert.Contains("at most 100", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("linux/amd64", "linux/amd64", true)]
    [InlineData("linux/arm64", "linux/arm64/v8", true)]
    [InlineData("linux/arm64/v8", "linux/arm64", true)]
    [InlineData("linux/arm/v6", "linux/arm/v7", false)]
    [InlineData("linux/arm", "linux/arm/v7", false)]
    [InlineData("linux/arm/v7", "linux/arm", true)]
    [InlineData("windows/amd64", "linux/amd64", false)]
    [InlineData("unknown/unknown", "linux/amd64", false)]
    public void A_variant_counts_only_where_one_is_wanted(string present, string wanted, bool serves) =>
        Assert.Equal(serves, PlatformList.Serves(PlatformList.Parse(present)[0], PlatformList.Parse(wanted)[0]));

    [Fact]
    public void Only_these_annotations_make_a_difference()
    {
        var before = new Dictionary<string, string> { ["a"] = "1", [PolicyAnnotations.MinAgeKey] = "1h" };
        Assert.False(PolicyAnnotations.Differ(before, new Dictionary<string, string>(before) { ["a"] = "2" }));
        Assert.True(PolicyAnnotations.Differ(before, new Dictionary<string, string>(before) { [PolicyAnnotations.MinAgeKey] = "2h" }));
        Assert.True(PolicyAnnotations.Differ(before, new Dictionary<string, string>()));
    }

    private static PolicyAnnotations Read(params (string Name, string Value)[] annotations)
    {
        var given = annotations.ToDictionary(one => "gitopstoolkit.dev/" + one.Name, one => one.Value);
        Assert.True(PolicyAnnotations.TryRead(given, out var read, out var error), error);
        return read;
    }
}

using System.Text.Json.Nodes;
using GitOpsToolkit.TestKit;

namespace GitOpsToolkit.Reconciling.Tests.Status;

/// <summary>The checker that all tests of reconcilers rely on must itself see what is wrong.</summary>
public sealed class ConditionInvariantsTests
{
    [Theory]
    [InlineData("Ready=True@2", 2, null)]
    [InlineData("Ready=False@2 Reconciling=True@2", 1, null)]
    [InlineData("Ready=False@2 Stalled=True@2", 2, null)]
    [InlineData("Healthy=True@2", 2, "Ready is missing")]
    [InlineData("Ready=True@2 FetchFailed=True@2", 2, "although FetchFailed")]
    [InlineData("Ready=True@1", 2, "older generation")]
    [InlineData("Ready=True@2", 1, "older generation")]
    [InlineData("Ready=True@2 Healthy=True@1", 2, "older generation")]
    [InlineData("Ready=True@3", 2, "observed generation 3 of 2")]
    [InlineData("Ready=False@2 Reconciling=True@2 Stalled=True@2", 2, "exclude each other")]
    [InlineData("Ready=Unknown@2", 2, "without Reconciling")]
    [InlineData("Ready=Unknown@2 Reconciling=True@2", 2, "at rest")]
    [InlineData("Ready=Unknown@2 Stalled=True@2", 2, "Stalled is True but")]
    [InlineData("Ready=False@2 Ready=True@2", 2, "2 times")]
    [InlineData("Ready=True@2 FetchFailed=False@2", 2, "is negative")]
    [InlineData("Ready=Maybe@2", 2, "lacks status")]
    public void Broken_rules_are_named(string conditions, long observed, string? broken)
    {
        var found = string.Join("; ", ConditionInvariants.Check(Object(conditions, observed)));

        if (broken is null)
        {
            Assert.Empty(found);
            return;
        }

        Assert.Contains(broken, found);
        Assert.Throws<InvalidOperationException>(() => ConditionInvariants.Verify(Object(conditions, observed)));
    }

    private static JsonObject Object(string conditions, long observed) => new()
    {
        ["metadata"] = new JsonObject { ["generation"] = 2 },
        ["status"] = new JsonObject
        {
            ["observedGeneration"] = observed,
            ["conditions"] = new JsonArray([.. conditions.Split(' ').Select(text =>
            {
                var parts = text.Split('=', '@');
                return new JsonObject
                {
                    ["type"] = parts[0],
                    ["status"] = parts[1],
                    ["observedGeneration"] = long.Parse(parts[2]),
                    ["reason"] = "X",
                    ["message"] = "",
                    ["lastTransitionTime"] = "2026-01-01T00:00:00Z",
                };
            })]),
        },
    };
}

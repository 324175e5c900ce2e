using System.Text.Json.Nodes;
using GitOpsToolkit.Sandbox.Clusters;
using GitOpsToolkit.Yaml;
using Xunit;

namespace GitOpsToolkit.Integration.Tests;

public sealed class OldServersTests
{
    private const string WithRules = "{spec: {versions: [{schema: {openAPIV3Schema: {x-kubernetes-validations: [{rule: 'true'}], "
        + "properties: {spec: {type: object, x-kubernetes-validations: [{rule: 'true'}]}}}}}]}}";

    private const string Without = "{spec: {versions: [{schema: {openAPIV3Schema: {properties: {spec: {type: object}}}}}]}}";

    [Theory]
    [InlineData("1.20.2", Without)]
    [InlineData("1.24.17", Without)]
    [InlineData("1.25.0", WithRules)]
    [InlineData("1.36.0", WithRules)]
    public void Rules_in_CEL_are_left_out_for_servers_that_do_not_know_them(string version, string expected)
    {
        var definition = Read(WithRules);
        OldServers.Adapt(definition, Version.Parse(version));
        Assert.True(JsonNode.DeepEquals(Read(expected), definition), definition.ToJsonString());
    }

    private static JsonObject Read(string yaml) => YamlReader.ReadAll(yaml).Single().Root!.AsObject();
}

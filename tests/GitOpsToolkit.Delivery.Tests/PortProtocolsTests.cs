using System.Text.Json.Nodes;
using GitOpsToolkit.Yaml;
using Xunit;

namespace GitOpsToolkit.Delivery.Tests;

public sealed class PortProtocolsTests
{
    private const string Containers = "{containers: [{name: a, ports: [{containerPort: 80}]}], initContainers: [{name: b, ports: [{containerPort: 53, protocol: UDP}]}]}";

    [Theory]
    [InlineData("{apiVersion: v1, kind: Service, spec: {ports: [{port: 80}, {port: 53, protocol: UDP}, {port: 81, protocol: null}]}}", "TCP UDP TCP")]
    [InlineData("{apiVersion: v1, kind: Pod, spec: " + Containers + "}", "TCP UDP")]
    [InlineData("{apiVersion: v1, kind: ReplicationController, spec: {template: {spec: " + Containers + "}}}", "TCP UDP")]
    [InlineData("{apiVersion: apps/v1, kind: Deployment, spec: {template: {spec: " + Containers + "}}}", "TCP UDP")]
    [InlineData("{apiVersion: batch/v1, kind: CronJob, spec: {jobTemplate: {spec: {template: {spec: " + Containers + "}}}}}", "TCP UDP")]
    public void A_port_without_a_protocol_gets_the_one_that_the_server_would_give_it(string yaml, string expected)
    {
        var body = Read(yaml);
        PortProtocols.Complete(body);
        Assert.Equal(expected, string.Join(' ', Protocols(body)));
    }

    [Theory]
    [InlineData("{apiVersion: example.com/v1, kind: Service, spec: {ports: [{port: 80}]}}")]
    [InlineData("{apiVersion: v1, kind: Service, spec: {ports: 80}}")]
    [InlineData("{apiVersion: v1, kind: Service, spec: [x]}")]
    [InlineData("{apiVersion: v1, kind: Service}")]
    [InlineData("{apiVersion: v1, kind: Service, spec: {ports: [80, null, [x]]}}")]
    [InlineData("{apiVersion: apps/v1, kind: Deployment, spec: {template: {spec: {containers: [x, {ports: null}, null]}}}}")]
    public void Everything_else_stays_as_it_is(string yaml)
    {
        var body = Read(yaml);
        PortProtocols.Complete(body);
        Assert.True(JsonNode.DeepEquals(Read(yaml), body), body.ToJsonString());
    }

    private static JsonObject Read(string yaml) => YamlReader.ReadAll(yaml).Single().Root!.AsObject();

    /// <summary>Every protocol, in the order of the document.</summary>
    private static IEnumerable<string> Protocols(JsonNode? node) => node switch
    {
        JsonObject map => map.SelectMany(field => field.Key == "protocol" ? [field.Value!.ToString()] : Protocols(field.Value)),
        JsonArray list => list.SelectMany(Protocols),
        _ => [],
    };
}

using System.Text.Json.Nodes;
using GitOpsToolkit.ApiServerFidelity.Tests.Comparing;

namespace GitOpsToolkit.ApiServerFidelity.Tests;

public sealed class NormaliserTests
{
    private const string Uid = "7d6f3b5e-0000-4000-8000-0123456789ab";

    [Fact]
    public void Versions_of_an_object_are_numbered_so_that_an_unchanged_one_shows()
    {
        var bodies = Normalised(
            "",
            """{"metadata": {"name": "a", "resourceVersion": "7"}}""",
            """{"metadata": {"name": "a", "resourceVersion": "7"}}""",
            """{"metadata": {"name": "a", "resourceVersion": "9"}}""");

        Assert.Equal(["<rv a 1>", "<rv a 1>", "<rv a 2>"], bodies.Select(b => b!["metadata"]!["resourceVersion"]!.ToString()));
    }

    [Theory]
    [InlineData("""{"metadata": {"resourceVersion": "812"}, "items": []}""", """{"metadata": {"resourceVersion": "<rv>"}, "items": []}""")]
    [InlineData("""{"metadata": {"resourceVersion": "0", "continue": ""}}""", """{"metadata": {"resourceVersion": "0", "continue": ""}}""")]
    [InlineData("""{"metadata": {"continue": "eyJ2IjoibWV0YS5rOHMuaW8vdjEifQ"}}""", """{"metadata": {"continue": "<continue>"}}""")]
    [InlineData("""{"at": "2026-11-23T17:00:00Z"}""", """{"at": "<time>"}""")]
    [InlineData("""{"at": "2026-11-23T17:00:00.123456Z"}""", """{"at": "<microtime>"}""")]
    [InlineData("""{"at": "2001-01-01T00:00:00Z"}""", """{"at": "2001-01-01T00:00:00Z"}""")]
    [InlineData("""{"clusterIP": "10.0.3.4", "clusterIPs": ["10.0.3.4"]}""", """{"clusterIP": "<ip>", "clusterIPs": ["<ip>"]}""")]
    [InlineData("""{"clusterIP": "None"}""", """{"clusterIP": "None"}""")]
    [InlineData("""{"nodePort": 31234}""", """{"nodePort": "<port>"}""")]
    [InlineData("""{"nodePort": 30080}""", """{"nodePort": 30080}""")]
    [InlineData("""{"cells": ["web", "12m", 3]}""", """{"cells": ["web", "<age>", 3]}""")]
    [InlineData("""{"token": "eyJhbGciOiJI.eyJhdWQiOlsi.c2lnbmF0dXJl"}""", """{"token": "<jwt>"}""")]
    [InlineData("""{"serverAddress": "192.0.2.7:6443"}""", """{"serverAddress": "<ip>:<port>"}""")]
    [InlineData("""{"pem": "-----BEGIN CERTIFICATE-----\nMIIB\n"}""", """{"pem": "<pem>"}""")]
    [InlineData("""{"$ref": "#/definitions/a.v1.B_v2"}""", """{"$ref": "#/definitions/a.v1.B"}""")]
    [InlineData("""{"uid": "7d6f3b5e-0000-4000-8000-0123456789ab"}""", """{"uid": "<uid>"}""")]
    [InlineData("""{"message": "too old resource version: 1 (812)"}""", """{"message": "too old resource version: 1 (<rv>)"}""")]
    [InlineData("""{"message": "Too large resource version: 99999, current: 12"}""", """{"message": "Too large resource version: 99999, current: <rv>"}""")]
    public void What_a_server_makes_up_is_taken_out_and_what_the_case_says_stays(string body, string expected) =>
        Assert.True(
            JsonNode.DeepEquals(JsonNode.Parse(expected), Normalised("says 2001-01-01T00:00:00Z, 30080, version 1 and 99999", body).Single()),
            Normalised("", body).Single()!.ToJsonString());

    [Fact]
    public void Uids_are_called_after_their_objects_wherever_they_stand()
    {
        var bodies = Normalised(
            "",
            $$"""{"metadata": {"name": "a", "uid": "{{Uid}}"} }""",
            $$"""{"message": "the UID is {{Uid}}", "ownerReferences": [{"uid": "{{Uid}}"}] }""");

        Assert.Equal("<uid a>", bodies[0]!["metadata"]!["uid"]!.ToString());
        Assert.Equal("the UID is <uid a>", bodies[1]!["message"]!.ToString());
        Assert.Equal("<uid a>", bodies[1]!["ownerReferences"]![0]!["uid"]!.ToString());
    }

    [Fact]
    public void An_object_that_was_made_anew_has_another_uid()
    {
        var bodies = Normalised(
            "",
            $$"""{"metadata": {"name": "a", "uid": "{{Uid}}"} }""",
            $$"""{"metadata": {"name": "a", "uid": "{{Uid.Replace('7', '8')}}"} }""");

        Assert.Equal(["<uid a>", "<uid a 2>"], bodies.Select(b => b!["metadata"]!["uid"]!.ToString()));
    }

    [Theory]
    [InlineData("web-x7k2f", "web-<random>")]
    [InlineData("web-abcde", "web-abcde")]
    [InlineData("web-x7k2", "web-x7k2")]
    public void A_generated_name_is_taken_out_if_it_is_one_that_servers_generate(string name, string expected)
    {
        var bodies = Normalised("", $$"""{"metadata": {"generateName": "web-", "name": "{{name}}"} }""", $$"""{"message": "pods \"{{name}}\" not found"}""");

        Assert.Equal(expected, bodies[0]!["metadata"]!["name"]!.ToString());
        Assert.Equal($"pods \"{expected}\" not found", bodies[1]!["message"]!.ToString());
    }

    [Fact]
    public void Managed_fields_are_in_no_order() =>
        Assert.Equal(
            ["Apply x", "Update a", "Update b"],
            Normalised("", """{"managedFields": [{"operation": "Update", "manager": "b"}, {"operation": "Apply", "manager": "x"}, {"operation": "Update", "manager": "a"}]}""")
                .Single()!["managedFields"]!.AsArray().Select(e => $"{e!["operation"]} {e["manager"]}"));

    [Fact]
    public void Resources_of_a_group_are_in_no_order() =>
        Assert.Equal(
            "Pod",
            Normalised("", """{"kind": "APIResourceList", "resources": [{"name": "nodes"}, {"name": "pods", "kind": "Pod"}]}""")
                .Single()!["resources"]!["pods"]!["kind"]!.ToString());

    private static List<JsonNode?> Normalised(string said, params string[] bodies)
    {
        var answers = bodies.Select((b, i) => new Answer(i + 1, "GET /", new() { ["code"] = 200, ["$"] = JsonNode.Parse(b) }));
        return [.. new Normaliser(said).Normalise(new([.. answers])).Answers.Select(a => a.Content["$"])];
    }
}

using System.Net;
using System.Text.Json.Nodes;
using GitOpsToolkit.Yaml;
using Xunit;

namespace GitOpsToolkit.Api.Crds.Tests;

/// <summary>The API server accepts, defaults and refuses objects as the field tables say.</summary>
public sealed class AdmissionTests(SandboxCluster cluster) : IClassFixture<SandboxCluster>
{
    private static string CasesFolder => Path.Combine(Crds.Project, "cases", "objects");

    public static TheoryData<string> Accepted => Cases("expected.yaml");

    public static TheoryData<string> Refused => Cases("error.txt");

    public static TheoryData<string> Kinds => SchemaTests.Kinds;

    [Theory]
    [MemberData(nameof(Accepted))]
    public async Task A_good_object_is_stored_with_its_defaults(string name)
    {
        var input = Input(name);
        var expected = Read(name, "expected.yaml");

        var (code, stored) = await cluster.SendAsync(HttpMethod.Post, SandboxCluster.Path(input), input);

        Assert.True(code == HttpStatusCode.Created, stored.ToJsonString());
        Assert.True(JsonNode.DeepEquals(expected["spec"], stored["spec"]), stored["spec"]!.ToJsonString());
        Assert.Equal(input.Kind() == "ExternalArtifact" ? null : """{"observedGeneration":-1}""", stored["status"]?.ToJsonString());
    }

    [Theory]
    [MemberData(nameof(Refused))]
    public async Task A_bad_object_is_refused_with_the_path_of_the_fault(string name)
    {
        var input = Input(name);

        var (code, answer) = await cluster.SendAsync(HttpMethod.Post, SandboxCluster.Path(input), input);

        Assert.Equal(HttpStatusCode.UnprocessableEntity, code);
        Assert.All(
            File.ReadAllLines(Path.Combine(CasesFolder, name, "error.txt")),
            line => Assert.Contains(line, (string)answer["message"]!, StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task The_sample_is_accepted(string kind)
    {
        var sample = ConfigFiles.In("samples").Single(s => s.Kind() == kind);

        var (code, stored) = await cluster.SendAsync(HttpMethod.Post, SandboxCluster.Path(sample), sample);

        Assert.True(code == HttpStatusCode.Created, stored.ToJsonString());
    }

    [Theory]
    [InlineData("Ready", "True", "bad reason", "status.conditions[0].reason")]
    [InlineData("Ready", "Yes", "Succeeded", "status.conditions[0].status")]
    [InlineData("not a type", "True", "Succeeded", "status.conditions[0].type")]
    public async Task A_bad_condition_is_refused(string type, string status, string reason, string path)
    {
        var git = Named("condition-" + Guid.NewGuid().ToString("n")[..8]);
        await cluster.SendAsync(HttpMethod.Post, SandboxCluster.Path(git), git);

        var (code, answer) = await PatchStatusAsync(git, new JsonObject { ["conditions"] = new JsonArray(Condition(type, status, reason)) });

        Assert.Equal(HttpStatusCode.UnprocessableEntity, code);
        Assert.Contains(path, (string)answer["message"]!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_status_is_written_through_its_subresource_only()
    {
        var git = Named("status");
        var (_, created) = await cluster.SendAsync(HttpMethod.Post, SandboxCluster.Path(git), git);

        var (code, written) = await PatchStatusAsync(git, new JsonObject { ["observedGeneration"] = 1, ["conditions"] = new JsonArray(Condition("Ready", "True", "Succeeded")) });
        var (_, spec) = await cluster.SendAsync(
            HttpMethod.Patch,
            SandboxCluster.Path(git, "status"),
            new JsonObject { ["spec"] = new JsonObject { ["suspend"] = true }, ["status"] = new JsonObject { ["observedGeneration"] = 7 } },
            "application/merge-patch+json");

        Assert.True(code == HttpStatusCode.OK, written.ToJsonString());
        Assert.Equal(1, (int)created["metadata"]!["generation"]!);
        Assert.Equal(1, (int)written["metadata"]!["generation"]!);
        Assert.Equal(1, (int)written["status"]!["observedGeneration"]!);
        Assert.Equal(2, (int)spec["metadata"]!["generation"]!);
        Assert.Equal(1, (int)spec["status"]!["observedGeneration"]!);
    }

    private Task<(HttpStatusCode Code, JsonObject Body)> PatchStatusAsync(JsonObject git, JsonObject status) => cluster.SendAsync(
        HttpMethod.Patch, SandboxCluster.Path(git, git.Name()) + "/status", new JsonObject { ["status"] = status }, "application/merge-patch+json");

    private static JsonObject Condition(string type, string status, string reason) => new()
    {
        ["type"] = type,
        ["status"] = status,
        ["reason"] = reason,
        ["message"] = "",
        ["lastTransitionTime"] = "2026-01-31T12:00:00Z",
    };

    private static JsonObject Named(string name)
    {
        var git = Read("GitRepository/minimal", "input.yaml");
        git["metadata"]!["name"] = name;
        return git;
    }

    /// <summary>The object of a case; a kind's cases share a namespace, so they are told apart by their folders.</summary>
    private static JsonObject Input(string name) => Read(name, "input.yaml");

    private static JsonObject Read(string name, string file)
    {
        var path = Path.Combine(CasesFolder, name, file);
        return YamlReader.ReadOne(File.ReadAllText(path), path).Root!.AsObject();
    }

    private static TheoryData<string> Cases(string marker) =>
    [
        .. Directory.GetFiles(CasesFolder, marker, SearchOption.AllDirectories)
            .Select(f => Path.GetRelativePath(CasesFolder, Path.GetDirectoryName(f)!))
            .Order(StringComparer.Ordinal),
    ];
}

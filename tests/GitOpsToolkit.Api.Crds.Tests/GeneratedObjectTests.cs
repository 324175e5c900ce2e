using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using CsCheck;
using Xunit;

namespace GitOpsToolkit.Api.Crds.Tests;

/// <summary>Generator, API server and reader agree on what an object is.</summary>
public sealed class GeneratedObjectTests(SandboxCluster cluster) : IClassFixture<SandboxCluster>
{
    private const int Objects = 25;

    public static TheoryData<string> Kinds => SchemaTests.Kinds;

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task What_the_schema_allows_is_accepted_read_and_written_back(string kind) =>
        await SchemaGen.Spec(Crds.Of(kind)).SampleAsync(
            async spec =>
            {
                var (code, stored) = await TryAsync(kind, spec);
                Assert.True(code == HttpStatusCode.Created, stored.ToJsonString());

                var (problem, written) = Kindly.ReadAndWrite(kind, JsonSerializer.SerializeToElement((JsonNode)stored));

                Assert.Equal("", problem);
                Assert.True(
                    JsonNode.DeepEquals(WithoutDefaults(stored["spec"]!), WithoutDefaults(written!["spec"]!)),
                    $"{stored["spec"]!.ToJsonString()}\n{written!["spec"]!.ToJsonString()}");
            },
            iter: Objects,
            threads: 1);

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task A_wrong_type_anywhere_is_refused_and_found_by_the_reader_at_the_same_place(string kind) =>
        await Gen.Select(SchemaGen.Spec(Crds.Of(kind)), Gen.Int[0, 1000]).SampleAsync(
            async sample =>
            {
                var spec = (JsonObject)sample.Item1.DeepClone();
                var places = Places(spec, "spec").ToList();
                if (places.Count == 0)
                {
                    return;
                }

                var (path, spoil) = places[sample.Item2 % places.Count];
                spoil();

                var (code, answer) = await TryAsync(kind, spec);
                var (problem, _) = Kindly.ReadAndWrite(kind, JsonSerializer.SerializeToElement((JsonNode)Object(kind, spec)));

                Assert.True(code == HttpStatusCode.UnprocessableEntity, $"{path} in {spec.ToJsonString()}: {answer.ToJsonString()}");
                Assert.Contains(path + ": ", (string)answer["message"]!, StringComparison.Ordinal);
                Assert.Contains(path + ": ", problem, StringComparison.Ordinal);
            },
            iter: Objects,
            threads: 1);

    private Task<(HttpStatusCode Code, JsonObject Body)> TryAsync(string kind, JsonObject spec)
    {
        var json = Object(kind, spec);
        return cluster.SendAsync(HttpMethod.Post, SandboxCluster.Path(json) + "?dryRun=All", json);
    }

    private static JsonObject Object(string kind, JsonObject spec) => new()
    {
        ["apiVersion"] = (string)Crds.Of(kind)["spec"]!["group"]! + "/v1",
        ["kind"] = kind,
        ["metadata"] = new JsonObject { ["name"] = "generated" },
        ["spec"] = spec.DeepClone(),
    };

    /// <summary>Of the defaults that the server fills in, false is not written back, and 60s is written as Go does.</summary>
    private static JsonNode WithoutDefaults(JsonNode node)
    {
        var copy = node.DeepClone();
        Strip(copy);
        return copy;
    }

    private static void Strip(JsonNode? node)
    {
        if (node is JsonObject json)
        {
            foreach (var (name, value) in json.ToList())
            {
                if (value is JsonValue flag && flag.GetValueKind() == JsonValueKind.False)
                {
                    json.Remove(name);
                }
                else if (name == "timeout" && (string)value! == "60s")
                {
                    json[name] = "1m0s";
                }

                Strip(value);
            }
        }
        else if (node is JsonArray list)
        {
            list.ToList().ForEach(Strip);
        }
    }

    /// <summary>Every value, with what puts one of a wrong type in its place.</summary>
    private static IEnumerable<(string Path, Action Spoil)> Places(JsonNode node, string path)
    {
        var children = node switch
        {
            JsonObject json => json.ToList().Select(p => (At: $"{path}.{p.Key}", Node: p.Value!, Set: (Action<JsonNode>)(v => json[p.Key] = v))),
            JsonArray list => list.ToList().Select((n, i) => (At: $"{path}[{i}]", Node: n!, Set: (Action<JsonNode>)(v => list[i] = v))),
            _ => [],
        };
        foreach (var (at, child, set) in children)
        {
            yield return (at, () => set(Wrong(child)));
            foreach (var inner in Places(child, at))
            {
                yield return inner;
            }
        }
    }

    private static JsonNode Wrong(JsonNode value) => value is JsonValue scalar && scalar.GetValueKind() == JsonValueKind.String ? 7 : "wrong";
}

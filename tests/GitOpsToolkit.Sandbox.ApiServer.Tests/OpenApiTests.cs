using System.Text.Json.Nodes;

namespace GitOpsToolkit.Sandbox.ApiServer.Tests;

public sealed class OpenApiTests
{
    private const string Deployment = "io.k8s.api.apps.v1.Deployment";

    private const string Boxes = """
        {"apiVersion":"apiextensions.k8s.io/v1","kind":"CustomResourceDefinition","metadata":{"name":"boxes.example.com"},"spec":{"group":"example.com",
        "scope":"Namespaced","names":{"plural":"boxes","kind":"Box"},"versions":[{"name":"v1","served":true,"storage":true,"schema":{"openAPIV3Schema":{
        "type":"object","required":["spec"],"properties":{"spec":{"type":"object","title":"t","minProperties":1,"maxProperties":9,"properties":{
        "a":{"type":"string","enum":["x","y"],"minLength":1,"maxLength":300,"pattern":"^x"},
        "b":{"type":"number","minimum":0.5,"maximum":-2,"exclusiveMaximum":true,"multipleOf":0.5},
        "c":{"type":"array","minItems":1,"maxItems":3,"items":{"type":"string"}},
        "d":{"type":"object","additionalProperties":{"type":"integer","format":"int64"}}}}}}}}]}}
        """;

    [Fact]
    public async Task The_protobuf_document_says_what_the_json_document_says()
    {
        await using var server = await TestServer.StartAsync();
        Assert.Equal(201, (await server.PostAsync("/apis/apiextensions.k8s.io/v1/customresourcedefinitions", Boxes)).Number);
        JsonObject? definitions = null;
        await Eventually.TrueAsync(
            async () =>
            {
                definitions = (JsonObject)(await server.GetAsync("/openapi/v2")).Json["definitions"]!;
                return definitions.ContainsKey("com.example.v1.Box");
            },
            "the model of a new definition");

        using var request = new HttpRequestMessage(HttpMethod.Get, "/openapi/v2");
        request.Headers.TryAddWithoutValidation("Accept", "application/com.github.proto-openapi.spec.v2@v1.0+protobuf");
        using var response = await server.Http.SendAsync(request, TestContext.Current.CancellationToken);
        var document = OpenApiMessage.Read(await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));

        Assert.Equal("2.0", document.First(1).Text);
        var read = new JsonObject(document.First(9).All(1).Select(n => KeyValuePair.Create(n.First(1).Text, (JsonNode?)n.First(2).Schema())));
        Assert.Equal(definitions!.Count, read.Count);
        Assert.All(definitions, model => Assert.True(JsonNode.DeepEquals(model.Value, read[model.Key]), $"{model.Key}: {model.Value}\n{read[model.Key]}"));

        var patch = document.First(8).All(2).Single(p => p.First(1).Text == "/apis/apps/v1/namespaces/{namespace}/deployments/{name}").First(2).First(8);
        Assert.Equal(["dryRun", "fieldManager", "fieldValidation", "force"], patch.All(8).Select(p => p.First(1).First(2).First(3).First(4).Text));
        Assert.Equal("Deployment", JsonNode.Parse(patch.First(13).First(2).First(2).Text)!["kind"]!.ToString());
    }

    [Fact]
    public async Task Models_refer_to_each_other_and_never_into_the_void()
    {
        await using var server = await TestServer.StartAsync();
        var two = (JsonObject)(await server.GetAsync("/openapi/v2")).Json["definitions"]!;
        Assert.All(References(two), r => Assert.True(two.ContainsKey(r["#/definitions/".Length..]), r));
        Assert.Equal("#/definitions/io.k8s.api.apps.v1.DeploymentSpec", two[Deployment]!["properties"]!["spec"]!["$ref"]!.ToString());

        var index = (JsonObject)(await server.GetAsync("/openapi/v3")).Json["paths"]!;
        Assert.NotEmpty(index);
        foreach (var (_, entry) in index)
        {
            var three = (JsonObject)(await server.GetAsync(entry!["serverRelativeURL"]!.ToString())).Json["components"]!["schemas"]!;
            Assert.All(References(three), r => Assert.True(three.ContainsKey(r["#/components/schemas/".Length..]), r));
        }
    }

    [Fact]
    public async Task Models_say_where_their_words_are_and_what_is_required()
    {
        await using var server = await TestServer.StartAsync();
        var two = (JsonObject)(await server.GetAsync("/openapi/v2")).Json["definitions"]!;
        Assert.Contains("https://kubernetes.io/docs/reference", two[Deployment]!["description"]!.ToString(), StringComparison.Ordinal);
        Assert.Equal("""["selector","template"]""", two[Deployment + "Spec"]!["required"]!.ToJsonString());
        Assert.Equal("""[{"group":"apps","kind":"DeploymentList","version":"v1"}]""", two[Deployment + "List"]!["x-kubernetes-group-version-kind"]!.ToJsonString());
        var containers = two["io.k8s.api.core.v1.PodSpec"]!["properties"]!["containers"]!;
        Assert.Equal(("merge", "name"), (containers["x-kubernetes-patch-strategy"]!.ToString(), containers["x-kubernetes-patch-merge-key"]!.ToString()));
        Assert.Contains("io.k8s.api.autoscaling.v1.Scale", two.Select(d => d.Key));
        Assert.Contains("io.k8s.api.authentication.v1.TokenReview", two.Select(d => d.Key));
    }

    private static IEnumerable<string> References(JsonNode? node) => node switch
    {
        JsonObject map => map.SelectMany(p => p is { Key: "$ref", Value: JsonValue reference } ? [reference.ToString()] : References(p.Value)),
        JsonArray list => list.SelectMany(References),
        _ => [],
    };
}

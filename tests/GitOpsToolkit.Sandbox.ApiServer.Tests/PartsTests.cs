using System.Text;
using GitOpsToolkit.Sandbox.ApiServer.Http;
using GitOpsToolkit.Sandbox.ApiServer.Protobuf;
using GitOpsToolkit.Sandbox.ApiServer.Resources;
using Microsoft.Extensions.Time.Testing;

namespace GitOpsToolkit.Sandbox.ApiServer.Tests;

public sealed class PartsTests
{
    [Fact]
    public void Versions_sort_by_stability_then_number()
    {
        string[] expected = ["v10", "v2", "v1", "v11beta2", "v10beta3", "v3beta1", "v12alpha1", "v11alpha2", "foo1", "foo10"];
        Assert.Equal(expected, expected.Reverse().Order(VersionOrder.Instance));
    }

    [Theory]
    [InlineData("/api/v1/namespaces", "|v1||namespaces||")]
    [InlineData("/api/v1/namespaces/a", "|v1||namespaces|a|")]
    [InlineData("/api/v1/namespaces/a/status", "|v1||namespaces|a|status")]
    [InlineData("/api/v1/namespaces/a/finalize", "|v1||namespaces|a|finalize")]
    [InlineData("/api/v1/namespaces/a/pods", "|v1|a|pods||")]
    [InlineData("/api/v1/namespaces/a/pods/b/status", "|v1|a|pods|b|status")]
    [InlineData("/apis/apps/v1/deployments", "apps|v1||deployments||")]
    [InlineData("/apis/apps/v1/namespaces/a/deployments/b/scale", "apps|v1|a|deployments|b|scale")]
    [InlineData("/apis/rbac.authorization.k8s.io/v1/clusterroles/system%3Aadmin", "rbac.authorization.k8s.io|v1||clusterroles|system:admin|")]
    public void Resource_paths(string path, string expected)
    {
        var parsed = RequestPath.Parse(path)!;
        Assert.Equal(expected, $"{parsed.Group}|{parsed.Version}|{parsed.Namespace}|{parsed.Plural}|{parsed.Name}|{parsed.Subresource}");
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/api")]
    [InlineData("/apis/apps/v1")]
    [InlineData("/api/v1/namespaces/a/pods/b/status/c")]
    [InlineData("/healthz")]
    public void Other_paths(string path) => Assert.Null(RequestPath.Parse(path));

    [Theory]
    [InlineData("", false, "Object v1")]
    [InlineData("*/*", false, "Object v1")]
    [InlineData("application/json", false, "Object v1")]
    [InlineData("application/vnd.kubernetes.protobuf,application/json", false, "Object v1")]
    [InlineData("application/json;as=Table;v=v1;g=meta.k8s.io,application/json", false, "Table v1")]
    [InlineData("application/json;as=Table;v=v1beta1;g=meta.k8s.io", true, "Table v1beta1")]
    [InlineData("application/json;as=Table;v=v9;g=meta.k8s.io,application/json", true, "Object v1")]
    [InlineData("application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1", true, "Metadata v1")]
    [InlineData("application/yaml;q=0.5,application/json;q=0.9", false, "Object v1")]
    public void Accepted_shapes(string header, bool isList, string expected)
    {
        var accepted = Accepted.Parse(header, isList);
        Assert.Equal(expected, $"{accepted.Shape} {accepted.MetaVersion}");
        Assert.False(accepted.Yaml);
    }

    [Fact]
    public void Nothing_acceptable_gives_406() =>
        Assert.Equal(406, Assert.Throws<ApiError>(() => Accepted.Parse("application/vnd.kubernetes.protobuf", false)).Code);

    [Fact]
    public void A_protobuf_object()
    {
        byte[] meta = [.. Field(1, "cm"), .. Field(3, "apps"), .. Field(11, [.. Field(1, "k"), .. Field(2, "v")]), .. Field(8, [])];
        byte[] map = [.. Field(1, meta), .. Field(2, [.. Field(1, "a"), .. Field(2, "1")]), .. Field(2, [.. Field(1, "empty")]), .. Field(3, [.. Field(1, "b"), .. Field(2, "\u0001\u0002")])];
        byte[] body = [.. "k8s\0"u8, .. Field(1, [.. Field(1, "v1"), .. Field(2, "ConfigMap")]), .. Field(2, map)];
        Assert.Equal(
            """{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"cm","namespace":"apps","labels":{"k":"v"}},"data":{"a":"1","empty":""},"binaryData":{"b":"AQI="}}""",
            ProtoReader.Read(body).ToJsonString());
    }

    [Theory]
    [InlineData("", "does not appear to be a protobuf message")]
    [InlineData("k8s", "does not appear to be a protobuf message")]
    [InlineData("k8s\0\x12\x7f", "unexpected EOF")]
    [InlineData("k8s\0\x0b", "illegal wireType 3")]
    [InlineData("k8s\0\x12\0", "no protobuf fields are known of")]
    public void Damaged_protobuf(string body, string why) =>
        Assert.Contains(why, Assert.Throws<FormatException>(() => ProtoReader.Read(Encoding.Latin1.GetBytes(body))).Message, StringComparison.Ordinal);

    [Fact]
    public async Task Events_are_forgotten_after_their_lifetime()
    {
        var time = new FakeTimeProvider(new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
        await using var server = await TestServer.StartAsync(new() { Time = time });
        const string Events = "/api/v1/namespaces/default/events";
        await server.MustPostAsync(Events, """{"metadata":{"name":"old"},"involvedObject":{"kind":"Pod","name":"p","namespace":"default"}}""");
        time.Advance(TimeSpan.FromMinutes(40));
        await server.MustPostAsync(Events, """{"metadata":{"name":"new"},"involvedObject":{"kind":"Pod","name":"p","namespace":"default"}}""");
        time.Advance(TimeSpan.FromMinutes(21));
        await Eventually.TrueAsync(async () => (await server.GetAsync($"{Events}/old")).Number == 404, "the old event is gone");
        Assert.Equal(200, (await server.GetAsync($"{Events}/new")).Number);
    }

    [Fact]
    public async Task A_fixed_source_of_randomness_gives_the_same_ids()
    {
        static byte[] Zeros(int count) => new byte[count];
        await using var server = await TestServer.StartAsync(new() { RandomBytes = Zeros, Token = "t" });
        var created = await server.MustPostAsync("/api/v1/namespaces/default/configmaps", """{"metadata":{"generateName":"a-"}}""");
        Assert.Equal(("a-bbbbb", "00000000-0000-4000-8000-000000000000"), (created.TextAt("metadata.name"), created.TextAt("metadata.uid")));
    }

    private static byte[] Field(int number, string text) => Field(number, Encoding.UTF8.GetBytes(text));

    private static byte[] Field(int number, byte[] content) => [(byte)((number << 3) | 2), (byte)content.Length, .. content];
}

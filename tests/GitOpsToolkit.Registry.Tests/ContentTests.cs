using System.Security.Cryptography;
using System.Text;
using GitOpsToolkit.Registry.Content;
using GitOpsToolkit.Sandbox.Registry;
using WireMock.RequestBuilders;
using WireMock.ResponseBuilders;
using WireMock.Server;
using Xunit;
using static GitOpsToolkit.Registry.Tests.Harness;
using MediaTypes = GitOpsToolkit.Registry.Content.MediaTypes;

namespace GitOpsToolkit.Registry.Tests;

/// <summary>Manifests, indexes, referrers and blobs: bounded, and what their digest says or nothing.</summary>
public sealed class ContentTests : IDisposable
{
    private const string Signature = "application/vnd.dev.cosign.artifact.sig.v1+json";

    private static readonly RegistryAccess Open = new();

    private readonly WireMockServer server = WireMockServer.Start();
    private readonly RegistryClient client = new(Quick with { MaxBlobBytes = 1 << 20 }, TimeProvider.System);

    private ImageName App => Image(new Uri(server.Url!).Authority.Replace("localhost", "127.0.0.1", StringComparison.Ordinal));

    public void Dispose()
    {
        client.Dispose();
        server.Dispose();
    }

    [Fact]
    public async Task An_image_is_read_by_tag_and_by_digest_down_to_its_layers()
    {
        await using var registry = await OciRegistry.StartAsync(new OciRegistryOptions());
        using var http = new HttpClient();
        var digest = await new ImagePusher(http, registry.Url).PushAsync("app", "v1");
        var image = Image(registry.Host);

        var manifest = await client.GetManifestAsync(image, "v1", Open, CancellationToken.None);

        Assert.Equal(digest, manifest.Digest);
        Assert.False(manifest.IsIndex);
        Assert.Equal(manifest.Config!.MediaType, manifest.ArtifactType);
        Assert.Equal(manifest.Content.ToArray(), (await client.GetManifestAsync(image, digest, Open, CancellationToken.None)).Content.ToArray());
        var config = await client.ReadBlobAsync(image, manifest.Config, Open, CancellationToken.None);
        Assert.Contains("\"architecture\":\"amd64\"", Encoding.UTF8.GetString(config), StringComparison.Ordinal);
        using var layer = new MemoryStream();
        await client.CopyBlobAsync(image, Assert.Single(manifest.Layers), layer, Open, CancellationToken.None);
        Assert.Equal(manifest.Layers[0].Size, layer.Length);
        Assert.Empty(await client.ListReferrersAsync(image, digest, artifactType: null, Open, CancellationToken.None));
    }

    [Fact]
    public async Task An_index_names_its_platforms_and_annotations()
    {
        var body = $$$"""
            {"schemaVersion":2,"mediaType":"{{{MediaTypes.OciIndex}}}","annotations":{"a":"b","n":1},"manifests":[
            {"mediaType":"{{{MediaTypes.OciManifest}}}","digest":"{{{Sha("x")}}}","size":7,"platform":{"os":"linux","architecture":"arm64","variant":"v8"}},
            {"mediaType":"{{{MediaTypes.OciManifest}}}","digest":"{{{Sha("y")}}}","size":8,"platform":{"os":"linux","architecture":"amd64"},"urls":["http://evil"]},
            {"mediaType":"{{{MediaTypes.OciManifest}}}","digest":"{{{Sha("z")}}}","size":9,"artifactType":"att","annotations":{"k":"v"}}]}
            """;
        Answer("/v2/app/manifests/v1", body, MediaTypes.OciIndex);

        var index = await client.GetManifestAsync(App, "v1", Open, CancellationToken.None);

        Assert.True(index.IsIndex);
        Assert.Equal(Sha(body), index.Digest);
        Assert.Equal(["linux/arm64/v8", "linux/amd64", ""], index.Manifests.Select(one => $"{one.Platform}"));
        Assert.Equal("b", Assert.Single(index.Annotations).Value);
        Assert.Equal(("att", "v"), (index.Manifests[2].ArtifactType, index.Manifests[2].Annotations["k"]));
        var accept = Assert.Single(server.LogEntries).RequestMessage!.Headers!["Accept"].ToString();
        Assert.Contains(MediaTypes.DockerList, accept, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"manifests":[],"layers":[]}""", MediaTypes.OciIndex, "has both 'manifests' and 'layers'")]
    [InlineData("""{"mediaType":"application/vnd.oci.image.manifest.v1+json","layers":[]}""", MediaTypes.OciIndex, "was sent as")]
    [InlineData("""{"mediaType":"application/vnd.oci.image.index.v1+json","layers":[]}""", "application/json", "holds what its type has not")]
    [InlineData("""{"schemaVersion":1,"fsLayers":[]}""", "application/json", "(application/json) is neither an image nor an index")]
    [InlineData("""{"mediaType":"text/x","layers":[]}""", "application/json", "of type text/x is not supported")]
    [InlineData("""{"layers":[{"digest":"sha256:00","size":1}]}""", MediaTypes.OciManifest, "a descriptor without a proper digest")]
    [InlineData("""{"layers":[{"size":1}]}""", MediaTypes.OciManifest, "a descriptor without a proper digest")]
    [InlineData("""{"layers":[7]}""", MediaTypes.OciManifest, "a descriptor without a proper digest")]
    [InlineData("""{"layers":[""", MediaTypes.OciManifest, "is not valid JSON")]
    [InlineData("[]", MediaTypes.OciManifest, "is no JSON object")]
    [InlineData("<html>", "text/html", "is not valid JSON")]
    public async Task What_could_be_read_in_two_ways_or_is_no_manifest_is_refused(string body, string type, string reason)
    {
        Answer("/v2/app/manifests/v1", body, type);
        var fault = await FaultAsync(() => client.GetManifestAsync(App, "v1", Open, CancellationToken.None));
        Assert.Equal(RegistryFault.Protocol, fault.Fault);
        Assert.Contains(reason, fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_manifest_with_another_digest_than_asked_for_or_promised_is_refused()
    {
        const string Body = """{"layers":[]}""";
        Answer($"/v2/app/manifests/{Sha("other")}", Body, MediaTypes.OciManifest);
        server.Given(Request.Create().WithPath("/v2/app/manifests/v1")).RespondWith(
            Response.Create().WithHeader("Docker-Content-Digest", Sha("other")).WithHeader("Content-Type", MediaTypes.OciManifest).WithBody(Body));
        foreach (var reference in (string[])[Sha("other"), "v1"])
        {
            var fault = await FaultAsync(() => client.GetManifestAsync(App, reference, Open, CancellationToken.None));
            Assert.Contains($"does not have the digest {Sha("other")}; refused", fault.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_manifest_beyond_the_limit_is_refused()
    {
        Answer("/v2/app/manifests/v1", new string(' ', 5 << 20), MediaTypes.OciManifest);
        var fault = await FaultAsync(() => client.GetManifestAsync(App, "v1", Open, CancellationToken.None));
        Assert.Equal(RegistryFault.TooLarge, fault.Fault);
    }

    [Theory]
    [InlineData("right", "right", 5, null, "")]
    [InlineData("right", "wrong", 5, RegistryFault.Protocol, "another digest; refused")]
    [InlineData("right", "right and more", 5, RegistryFault.TooLarge, "more than the 5 bytes")]
    [InlineData("right", "rig", 5, RegistryFault.Truncated, "3 bytes came of 5")]
    [InlineData("right", "right", 2 << 20, RegistryFault.TooLarge, "at most 1048576 are read")]
    public async Task A_blob_is_what_its_descriptor_says_or_a_fault(string named, string sent, long size, RegistryFault? expected, string reason)
    {
        Answer($"/v2/app/blobs/{Sha(named)}", sent, "application/octet-stream");
        var blob = new Descriptor("x", Sha(named), size);
        if (expected is null)
        {
            Assert.Equal(sent, Encoding.UTF8.GetString(await client.ReadBlobAsync(App, blob, Open, CancellationToken.None)));
            return;
        }

        var fault = await FaultAsync(() => client.ReadBlobAsync(App, blob, Open, CancellationToken.None));
        Assert.Equal(expected, fault.Fault);
        Assert.Contains(reason, fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_blob_elsewhere_is_fetched_without_the_credential()
    {
        using var storage = WireMockServer.Start();
        storage.Given(Request.Create().WithPath("/bucket/x")).RespondWith(Response.Create().WithBody("right"));
        var path = $"/v2/app/blobs/{Sha("right")}";
        server.Given(Request.Create().WithPath(path).WithHeader("Authorization", "Basic*"))
            .RespondWith(Response.Create().WithStatusCode(307).WithHeader("Location", $"{storage.Url}/bucket/x?signature=s"));
        server.Given(Request.Create().WithPath(path)).AtPriority(10)
            .RespondWith(Response.Create().WithStatusCode(401).WithHeader("WWW-Authenticate", "Basic realm=\"x\""));
        var access = new RegistryAccess(new RegistryCredential("ann", "secret"));
        var read = await client.ReadBlobAsync(App, new Descriptor("x", Sha("right"), 5), access, CancellationToken.None);
        Assert.Equal("right", Encoding.UTF8.GetString(read));
        Assert.DoesNotContain("Authorization", Assert.Single(storage.LogEntries).RequestMessage!.Headers!.Keys);
    }

    [Fact]
    public async Task Referrers_come_by_the_API_over_pages_and_are_filtered_here_too()
    {
        var path = $"/v2/app/referrers/{Sha("image")}";
        server.Given(Request.Create().WithPath(path)).AtPriority(10).RespondWith(Index(One("sig-1", Signature), One("sbom", "spdx"))
            .WithHeader("Link", $"<{path}?page=2>; rel=\"next\""));
        server.Given(Request.Create().WithPath(path).WithParam("page", "2")).RespondWith(Index(One("sig-2", Signature), One("sig-1", Signature)));

        var found = await client.ListReferrersAsync(App, Sha("image"), Signature, Open, CancellationToken.None);

        Assert.Equal([Sha("sig-1"), Sha("sig-2")], found.Select(one => one.Digest));
        Assert.Contains("artifactType=", server.LogEntries[0].RequestMessage!.Url, StringComparison.Ordinal);
        Assert.Equal(3, (await client.ListReferrersAsync(App, Sha("image"), artifactType: null, Open, CancellationToken.None)).Count);
    }

    [Theory]
    [InlineData(404, "application/json")]
    [InlineData(200, "text/html")]
    public async Task Without_the_API_referrers_come_by_the_tag(int status, string type)
    {
        server.Given(Request.Create().WithPath($"/v2/app/referrers/{Sha("image")}")).RespondWith(
            Response.Create().WithStatusCode(status).WithHeader("Content-Type", type).WithBody("{}"));
        server.Given(Request.Create().WithPath($"/v2/app/manifests/{Sha("image").Replace(':', '-')}"))
            .RespondWith(Index(One("sig", Signature), One("sbom", "spdx")));
        var found = await client.ListReferrersAsync(App, Sha("image"), Signature, Open, CancellationToken.None);
        Assert.Equal(Sha("sig"), Assert.Single(found).Digest);
    }

    [Fact]
    public async Task Referrers_that_cannot_be_had_are_a_fault_and_not_none()
    {
        var path = $"/v2/app/referrers/{Sha("image")}";
        server.Given(Request.Create().WithPath(path)).RespondWith(Response.Create().WithStatusCode(500));
        Assert.Equal(RegistryFault.Unreachable, (await FaultAsync(ReferrersAsync)).Fault);
        server.Reset();
        server.Given(Request.Create().WithPath(path)).RespondWith(Index(One("a", "x")).WithHeader("Link", $"<{path}>; rel=\"next\""));
        Assert.Contains("leads round in circles", (await FaultAsync(ReferrersAsync)).Message, StringComparison.Ordinal);
        server.Reset();
        server.Given(Request.Create().WithPath(path)).RespondWith(Response.Create().WithStatusCode(404));
        Assert.Empty(await client.ListReferrersAsync(App, Sha("image"), artifactType: null, Open, CancellationToken.None));

        Task ReferrersAsync() => client.ListReferrersAsync(App, Sha("image"), artifactType: null, Open, CancellationToken.None);
    }

    private static string Sha(string text) => $"sha256:{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))}";

    private static string One(string name, string type) =>
        $$"""{"mediaType":"{{MediaTypes.OciManifest}}","digest":"{{Sha(name)}}","size":3,"artifactType":"{{type}}"}""";

    private static IResponseBuilder Index(params string[] manifests) => Response.Create().WithHeader("Content-Type", MediaTypes.OciIndex)
        .WithBody($$"""{"schemaVersion":2,"manifests":[{{string.Join(',', manifests)}}]}""");

    private void Answer(string path, string body, string type) => server.Given(Request.Create().WithPath(path))
        .RespondWith(Response.Create().WithHeader("Content-Type", type).WithBody(body));
}

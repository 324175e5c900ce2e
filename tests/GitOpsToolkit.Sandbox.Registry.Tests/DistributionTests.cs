using System.Net;
using System.Text.Json.Nodes;
using Xunit;
using static GitOpsToolkit.Sandbox.Registry.Tests.RegistryFixture;

namespace GitOpsToolkit.Sandbox.Registry.Tests;

public sealed class DistributionTests
{
    [Fact]
    public async Task An_image_can_be_pushed_and_read_back()
    {
        await using var fixture = await StartAsync();
        var digest = await fixture.Pusher.PushAsync("team/app", "v1");

        using var byTag = await fixture.SendAsync(HttpMethod.Get, "/v2/team/app/manifests/v1");
        Assert.Equal(digest, Header(byTag, "Docker-Content-Digest"));
        Assert.Equal(OciManifest, byTag.Content.Headers.ContentType!.MediaType);
        Assert.Equal(digest, Digest(await byTag.Content.ReadAsStringAsync()));

        using var head = await fixture.SendAsync(HttpMethod.Head, $"/v2/team/app/manifests/{digest}");
        Assert.Equal(HttpStatusCode.OK, head.StatusCode);
        Assert.Equal(byTag.Content.Headers.ContentLength, head.Content.Headers.ContentLength);

        var layer = (await JsonAsync(byTag))["layers"]![0]!["digest"]!.GetValue<string>();
        using var blob = await fixture.SendAsync(HttpMethod.Get, $"/v2/team/app/blobs/{layer}");
        Assert.Equal(HttpStatusCode.OK, blob.StatusCode);
        using var elsewhere = await fixture.SendAsync(HttpMethod.Get, $"/v2/other/blobs/{layer}");
        Assert.Equal("BLOB_UNKNOWN", await ErrorCodeAsync(elsewhere));
    }

    [Fact]
    public async Task The_same_push_gives_the_same_digest_and_calls_back_each_time()
    {
        await using var fixture = await StartAsync();
        var pushes = new List<RegistryPush>();
        using (fixture.Registry.OnPush(pushes.Add))
        {
            var digest = await fixture.Pusher.PushAsync("app", "v1");
            Assert.Equal(digest, await fixture.Pusher.PushAsync("app", "v1-again", "v1"));
            Assert.Equal([new RegistryPush("app", "v1", digest), new RegistryPush("app", "v1-again", digest)], pushes);
        }

        await fixture.Pusher.PushAsync("app", "v2");
        Assert.Equal(2, pushes.Count);
    }

    [Fact]
    public async Task A_blob_can_arrive_in_chunks_in_order_only()
    {
        await using var fixture = await StartAsync();
        using var start = await fixture.SendAsync(HttpMethod.Post, "/v2/app/blobs/uploads/");
        Assert.Equal(HttpStatusCode.Accepted, start.StatusCode);
        var upload = Header(start, "Location");

        using var first = await fixture.SendAsync(HttpMethod.Patch, upload, "hello ", null, ("Content-Range", "0-5"));
        Assert.Equal("0-5", Header(first, "Range"));
        using var gap = await fixture.SendAsync(HttpMethod.Patch, upload, "late", null, ("Content-Range", "10-13"));
        Assert.Equal(HttpStatusCode.RequestedRangeNotSatisfiable, gap.StatusCode);
        Assert.Equal("0-5", Header(gap, "Range"));
        using var status = await fixture.SendAsync(HttpMethod.Get, upload);
        Assert.Equal(HttpStatusCode.NoContent, status.StatusCode);
        using var finish = await fixture.SendAsync(HttpMethod.Put, $"{upload}?digest={Digest("hello world")}", "world");
        Assert.Equal(HttpStatusCode.Created, finish.StatusCode);

        using var blob = await fixture.SendAsync(HttpMethod.Get, Header(finish, "Location"));
        Assert.Equal("hello world", await blob.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task A_wrong_digest_is_refused_and_the_upload_is_gone()
    {
        await using var fixture = await StartAsync();
        using var start = await fixture.SendAsync(HttpMethod.Post, "/v2/app/blobs/uploads/");
        var upload = Header(start, "Location");
        using var finish = await fixture.SendAsync(HttpMethod.Put, $"{upload}?digest={Digest("other")}", "content");
        Assert.Equal("DIGEST_INVALID", await ErrorCodeAsync(finish));
        using var after = await fixture.SendAsync(HttpMethod.Get, upload);
        Assert.Equal("BLOB_UPLOAD_UNKNOWN", await ErrorCodeAsync(after));
    }

    [Fact]
    public async Task An_upload_can_be_cancelled_and_a_large_one_is_refused()
    {
        await using var fixture = await StartAsync(new OciRegistryOptions { MaxBlobBytes = 10 });
        using var start = await fixture.SendAsync(HttpMethod.Post, "/v2/app/blobs/uploads/");
        using var cancel = await fixture.SendAsync(HttpMethod.Delete, Header(start, "Location"));
        Assert.Equal(HttpStatusCode.NoContent, cancel.StatusCode);
        using var large = await fixture.SendAsync(HttpMethod.Post, $"/v2/app/blobs/uploads/?digest={Digest("x")}", "eleven bytes");
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, large.StatusCode);
    }

    [Fact]
    public async Task A_blob_is_mounted_from_another_repository()
    {
        await using var fixture = await StartAsync();
        var digest = await fixture.PushBlobAsync("a", "shared");
        using var mount = await fixture.SendAsync(HttpMethod.Post, $"/v2/b/blobs/uploads/?mount={digest}&from=a");
        Assert.Equal(HttpStatusCode.Created, mount.StatusCode);
        using var blob = await fixture.SendAsync(HttpMethod.Head, $"/v2/b/blobs/{digest}");
        Assert.Equal(HttpStatusCode.OK, blob.StatusCode);
        using var unknown = await fixture.SendAsync(HttpMethod.Post, $"/v2/b/blobs/uploads/?mount={Digest("nope")}&from=a");
        Assert.Equal(HttpStatusCode.Accepted, unknown.StatusCode);
    }

    [Theory]
    [InlineData("bytes=0-4", HttpStatusCode.PartialContent, "01234", "bytes 0-4/10")]
    [InlineData("bytes=5-", HttpStatusCode.PartialContent, "56789", "bytes 5-9/10")]
    [InlineData("bytes=-3", HttpStatusCode.PartialContent, "789", "bytes 7-9/10")]
    [InlineData("bytes=8-99", HttpStatusCode.PartialContent, "89", "bytes 8-9/10")]
    [InlineData("bytes=10-", HttpStatusCode.RequestedRangeNotSatisfiable, "", "bytes */10")]
    public async Task A_part_of_a_blob_can_be_asked_for(string range, HttpStatusCode status, string content, string contentRange)
    {
        await using var fixture = await StartAsync();
        var digest = await fixture.PushBlobAsync("app", "0123456789");
        using var answer = await fixture.SendAsync(HttpMethod.Get, $"/v2/app/blobs/{digest}", null, null, ("Range", range));
        Assert.Equal(status, answer.StatusCode);
        Assert.Equal(content, await answer.Content.ReadAsStringAsync());
        Assert.Equal(contentRange, Header(answer, "Content-Range"));
    }

    [Fact]
    public async Task Tags_come_in_pages_that_link_to_the_next()
    {
        await using var fixture = await StartAsync(new OciRegistryOptions { MaxPageSize = 3 });
        foreach (var tag in new[] { "b", "a", "C", "d", "e" })
        {
            await fixture.Pusher.PushAsync("app", tag, "same");
        }

        var (tags, target) = (new List<string>(), "/v2/app/tags/list?n=100");
        var pages = 0;
        while (target.Length > 0)
        {
            using var answer = await fixture.SendAsync(HttpMethod.Get, target);
            tags.AddRange((await JsonAsync(answer))["tags"]!.AsArray().Select(tag => tag!.GetValue<string>()));
            var link = Header(answer, "Link");
            target = link.Length == 0 ? "" : link[1..link.IndexOf('>')];
            pages++;
        }

        Assert.Equal(["C", "a", "b", "d", "e"], tags);
        Assert.Equal(2, pages);
        using var bad = await fixture.SendAsync(HttpMethod.Get, "/v2/app/tags/list?n=x");
        Assert.Equal("PAGINATION_NUMBER_INVALID", await ErrorCodeAsync(bad));
        using var none = await fixture.SendAsync(HttpMethod.Get, "/v2/app/tags/list?n=0");
        Assert.Empty((await JsonAsync(none))["tags"]!.AsArray());
        using var unknown = await fixture.SendAsync(HttpMethod.Get, "/v2/nope/tags/list");
        Assert.Equal("NAME_UNKNOWN", await ErrorCodeAsync(unknown));
    }

    [Fact]
    public async Task The_catalog_lists_repositories()
    {
        await using var fixture = await StartAsync();
        await fixture.Pusher.PushAsync("b/c", "1");
        await fixture.Pusher.PushAsync("a", "1");
        using var answer = await fixture.SendAsync(HttpMethod.Get, "/v2/_catalog?n=1");
        Assert.Equal("""{"repositories":["a"]}""", await answer.Content.ReadAsStringAsync());
        Assert.Equal("</v2/_catalog?last=a&n=1>; rel=\"next\"", Header(answer, "Link"));
    }

    [Fact]
    public async Task Tags_and_manifests_can_be_deleted()
    {
        await using var fixture = await StartAsync();
        var digest = await fixture.Pusher.PushAsync("app", "a", "same");
        await fixture.Pusher.PushAsync("app", "b", "same");
        await fixture.Pusher.DeleteAsync("app", "a");
        using var byTag = await fixture.SendAsync(HttpMethod.Get, "/v2/app/manifests/a");
        Assert.Equal("MANIFEST_UNKNOWN", await ErrorCodeAsync(byTag));
        using var stillThere = await fixture.SendAsync(HttpMethod.Head, "/v2/app/manifests/b");
        Assert.Equal(HttpStatusCode.OK, stillThere.StatusCode);
        await fixture.Pusher.DeleteAsync("app", digest);
        using var tags = await fixture.SendAsync(HttpMethod.Get, "/v2/app/tags/list");
        Assert.Empty((await JsonAsync(tags))["tags"]!.AsArray());
        using var again = await fixture.SendAsync(HttpMethod.Delete, $"/v2/app/manifests/{digest}");
        Assert.Equal(HttpStatusCode.NotFound, again.StatusCode);
    }

    [Theory]
    [InlineData("{", OciManifest, "MANIFEST_INVALID")]
    [InlineData("[]", OciManifest, "MANIFEST_INVALID")]
    [InlineData("{}", "text/plain", "MANIFEST_INVALID")]
    [InlineData("""{"mediaType":"application/vnd.oci.image.index.v1+json"}""", OciManifest, "MANIFEST_INVALID")]
    [InlineData("""{"config":{"digest":"sha256:00"}}""", OciManifest, "MANIFEST_BLOB_UNKNOWN")]
    public async Task A_bad_manifest_is_refused(string body, string type, string code)
    {
        await using var fixture = await StartAsync();
        using var answer = await fixture.SendAsync(HttpMethod.Put, "/v2/app/manifests/v1", body, type);
        Assert.Equal(code, await ErrorCodeAsync(answer));
    }

    [Theory]
    [InlineData("GET", "/v2/app/manifests/../x", HttpStatusCode.NotFound)]
    [InlineData("GET", "/v2/App/manifests/x", HttpStatusCode.BadRequest)]
    [InlineData("GET", "/v2/a/../../etc/manifests/x", HttpStatusCode.NotFound)]
    [InlineData("GET", "/v2/a/%2e%2e/b/manifests/x", HttpStatusCode.NotFound)]
    [InlineData("PUT", "/v2/app/manifests/.bad", HttpStatusCode.BadRequest)]
    [InlineData("POST", "/v2/app/tags/list", HttpStatusCode.MethodNotAllowed)]
    [InlineData("GET", "/v2/app/blobs/nodigest", HttpStatusCode.NotFound)]
    [InlineData("GET", "/other", HttpStatusCode.NotFound)]
    public async Task What_is_no_part_of_the_API_is_refused_with_an_error_body(string method, string target, HttpStatusCode status)
    {
        await using var fixture = await StartAsync();
        using var answer = await fixture.SendAsync(new HttpMethod(method), target, method == "PUT" ? "{}" : null);
        Assert.Equal(status, answer.StatusCode);
        Assert.NotEmpty(await ErrorCodeAsync(answer));
    }

    [Fact]
    public async Task A_digest_in_the_address_must_fit_the_manifest()
    {
        await using var fixture = await StartAsync();
        using var answer = await fixture.SendAsync(HttpMethod.Put, $"/v2/app/manifests/{Digest("x")}", "{}", OciManifest);
        Assert.Equal("DIGEST_INVALID", await ErrorCodeAsync(answer));
    }

    [Fact]
    public async Task Referrers_are_found_by_subject_and_artifact_type()
    {
        await using var fixture = await StartAsync();
        var subject = await fixture.Pusher.PushAsync("app", "v1");
        var config = await fixture.PushBlobAsync("app", "{}");
        var manifest = new JsonObject
        {
            ["schemaVersion"] = 2,
            ["mediaType"] = OciManifest,
            ["artifactType"] = "application/example",
            ["config"] = new JsonObject { ["mediaType"] = "application/vnd.oci.empty.v1+json", ["digest"] = config, ["size"] = 2 },
            ["layers"] = new JsonArray(),
            ["subject"] = new JsonObject { ["mediaType"] = OciManifest, ["digest"] = subject, ["size"] = 1 },
            ["annotations"] = new JsonObject { ["a"] = "b" },
        }.ToJsonString();
        using var put = await fixture.SendAsync(HttpMethod.Put, $"/v2/app/manifests/{Digest(manifest)}", manifest, OciManifest);
        Assert.Equal(subject, Header(put, "OCI-Subject"));

        using var all = await fixture.SendAsync(HttpMethod.Get, $"/v2/app/referrers/{subject}");
        var descriptor = (await JsonAsync(all))["manifests"]!.AsArray().Single()!;
        Assert.Equal(Digest(manifest), descriptor["digest"]!.GetValue<string>());
        Assert.Equal("application/example", descriptor["artifactType"]!.GetValue<string>());
        Assert.Equal("b", descriptor["annotations"]!["a"]!.GetValue<string>());
        using var other = await fixture.SendAsync(HttpMethod.Get, $"/v2/app/referrers/{subject}?artifactType=other");
        Assert.Empty((await JsonAsync(other))["manifests"]!.AsArray());
        Assert.Equal("artifactType", Header(other, "OCI-Filters-Applied"));
        using var none = await fixture.SendAsync(HttpMethod.Get, $"/v2/nope/referrers/{subject}");
        Assert.Equal(HttpStatusCode.OK, none.StatusCode);
    }
}

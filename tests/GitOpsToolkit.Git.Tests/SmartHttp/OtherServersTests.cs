using System.IO.Compression;
using System.Text;
using GitOpsToolkit.TestKit;
using Microsoft.AspNetCore.Http;
using Xunit;
using static GitOpsToolkit.Git.Tests.SmartHttp.ScriptedHost;

namespace GitOpsToolkit.Git.Tests.SmartHttp;

/// <summary>Servers of all sorts, good and bad, scripted.</summary>
public sealed class OtherServersTests : IDisposable
{
    private readonly TempDirectory _folder = new();
    private readonly GitRemote _remote;

    public OtherServersTests() => _remote = new GitRemote(_folder.Path, new GitCliOptions { Program = "no-git-is-to-be-started" }, TimeProvider.System);

    public void Dispose()
    {
        _remote.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Polls_share_a_connection_and_present_the_credentials_each_time()
    {
        await using var host = await StartAsync(Version2($"{Id} refs/heads/main"));
        var credentials = new GitCredentials { BearerToken = "t0ken" };

        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(new GitRef("refs/heads/main", Id), Assert.Single(await ListAsync(host, credentials)));
        }

        Assert.Equal(
            ["GET /app.git/info/refs?service=git-upload-pack", "POST /app.git/git-upload-pack", "POST /app.git/git-upload-pack", "POST /app.git/git-upload-pack"],
            host.Seen.Select(request => request.Line));
        Assert.All(host.Seen, request => Assert.Equal(("Bearer t0ken", "version=2"), (request.Authorization, request.Protocol)));
        Assert.Single(host.Seen.Select(request => request.Connection).Distinct());
        Assert.Equal("0014command=ls-refs\n0016object-format=sha100010009peel\n000csymrefs\n0000", host.Seen.Last().Body);
    }

    [Fact]
    public async Task An_answer_whose_end_comes_late_keeps_its_connection_too()
    {
        await using var host = await StartAsync(async context =>
        {
            await Version2($"{Id} refs/heads/main")(context);
            await context.Response.Body.FlushAsync();
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System);
        });

        await ListAsync(host);
        await ListAsync(host);

        Assert.Single(host.Seen.Select(request => request.Connection).Distinct());
    }

    [Theory]
    [InlineData(RefScope.Heads, "001bref-prefix refs/heads/\n0000")]
    [InlineData(RefScope.Tags, "001aref-prefix refs/tags/\n0000")]
    public async Task Only_what_is_of_interest_is_asked_for(RefScope scope, string end)
    {
        await using var host = await StartAsync(Version2());
        await _remote.ListRefsAsync(Endpoint(host), scope, default);
        Assert.EndsWith(end, host.Seen.Last().Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Other_credentials_are_another_acquaintance()
    {
        await using var host = await StartAsync(Version2());
        await ListAsync(host, new GitCredentials { BearerToken = "one1" });
        await ListAsync(host, new GitCredentials { BearerToken = "two2" });
        Assert.Equal(["GET", "POST", "GET", "POST"], host.Seen.Select(request => request.Line.Split(' ')[0]));
    }

    [Theory]
    [InlineData("")]
    [InlineData("version 1")]
    public async Task A_server_of_the_protocols_before_has_told_its_references_with_the_first_answer(string version)
    {
        string[] head = version.Length > 0 ? [version] : [];
        await using var host = await StartAsync(context => SayAsync(context, AdvertisementType,
            Lines(["# service=git-upload-pack\n", "0000", .. head, $"{Id} HEAD\0multi_ack\n", $"{Id} refs/heads/main\n", "0000"])));

        Assert.Equal(["HEAD", "refs/heads/main"], (await ListAsync(host)).Select(reference => reference.Name));
        await ListAsync(host);
        Assert.All(host.Seen, request => Assert.StartsWith("GET ", request.Line, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_server_that_changed_its_ways_is_asked_anew()
    {
        var old = false;
        await using var host = await StartAsync(context => old
            ? HttpMethods.IsGet(context.Request.Method)
                ? SayAsync(context, AdvertisementType, Lines("# service=git-upload-pack\n", "0000", $"{Id} refs/heads/old\0x\n", "0000"))
                : SayAsync(context, "text/plain", "what is ls-refs?", 500)
            : Version2($"{Id} refs/heads/new")(context));
        Assert.Equal("refs/heads/new", Assert.Single(await ListAsync(host)).Name);
        old = true;
        Assert.Equal("refs/heads/old", Assert.Single(await ListAsync(host)).Name);
    }

    [Fact]
    public async Task A_packed_answer_is_unpacked_within_the_cap()
    {
        await using var host = await StartAsync(async context =>
        {
            if (HttpMethods.IsGet(context.Request.Method))
            {
                await Version2()(context);
                return;
            }

            Assert.Contains("gzip", context.Request.Headers.AcceptEncoding.ToString(), StringComparison.Ordinal);
            (context.Response.ContentType, context.Response.Headers.ContentEncoding) = (ResultType, "gzip");
            await using var packed = new GZipStream(context.Response.Body, CompressionLevel.Fastest);
            await packed.WriteAsync(Encoding.ASCII.GetBytes(Lines([.. Enumerable.Range(0, 5000).Select(i => $"{Id} refs/heads/{i}"), "0000"])));
        });

        Assert.Equal(5000, (await ListAsync(host)).Count);
        using var small = new GitRemote(_folder.Path, new GitCliOptions { MaxListBytes = 100_000 }, TimeProvider.System);
        var error = await Assert.ThrowsAsync<GitException>(() => small.ListRefsAsync(Endpoint(host), RefScope.All, default));
        Assert.Equal(GitFailure.TooLarge, error.Failure);
    }

    [Theory]
    [InlineData(401, "text/plain", "no", GitFailure.Authentication, "in spec.secretRef: 401 Unauthorized")]
    [InlineData(403, "text/plain", "not you", GitFailure.Authentication, "returned error: 403 Forbidden; the server says: not you")]
    [InlineData(203, "text/html", "<html>Sign in</html>", GitFailure.Authentication, "returned error: 203")]
    [InlineData(404, "text/html", "<html>", GitFailure.RepositoryNotFound, "check the URL, and that the credentials may see it: the requested URL returned error: 404 Not Found")]
    [InlineData(500, "text/plain", "oops", GitFailure.Other, "returned error: 500 Internal Server Error; the server says: oops")]
    [InlineData(200, "text/html", "<html>", GitFailure.RepositoryNotFound, "the server answered with a web page (200, text/html)")]
    [InlineData(200, AdvertisementType, "<html>", GitFailure.Other, "not of Git's protocol: where the length of a line was to be stood '<htm'")]
    [InlineData(200, AdvertisementType, "000eversion 2\n0000", GitFailure.Other, "does not offer ls-refs")]
    [InlineData(200, AdvertisementType, "000eversion 2\n001aobject-format=sha256\n\n0000", GitFailure.Other, "not SHA-1")]
    [InlineData(200, AdvertisementType, "0014ERR over quota\n\n", GitFailure.Other, "remote error: over quota")]
    public async Task Refusals_are_told_apart(int status, string type, string body, GitFailure expected, string words)
    {
        await using var host = await StartAsync(context => SayAsync(context, type, body, status));
        var error = await Assert.ThrowsAsync<GitException>(() => ListAsync(host));
        Assert.Equal(expected, error.Failure);
        Assert.StartsWith($"failed to list references of '{host.Url}': ", error.Message, StringComparison.Ordinal);
        Assert.Contains(words, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
    }

    [Fact]
    public async Task A_server_of_plain_files_is_left_to_the_git_program()
    {
        await using var host = await StartAsync(context => SayAsync(context, "text/plain", $"{Id}\trefs/heads/main\n"));
        Assert.Contains("no-git-is-to-be-started", (await Assert.ThrowsAsync<GitException>(() => ListAsync(host))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_anonymous_client_is_led_once_and_goes_there_by_itself_from_then_on()
    {
        await using var host = await StartAsync(Version2($"{Id} refs/heads/main"));
        await using var door = await StartAsync(context =>
        {
            context.Response.Redirect(host.Url + "/info/refs?service=git-upload-pack");
            return Task.CompletedTask;
        });

        await ListAsync(door);
        Assert.Single(await ListAsync(door));
        Assert.Single(door.Seen);
        Assert.Equal(3, host.Seen.Count);
    }

    [Fact]
    public async Task Credentials_are_led_nowhere_and_a_loop_or_a_strange_place_is_refused()
    {
        await using var host = await StartAsync(Version2());
        await using var door = await StartAsync(context =>
        {
            context.Response.Redirect(context.Request.Path.StartsWithSegments("/app.git") ? host.Url + "/info/refs?service=git-upload-pack"
                : context.Request.Path.StartsWithSegments("/loop") ? "/loop/info/refs?service=git-upload-pack" : host.Url + "/login?token=CANARY");
            return Task.CompletedTask;
        });

        var error = await Assert.ThrowsAsync<GitException>(() => ListAsync(door, new GitCredentials { Username = "u", Password = "CANARY" }));
        Assert.Equal(GitFailure.Redirect, error.Failure);
        Assert.EndsWith($"use the address it redirects to: the requested URL returned error: 302 to {host.Url}", error.Message, StringComparison.Ordinal);
        foreach (var path in new[] { "/loop", "/login" })
        {
            var endpoint = new GitEndpoint(GitUrl.Parse(door.Url.Replace("/app.git", path, StringComparison.Ordinal)), null, TimeSpan.FromMinutes(2));
            error = await Assert.ThrowsAsync<GitException>(() => _remote.ListRefsAsync(endpoint, RefScope.All, default));
            Assert.Equal(GitFailure.Redirect, error.Failure);
            Assert.DoesNotContain("CANARY", error.Message, StringComparison.Ordinal);
        }

        Assert.Empty(host.Seen);
    }

    [Fact]
    public async Task A_connection_that_the_server_closed_in_between_costs_no_failure()
    {
        await using var host = await StartAsync(async context =>
        {
            context.Response.Headers.Connection = "close";
            await Version2()(context);
        });
        await ListAsync(host);
        await ListAsync(host);
        Assert.Equal(3, host.Seen.Select(request => request.Connection).Distinct().Count());
    }

    [Fact]
    public async Task Certificates_that_cannot_be_read_are_told_without_a_value()
    {
        await using var host = await StartAsync(Version2());
        var error = await Assert.ThrowsAsync<GitException>(() => ListAsync(host, new GitCredentials { CaCertificates = "CANARY" }));
        Assert.Equal(GitFailure.Authentication, error.Failure);
        Assert.Contains("'ca.crt' holds no PEM certificate", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("CANARY", error.ToString(), StringComparison.Ordinal);
    }

    private static GitEndpoint Endpoint(ScriptedHost host, GitCredentials? credentials = null) => new(GitUrl.Parse(host.Url), credentials, TimeSpan.FromMinutes(2));

    private Task<IReadOnlyList<GitRef>> ListAsync(ScriptedHost host, GitCredentials? credentials = null) =>
        _remote.ListRefsAsync(Endpoint(host, credentials), RefScope.All, default);
}

using System.Net;
using System.Net.Http.Headers;
using GitOpsToolkit.Controllers.Source.Storage;
using GitOpsToolkit.TestKit;
using Xunit;

namespace GitOpsToolkit.Controllers.Source.Tests;

public sealed class ArtifactServerTests : IAsyncLifetime
{
    private const string Good = "gitrepository/apps/web/one.tar.gz";
    private readonly TempDirectory _folder = new();
    private readonly HttpClient _http = new();
    private ArtifactServer _server = null!;

    public async ValueTask InitializeAsync()
    {
        foreach (var path in new[] { Good, Good + ".lock", "gitrepository/apps/web/.one.tmp", ".mirrors/a/b/c", "secret", "other/apps/web/one.tar.gz" })
        {
            Directory.CreateDirectory(Path.GetDirectoryName(_folder["s/" + path])!);
            await File.WriteAllTextAsync(_folder["s/" + path], "0123456789");
        }

        await File.WriteAllTextAsync(_folder["outside"], "secret");
        _server = new ArtifactServer(new SourceControllerOptions { StoragePath = _folder["s"], StorageAddress = "127.0.0.1:0" });
        await _server.StartAsync(default);
        _http.BaseAddress = _server.Url;
    }

    public async ValueTask DisposeAsync()
    {
        await _server.StopAsync();
        await _server.DisposeAsync();
        _http.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Files_are_given_whole_in_parts_and_only_when_newer()
    {
        using var whole = await _http.GetAsync(new Uri(Good, UriKind.Relative));
        Assert.Equal("0123456789", await whole.Content.ReadAsStringAsync());
        Assert.NotNull(whole.Content.Headers.LastModified);

        using var part = new HttpRequestMessage(HttpMethod.Get, Good);
        part.Headers.Range = new RangeHeaderValue(2, 4);
        using var partly = await _http.SendAsync(part);
        Assert.Equal(HttpStatusCode.PartialContent, partly.StatusCode);
        Assert.Equal("234", await partly.Content.ReadAsStringAsync());

        using var newer = new HttpRequestMessage(HttpMethod.Get, Good);
        newer.Headers.IfModifiedSince = whole.Content.Headers.LastModified;
        using var notNewer = await _http.SendAsync(newer);
        Assert.Equal(HttpStatusCode.NotModified, notNewer.StatusCode);

        using var head = await _http.SendAsync(new HttpRequestMessage(HttpMethod.Head, Good));
        Assert.Equal(10, head.Content.Headers.ContentLength);
    }

    [Theory]
    [InlineData("gitrepository/apps/web/one.tar.gz.lock")]
    [InlineData("gitrepository/apps/web/.one.tmp")]
    [InlineData("gitrepository/apps/web")]
    [InlineData("gitrepository/apps/web/")]
    [InlineData(".mirrors/a/b/c")]
    [InlineData("secret")]
    [InlineData("other/apps/web/one.tar.gz")]
    [InlineData("gitrepository/apps/..%2f..%2f..%2foutside/x")]
    [InlineData("gitrepository/apps/%2e%2e/%2e%2e/secret")]
    [InlineData("gitrepository/..%5c..%5coutside/x/y")]
    [InlineData("gitrepository/apps/web/absent.tar.gz")]
    public async Task Nothing_else_is_there(string path)
    {
        using var response = await _http.GetAsync(new Uri(path, UriKind.Relative));
        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
    }

    [Fact]
    public async Task The_probe_is_answered_and_writing_is_not()
    {
        Assert.Equal(HttpStatusCode.OK, (await _http.GetAsync(new Uri("/", UriKind.Relative))).StatusCode);
        using var nothing = new ByteArrayContent([]);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, (await _http.PutAsync(new Uri(Good, UriKind.Relative), nothing)).StatusCode);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, (await _http.DeleteAsync(new Uri(Good, UriKind.Relative))).StatusCode);
    }

    [Fact]
    public void The_default_address_names_the_host_that_is_listened_on()
    {
        Assert.Equal($"127.0.0.1:{_server.Url!.Port}", _server.DefaultAdvertisedAddress);
        Assert.Throws<ArgumentException>(() => new ArtifactServer(new SourceControllerOptions { StorageAddress = "nonsense" }));
    }
}

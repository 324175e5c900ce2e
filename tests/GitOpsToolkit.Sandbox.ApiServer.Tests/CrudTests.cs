namespace GitOpsToolkit.Sandbox.ApiServer.Tests;

public sealed class CrudTests : IAsyncLifetime
{
    private const string Maps = "/api/v1/namespaces/default/configmaps";

    private TestServer server = null!;

    public async ValueTask InitializeAsync() => server = await TestServer.StartAsync();

    public ValueTask DisposeAsync() => server.DisposeAsync();

    [Fact]
    public async Task Create_read_update_delete()
    {
        var created = await server.MustPostAsync(Maps, """{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a"},"data":{"x":"1"}}""");
        Assert.Equal("default", created.TextAt("metadata.namespace"));
        Assert.NotEmpty(created.TextAt("metadata.uid"));
        Assert.NotEmpty(created.TextAt("metadata.creationTimestamp"));

        var read = await server.GetAsync($"{Maps}/a");
        Assert.Equal(200, read.Number);
        Assert.Equal(created.Version, read.Version);

        var patched = await server.MergeAsync($"{Maps}/a", """{"data":{"x":"2","y":"3"}}""");
        Assert.Equal("2", patched.TextAt("data.x"));
        Assert.NotEqual(created.Version, patched.Version);

        var deleted = await server.DeleteAsync($"{Maps}/a");
        Assert.Equal("Success", deleted.TextAt("status"));
        Assert.Equal("configmaps", deleted.TextAt("details.kind"));
        Assert.Equal(404, (await server.GetAsync($"{Maps}/a")).Number);
    }

    [Fact]
    public async Task An_identical_update_writes_nothing()
    {
        var created = await server.MustPostAsync(Maps, """{"metadata":{"name":"same"},"data":{"x":"1"}}""");
        var patched = await server.MergeAsync($"{Maps}/same", """{"data":{"x":"1"}}""");
        Assert.Equal(created.Version, patched.Version);
        Assert.Equal(created.Version, (await server.PutAsync($"{Maps}/same", created.Text)).Version);
    }

    [Fact]
    public async Task An_update_on_a_stale_version_conflicts()
    {
        var created = await server.MustPostAsync(Maps, """{"metadata":{"name":"stale"},"data":{"x":"1"}}""");
        await server.MergeAsync($"{Maps}/stale", """{"data":{"x":"2"}}""");
        var refused = await server.PutAsync($"{Maps}/stale", created.Text);
        Assert.Equal(409, refused.Number);
        Assert.Equal(
            "Operation cannot be fulfilled on configmaps \"stale\": the object has been modified; please apply your changes to the latest version and try again",
            refused.Message);
    }

    [Fact]
    public async Task Every_request_is_recorded()
    {
        var before = server.Server.Requests.LastNumber;
        await server.SendAsync("GET", $"{Maps}?limit=1", headers: [("Impersonate-User", "jane"), ("Impersonate-Group", "system:masters")]);
        var recorded = Assert.Single(server.Server.Requests.Since(before));
        Assert.Equal(("GET", Maps, "?limit=1", "list", 200), (recorded.Method, recorded.Path, recorded.Query, recorded.Verb, recorded.StatusCode));
        Assert.Equal("kubernetes-admin", recorded.User);
        Assert.Equal("jane", recorded.ImpersonatedUser);
        Assert.Equal("system:masters", Assert.Single(recorded.ImpersonatedGroups));
        Assert.False(recorded.IsWrite);
    }
}

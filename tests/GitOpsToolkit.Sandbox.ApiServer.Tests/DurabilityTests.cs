namespace GitOpsToolkit.Sandbox.ApiServer.Tests;

public sealed class DurabilityTests
{
    private const string Maps = "/api/v1/namespaces/default/configmaps";

    [Fact]
    public async Task A_restart_resumes_objects_identity_and_watches()
    {
        using var folder = new TempDirectory();
        string token, authority, version, uid;
        await using (var server = await StartAsync(folder))
        {
            (token, authority) = (server.Server.Token, server.Server.CertificateAuthorityPem);
            var created = await server.MustPostAsync(Maps, """{"metadata":{"name":"a"},"data":{"x":"1"}}""");
            uid = created.TextAt("metadata.uid");
            version = (await server.GetAsync(Maps)).Version;
            await server.MergeAsync($"{Maps}/a", """{"data":{"x":"2"}}""");
            await server.MustPostAsync(Maps, """{"metadata":{"name":"b"}}""");
            await server.DeleteAsync($"{Maps}/b");
        }

        await using (var server = await StartAsync(folder))
        {
            Assert.Equal((token, authority), (server.Server.Token, server.Server.CertificateAuthorityPem));
            var read = await server.GetAsync($"{Maps}/a");
            Assert.Equal((uid, "2"), (read.TextAt("metadata.uid"), read.TextAt("data.x")));
            Assert.Equal(404, (await server.GetAsync($"{Maps}/b")).Number);
            await using var watch = await WatchStream.OpenAsync(server, $"{Maps}?watch=true&resourceVersion={version}");
            Assert.Equal("MODIFIED a", await watch.NextAsync());
            Assert.Equal("ADDED b", await watch.NextAsync());
            Assert.Equal("DELETED b", await watch.NextAsync());
            var next = await server.MustPostAsync(Maps, """{"metadata":{"name":"c"}}""");
            Assert.True(long.Parse(next.Version) > long.Parse(read.Version));
        }
    }

    [Fact]
    public async Task Custom_resources_are_served_right_after_a_restart()
    {
        using var folder = new TempDirectory();
        await using (var server = await StartAsync(folder))
        {
            await server.MustPostAsync("/apis/apiextensions.k8s.io/v1/customresourcedefinitions", """
                {"metadata":{"name":"things.example.com"},"spec":{"group":"example.com","scope":"Cluster","names":{"plural":"things","kind":"Thing"},
                "versions":[{"name":"v1","served":true,"storage":true,"schema":{"openAPIV3Schema":{"type":"object"}}}]}}
                """);
            await Eventually.TrueAsync(async () => (await server.GetAsync("/apis/example.com/v1/things")).Number == 200, "the CRD is served");
            await server.MustPostAsync("/apis/example.com/v1/things", """{"apiVersion":"example.com/v1","kind":"Thing","metadata":{"name":"t"}}""");
        }

        await using (var server = await StartAsync(folder))
        {
            Assert.Equal(200, (await server.GetAsync("/apis/example.com/v1/things/t")).Number);
        }
    }

    [Theory]
    [InlineData("0000")]
    [InlineData("deadbeef {\"r\":9")]
    [InlineData("deadbeef {\"r\":9,\"k\":\"/configmaps\"}\n")]
    public async Task A_torn_last_record_is_ignored(string torn)
    {
        using var folder = new TempDirectory();
        await using (var server = await StartAsync(folder))
        {
            await server.MustPostAsync(Maps, """{"metadata":{"name":"a"}}""");
        }

        await File.AppendAllTextAsync(Path.Combine(folder.Path, "objects.journal"), torn, TestContext.Current.CancellationToken);
        await using (var server = await StartAsync(folder))
        {
            Assert.Equal(200, (await server.GetAsync($"{Maps}/a")).Number);
            await server.MustPostAsync(Maps, """{"metadata":{"name":"b"}}""");
        }

        await using (var server = await StartAsync(folder))
        {
            Assert.Equal(200, (await server.GetAsync($"{Maps}/b")).Number);
        }
    }

    [Fact]
    public async Task Damage_in_the_middle_is_refused_with_the_line()
    {
        using var folder = new TempDirectory();
        await using (await StartAsync(folder))
        {
            // The start alone writes namespaces and their content.
        }

        var path = Path.Combine(folder.Path, "objects.journal");
        var lines = await File.ReadAllLinesAsync(path, TestContext.Current.CancellationToken);
        lines[2] = lines[2].Replace("kube", "cube", StringComparison.Ordinal);
        await File.WriteAllLinesAsync(path, lines, TestContext.Current.CancellationToken);
        var error = await Assert.ThrowsAsync<InvalidDataException>(() => StartAsync(folder));
        Assert.Contains("objects.journal:3:", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_servers_do_not_share_a_state_directory()
    {
        using var folder = new TempDirectory();
        await using var server = await StartAsync(folder);
        var error = await Assert.ThrowsAsync<IOException>(() => StartAsync(folder));
        Assert.Contains("in use by another sandbox", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Secrets_of_the_state_directory_are_readable_by_their_owner_only()
    {
        using var folder = new TempDirectory();
        await using var server = await StartAsync(folder);
        var kubeconfig = Path.Combine(folder.Path, "kubeconfig");
        await server.Server.WriteKubeconfigAsync(kubeconfig);
        foreach (var file in new[] { "token", "server.pem", "signing-key", "kubeconfig" })
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(folder.Path, file)));
        }
    }

    private static Task<TestServer> StartAsync(TempDirectory folder) => TestServer.StartAsync(new() { StateDirectory = folder.Path });
}

using System.Net.Http.Headers;

namespace GitOpsToolkit.Sandbox.ApiServer.Tests;

public sealed class AccessTests : IAsyncLifetime
{
    private TestServer server = null!;

    public async ValueTask InitializeAsync() => server = await TestServer.StartAsync();

    public ValueTask DisposeAsync() => server.DisposeAsync();

    [Theory]
    [InlineData("/healthz", 200)]
    [InlineData("/livez/ping", 403)]
    [InlineData("/livez", 200)]
    [InlineData("/version", 200)]
    [InlineData("/api", 403)]
    [InlineData("/apis", 403)]
    [InlineData("/api/v1/namespaces", 403)]
    [InlineData("/nothing", 403)]
    public async Task Without_a_token_only_health_and_version_are_answered(string path, int code)
    {
        using var http = TestServer.Client(server.Server);
        Assert.Equal(code, (int)(await http.GetAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken)).StatusCode);
    }

    [Theory]
    [InlineData("Bearer wrong")]
    [InlineData("Bearer a.b.c")]
    [InlineData("Basic YWRtaW46YWRtaW4=")]
    public async Task A_wrong_credential_is_refused(string header)
    {
        server.Http.DefaultRequestHeaders.Authorization = AuthenticationHeaderValue.Parse(header);
        var refused = await server.GetAsync("/api/v1/namespaces");
        Assert.Equal((401, "Unauthorized", "Unauthorized"), (refused.Number, refused.Reason, refused.Message));
    }

    [Fact]
    public async Task A_service_account_token_works_until_the_account_is_gone()
    {
        await server.MustPostAsync("/api/v1/namespaces/default/serviceaccounts", """{"metadata":{"name":"robot"}}""");
        await server.MustPostAsync("/apis/rbac.authorization.k8s.io/v1/namespaces/default/rolebindings", """
            {"metadata":{"name":"robot"},"roleRef":{"apiGroup":"rbac.authorization.k8s.io","kind":"ClusterRole","name":"view"},
             "subjects":[{"kind":"ServiceAccount","name":"robot"}]}
            """);
        var request = await server.MustPostAsync("/api/v1/namespaces/default/serviceaccounts/robot/token", """{"spec":{"expirationSeconds":600}}""");
        Assert.NotEmpty(request.TextAt("status.expirationTimestamp"));
        var review = await server.MustPostAsync(
            "/apis/authentication.k8s.io/v1/tokenreviews", $$$"""{"spec":{"token":"{{{request.TextAt("status.token")}}}"}}""");
        Assert.Equal("system:serviceaccount:default:robot", review.TextAt("status.user.username"));

        using var http = TestServer.Client(server.Server);
        http.DefaultRequestHeaders.Authorization = new("Bearer", request.TextAt("status.token"));
        var path = new Uri("/api/v1/namespaces/default/pods", UriKind.Relative);
        Assert.Equal(200, (int)(await http.GetAsync(path, TestContext.Current.CancellationToken)).StatusCode);
        Assert.Equal("system:serviceaccount:default:robot", server.Server.Requests.Last().User);
        await server.DeleteAsync("/api/v1/namespaces/default/serviceaccounts/robot");
        Assert.Equal(401, (int)(await http.GetAsync(path, TestContext.Current.CancellationToken)).StatusCode);
    }

    [Fact]
    public async Task An_impersonated_service_account_has_its_groups()
    {
        var review = await server.SendAsync("POST", "/apis/authentication.k8s.io/v1/selfsubjectreviews", "{}",
            headers: [("Impersonate-User", "system:serviceaccount:apps:web"), ("Impersonate-Extra-Reason", "test")]);
        Assert.Equal("system:serviceaccount:apps:web", review.TextAt("status.userInfo.username"));
        Assert.Equal("system:serviceaccounts:apps", review.TextAt("status.userInfo.groups.1"));
        Assert.Equal("test", review.TextAt("status.userInfo.extra.reason.0"));
    }

    [Fact]
    public async Task Impersonating_a_group_without_a_user_is_refused()
    {
        var refused = await server.SendAsync("GET", "/api/v1/namespaces", headers: [("Impersonate-Group", "dev")]);
        Assert.Equal(500, refused.Number);
        Assert.Equal(
            "Internal Server Error: \"/api/v1/namespaces\": requested [{Group  dev    }] without impersonating a user\n", refused.Text);
    }

    [Fact]
    public async Task A_body_above_the_limit_gives_413()
    {
        await using var small = await TestServer.StartAsync(new() { MaxRequestBytes = 1000 });
        var body = $$$"""{"metadata":{"name":"big"},"data":{"x":"{{{new string('x', 2000)}}}"}}""";
        var refused = await small.PostAsync("/api/v1/namespaces/default/configmaps", body);
        Assert.Equal((413, "RequestEntityTooLarge"), (refused.Number, refused.Reason));
    }

    [Fact]
    public void The_kubeconfig_names_server_authority_and_token()
    {
        Assert.Contains($"server: {server.Server.Url.ToString().TrimEnd('/')}", server.Server.Kubeconfig, StringComparison.Ordinal);
        Assert.Contains($"token: {server.Server.Token}", server.Server.Kubeconfig, StringComparison.Ordinal);
        Assert.Contains("certificate-authority-data: ", server.Server.Kubeconfig, StringComparison.Ordinal);
        Assert.Equal("127.0.0.1", server.Server.Url.Host);
    }
}

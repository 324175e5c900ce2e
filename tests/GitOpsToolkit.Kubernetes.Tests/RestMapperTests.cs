using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Time.Testing;

namespace GitOpsToolkit.Kubernetes.Tests;

public sealed class RestMapperTests
{
    private static readonly GroupVersionKind Deployment = new("apps", "v1", "Deployment");
    private static readonly GroupVersionKind Widget = new("example.com", "v1", "Widget");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_kind_is_found_by_either_form_of_discovery(bool aggregated)
    {
        await using var server = await FakeServer.StartAsync(context => AnswerAsync(context, aggregated, widgets: true));
        using var mapper = new RestMapper(server.Client());

        var deployment = (await mapper.FindAsync(Deployment, Cancel))!;
        var node = (await mapper.FindAsync(new GroupVersionKind("", "v1", "Node"), Cancel))!;

        Assert.Equal(("deployments", true), (deployment.Plural, deployment.Namespaced));
        Assert.Equal(["scale", "status"], deployment.Subresources.Order());
        Assert.True(deployment.Supports("watch"));
        Assert.Equal("apis/apps/v1/namespaces/prod/deployments/web", deployment.At(new ObjectKey("prod", "web")).ToUrlPath());
        Assert.Equal("api/v1/nodes/n1", node.At(new ObjectKey("prod", "n1")).ToUrlPath());
        Assert.Equal(aggregated ? 2 : 5, server.Seen.Count);
        Assert.Equal(3, (await mapper.ListAsync(Cancel)).Count);
    }

    [Fact]
    public async Task A_kind_that_is_new_is_found_and_misses_ask_at_a_bounded_rate()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UnixEpoch);
        var widgets = false;
        await using var server = await FakeServer.StartAsync(context => AnswerAsync(context, aggregated: true, widgets));
        using var mapper = new RestMapper(server.Client(time: time));

        Assert.Null(await mapper.FindAsync(Widget, Cancel));
        widgets = true;
        Assert.Null(await mapper.FindAsync(Widget, Cancel));
        Assert.Equal(2, server.Seen.Count);

        time.Advance(TimeSpan.FromSeconds(1));
        Assert.NotNull(await mapper.FindAsync(Widget, Cancel));
        Assert.NotNull(await mapper.FindAsync(Widget, Cancel));
        Assert.Equal(4, server.Seen.Count);
    }

    [Fact]
    public async Task Who_knows_of_a_change_need_not_wait()
    {
        var widgets = false;
        await using var server = await FakeServer.StartAsync(context => AnswerAsync(context, aggregated: true, widgets));
        using var mapper = new RestMapper(server.Client(time: new FakeTimeProvider()));
        Assert.Null(await mapper.FindAsync(Widget, Cancel));

        widgets = true;
        mapper.Invalidate();

        Assert.NotNull(await mapper.FindAsync(Widget, Cancel));
    }

    [Fact]
    public async Task Many_that_ask_at_once_cause_one_read()
    {
        await using var server = await FakeServer.StartAsync(context => AnswerAsync(context, aggregated: true, widgets: true));
        using var mapper = new RestMapper(server.Client());

        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => mapper.FindAsync(Deployment, Cancel)));

        Assert.Equal(2, server.Seen.Count);
    }

    [Fact]
    public async Task A_group_without_its_backend_hides_no_other()
    {
        await using var server = await FakeServer.StartAsync(context =>
            context.Request.Path == "/apis/example.com/v1" ? context.StatusAsync(503, "ServiceUnavailable") : AnswerAsync(context, aggregated: false, widgets: true));
        using var mapper = new RestMapper(server.Client());

        Assert.NotNull(await mapper.FindAsync(Deployment, Cancel));
    }

    [Fact]
    public async Task A_failure_is_told_and_not_remembered()
    {
        var fails = true;
        await using var server = await FakeServer.StartAsync(context => fails ? context.StatusAsync(403, "Forbidden") : AnswerAsync(context, true, true));
        using var mapper = new RestMapper(server.Client());
        await Assert.ThrowsAsync<ApiException>(() => mapper.FindAsync(Deployment, Cancel));

        fails = false;

        Assert.NotNull(await mapper.FindAsync(Deployment, Cancel));
    }

    private static Task AnswerAsync(HttpContext context, bool aggregated, bool widgets) => context.JsonAsync((context.Request.Path.Value, aggregated) switch
    {
        ("/api", true) => Aggregated(Group("", Resource("nodes", "Node", "Cluster"))),
        ("/apis", true) => Aggregated(Group("apps", Resource("deployments", "Deployment", "Namespaced")), widgets ? Group("example.com", Resource("widgets", "Widget", "Namespaced")) : null),
        ("/api", false) => """{"kind":"APIVersions","versions":["v1"]}""",
        ("/apis", false) => """{"kind":"APIGroupList","groups":[{"name":"apps","versions":[{"groupVersion":"apps/v1","version":"v1"}]},{"name":"example.com","versions":[{"version":"v1"}]}]}""",
        ("/api/v1", false) => """{"kind":"APIResourceList","resources":[{"name":"nodes","kind":"Node","namespaced":false,"verbs":["get"]},{"name":"nodes/status","kind":"Node"}]}""",
        ("/apis/apps/v1", false) => """{"kind":"APIResourceList","resources":[{"name":"deployments","kind":"Deployment","namespaced":true,"verbs":["get","watch"]},{"name":"deployments/status"},{"name":"deployments/scale"}]}""",
        _ => """{"kind":"APIResourceList","resources":[{"name":"widgets","kind":"Widget","namespaced":true,"verbs":["get","watch"]}]}""",
    });

    private static string Aggregated(params string?[] groups) =>
        $$"""{"kind":"APIGroupDiscoveryList","apiVersion":"apidiscovery.k8s.io/v2","items":[{{string.Join(',', groups.Where(group => group is not null))}}]}""";

    private static string Group(string name, string resource) =>
        $$$"""{"metadata":{"name":"{{{name}}}"},"versions":[{"version":"v1","resources":[{{{resource}}}]}]}""";

    private static string Resource(string plural, string kind, string scope) =>
        $$"""{"resource":"{{plural}}","responseKind":{"kind":"{{kind}}"},"scope":"{{scope}}","verbs":["get","watch"],"subresources":[{"subresource":"status"},{"subresource":"scale"}]}""";
}

using GitOpsToolkit.Api.Source.V1;

namespace GitOpsToolkit.Kubernetes.Tests;

public sealed class ResourcePathTests
{
    [Fact]
    public void Paths_are_those_of_the_API()
    {
        var deployments = new ResourcePath("apps", "v1", "deployments");

        Assert.Equal("apis/apps/v1/deployments", deployments.ToUrlPath());
        Assert.Equal("apis/apps/v1/namespaces/prod/deployments", deployments.In("prod").ToUrlPath());
        Assert.Equal("apis/apps/v1/namespaces/prod/deployments/web/status", deployments.At(new ObjectKey("prod", "web")).Sub("status").ToUrlPath());
        Assert.Equal("api/v1/nodes/n1", ResourcePath.Core("nodes").At(new ObjectKey("", "n1")).ToUrlPath());
        Assert.Equal(
            "apis/source.toolkit.fluxcd.io/v1/namespaces/a/gitrepositories/b",
            ResourcePath.Of(GetKind<GitRepository>(), new ObjectKey("a", "b")).ToUrlPath());
    }

    [Theory]
    [InlineData("a/b", "api/v1/pods/a%2Fb")]
    [InlineData("a?b#c", "api/v1/pods/a%3Fb%23c")]
    [InlineData("system:node", "api/v1/pods/system%3Anode")]
    public void Names_cannot_leave_their_segment(string name, string path) => Assert.Equal(path, ResourcePath.Core("pods", null, name).ToUrlPath());

    [Theory]
    [InlineData(".")]
    [InlineData("..")]
    public void Dots_are_no_name(string name) => Assert.Throws<ArgumentException>(() => ResourcePath.Core("pods", name, "x").ToUrlPath());

    [Fact]
    public void Messages_name_the_object()
    {
        Assert.Equal("deployments.apps prod/web (status)", new ResourcePath("apps", "v1", "deployments", "prod", "web", "status").ToString());
        Assert.Equal("pods prod", ResourcePath.Core("pods", "prod").ToString());
        Assert.Equal("pods", ResourcePath.Core("pods").ToString());
    }

    [Fact]
    public void Keys_order_by_namespace_then_name()
    {
        Assert.Equal(
            ["a/b", "a/c", "b/a"], new[] { new ObjectKey("b", "a"), new ObjectKey("a", "c"), new ObjectKey("a", "b") }.Order().Select(key => key.ToString()));
        Assert.Equal("node", new ObjectKey("", "node").ToString());
    }

    private static Api.Schema.ResourceKind GetKind<T>()
        where T : Api.Schema.IToolkitKind => T.ResourceKind;
}

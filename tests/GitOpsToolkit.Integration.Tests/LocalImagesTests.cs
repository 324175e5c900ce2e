using GitOpsToolkit.Sandbox;
using GitOpsToolkit.Sandbox.Registry;
using Xunit;

namespace GitOpsToolkit.Integration.Tests;

public sealed class LocalImagesTests
{
    [Fact]
    public async Task Only_what_the_sandboxs_own_registry_lacks_is_missing_and_what_was_pulled_stays()
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var registry = await OciRegistry.StartAsync(new OciRegistryOptions(), cancellation);
        using var http = new HttpClient();
        var pusher = new ImagePusher(http, registry.Url);
        var digest = await pusher.PushAsync("team/app", "v1", cancellation: cancellation);
        var images = new LocalImages(registry);

        Assert.False(images.IsMissing("nginx"));
        Assert.False(images.IsMissing("quay.io/team/app:v9"));
        Assert.True(images.IsMissing($"{registry.Host}/team/app"));
        Assert.True(images.IsMissing($"{registry.Host}/team/app:v9"));
        Assert.True(images.IsMissing($"{registry.Host}/team/nothing:v1"));
        Assert.False(images.IsMissing($"{registry.Host}/team/app@{digest}"));
        Assert.False(images.IsMissing($"{registry.Host}/team/app:v9@{digest}"));
        Assert.False(images.IsMissing($"{registry.Host}/team/app:v1"));

        await pusher.DeleteAsync("team/app", digest);
        Assert.False(images.IsMissing($"{registry.Host}/team/app:v1"));
        Assert.True(new LocalImages(registry).IsMissing($"{registry.Host}/team/app:v1"));
    }
}

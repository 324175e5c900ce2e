using Xunit;

namespace GitOpsToolkit.Registry.Tests;

public sealed class ImageNameTests
{
    [Theory]
    [InlineData("redis", "index.docker.io/library/redis")]
    [InlineData("team/app", "index.docker.io/team/app")]
    [InlineData("docker.io/redis", "index.docker.io/library/redis")]
    [InlineData("index.docker.io/redis", "index.docker.io/library/redis")]
    [InlineData("docker.io/team/app", "index.docker.io/team/app")]
    [InlineData("ghcr.io/team/app", "ghcr.io/team/app")]
    [InlineData("localhost:5000/app", "localhost:5000/app")]
    [InlineData("127.0.0.1:5000/a/b/c", "127.0.0.1:5000/a/b/c")]
    [InlineData("[::1]:5000/app", "[::1]:5000/app")]
    [InlineData("registry.example.com:443/app", "registry.example.com:443/app")]
    [InlineData("localhost/app", "index.docker.io/localhost/app")]
    public void Names_are_completed_as_Flux_completes_them(string text, string canonical)
    {
        Assert.True(ImageName.TryParse(text, out var name, out var error), error);
        Assert.Equal(canonical, name.Canonical);
        Assert.Equal(text, name.Written);
    }

    [Theory]
    [InlineData("https://ghcr.io/a/b", ".spec.image value should not start with URL scheme; remove 'https://'")]
    [InlineData("ghcr.io/a/b:v1", ".spec.image value should not contain a tag; remove ':v1'")]
    [InlineData("localhost:5000/app:v1", ".spec.image value should not contain a tag; remove ':v1'")]
    [InlineData("ghcr.io/a@sha256:00", ".spec.image value should not contain a tag; remove '@sha256:00'")]
    [InlineData("redis:7", ".spec.image value should not contain a tag; remove ':7'")]
    [InlineData("", "repository must be between 2 and 255 characters")]
    [InlineData("ghcr.io/a", "repository must be between 2 and 255 characters")]
    [InlineData("ghcr.io/Team/app", "repository can only contain the characters")]
    [InlineData("ghcr.io/a/../b", "one of dots only")]
    [InlineData("ghcr.io/a//b", "an empty part")]
    [InlineData("gh cr.io/team/app", "registries must be valid RFC 3986 URI authorities")]
    [InlineData("user@ghcr.io/team/app", "registries must be valid RFC 3986 URI authorities")]
    [InlineData("ghcr.io:99999/team/app", "registries must be valid RFC 3986 URI authorities")]
    public void Bad_names_say_what_to_change(string text, string reason)
    {
        Assert.False(ImageName.TryParse(text, out _, out var error));
        Assert.Contains(reason, error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("localhost:5000/app", true)]
    [InlineData("127.0.0.1:5000/app", true)]
    [InlineData("127.1.2.3:5000/app", true)]
    [InlineData("[::1]:5000/app", true)]
    [InlineData("10.0.0.1:5000/app", false)]
    [InlineData("127.0.0.1.evil.com/app", false)]
    [InlineData("registry.local/app", false)]
    public void Only_this_machine_is_spoken_to_in_plain_unasked(string text, bool loopback)
    {
        Assert.True(ImageName.TryParse(text, out var name, out var error), error);
        Assert.Equal(loopback, name.IsLoopback);
    }
}

using GitOpsToolkit.Sandbox.Registry;
using Microsoft.Extensions.Time.Testing;
using Xunit;
using static GitOpsToolkit.Registry.Tests.Harness;

namespace GitOpsToolkit.Registry.Tests;

public sealed class SandboxRegistryTests
{
    private static readonly Dictionary<string, string> Users = new() { ["ann"] = "secret-1" };
    private static readonly RegistryCredential Ann = new("ann", "secret-1");

    [Theory]
    [InlineData(RegistryAuthentication.None)]
    [InlineData(RegistryAuthentication.Basic)]
    [InlineData(RegistryAuthentication.Token)]
    public async Task Tags_are_listed_over_all_pages_with_every_kind_of_authentication(RegistryAuthentication authentication)
    {
        await using var registry = await StartAsync(authentication, maxPageSize: 2);
        var digest = await PushAsync(registry, "team/app", "v1", "v2", "v3", "v4", "v5");
        using var client = new RegistryClient(Quick, TimeProvider.System);
        var image = Image(registry.Host, "team/app");

        var list = await client.ListTagsAsync(image, new RegistryAccess(Ann), CancellationToken.None);
        Assert.Equal(["v1", "v2", "v3", "v4", "v5"], list.Tags);
        Assert.Equal(3, list.Pages);
        Assert.Equal(digest, await client.ResolveDigestAsync(image, "v5", new RegistryAccess(Ann), CancellationToken.None));
    }

    [Fact]
    public async Task A_token_is_fetched_once_for_many_listings_and_again_shortly_before_it_expires()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UnixEpoch);
        await using var registry = await StartAsync(RegistryAuthentication.Token, time: time);
        await PushAsync(registry, "app", "v1");
        using var client = new RegistryClient(Quick, time);
        var image = Image(registry.Host);
        for (var i = 0; i < 5; i++)
        {
            await client.ListTagsAsync(image, new RegistryAccess(Ann), CancellationToken.None);
        }

        var before = TokenRequests(registry);
        Assert.Equal(1, registry.Requests.Count(request => request is { Status: 401, Method: "GET" }));
        time.Advance(TimeSpan.FromMinutes(4.5));
        await client.ListTagsAsync(image, new RegistryAccess(Ann), CancellationToken.None);
        Assert.Equal(before + 1, TokenRequests(registry));
    }

    [Fact]
    public async Task A_token_that_the_registry_forgot_is_fetched_again()
    {
        await using var first = await StartAsync(RegistryAuthentication.Token);
        await PushAsync(first, "app", "v1");
        using var client = new RegistryClient(Quick, TimeProvider.System);
        await client.ListTagsAsync(Image(first.Host), new RegistryAccess(Ann), CancellationToken.None);
        await first.DisposeAsync();

        await using var second = await StartAsync(RegistryAuthentication.Token, port: first.Url.Port);
        await PushAsync(second, "app", "v2");
        var list = await client.ListTagsAsync(Image(second.Host), new RegistryAccess(Ann), CancellationToken.None);
        Assert.Equal(["v2"], list.Tags);
    }

    [Theory]
    [InlineData(RegistryAuthentication.Basic)]
    [InlineData(RegistryAuthentication.Token)]
    public async Task Missing_and_wrong_credentials_are_told_apart_without_showing_them(RegistryAuthentication authentication)
    {
        await using var registry = await StartAsync(authentication);
        await PushAsync(registry, "app", "v1");
        using var client = new RegistryClient(Quick, TimeProvider.System);

        var missing = await FaultAsync(() => client.ListTagsAsync(Image(registry.Host), new RegistryAccess(), CancellationToken.None));
        Assert.Equal(RegistryFault.Authentication, missing.Fault);
        Assert.Contains("401 Unauthorized", missing.Message, StringComparison.Ordinal);
        Assert.EndsWith("no credentials were given for this registry; set spec.secretRef", missing.Message, StringComparison.Ordinal);

        var access = new RegistryAccess(new RegistryCredential("ann", "wrong-password"));
        var wrong = await FaultAsync(() => client.ListTagsAsync(Image(registry.Host), access, CancellationToken.None));
        Assert.Equal(RegistryFault.Authentication, wrong.Fault);
        Assert.Contains("check the credentials in the secret", wrong.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("wrong-password", wrong.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unknown_repository_and_an_unknown_tag_are_not_found()
    {
        await using var registry = await StartAsync(RegistryAuthentication.None);
        await PushAsync(registry, "app", "v1");
        using var client = new RegistryClient(Quick, TimeProvider.System);
        var repository = await FaultAsync(
            () => client.ListTagsAsync(Image(registry.Host, "nope"), new RegistryAccess(), CancellationToken.None));
        Assert.Equal(RegistryFault.NotFound, repository.Fault);
        Assert.Equal(
            $"GET {registry.Url}v2/nope/tags/list: 404 NotFound: NAME_UNKNOWN repository name not known to registry", repository.Message);
        var tag = await FaultAsync(
            () => client.ResolveDigestAsync(Image(registry.Host), "v2", new RegistryAccess(), CancellationToken.None));
        Assert.Equal(RegistryFault.NotFound, tag.Fault);
        Assert.StartsWith($"HEAD {registry.Url}v2/app/manifests/v2: 404", tag.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nobody_there_is_unreachable_and_a_passed_deadline_is_a_cancellation()
    {
        string host;
        await using (var registry = await StartAsync(RegistryAuthentication.None))
        {
            host = registry.Host;
        }

        using var client = new RegistryClient(Quick, TimeProvider.System);
        var fault = await FaultAsync(() => client.ListTagsAsync(Image(host), new RegistryAccess(), CancellationToken.None));
        Assert.Equal(RegistryFault.Unreachable, fault.Fault);
        Assert.Contains("Connection refused", fault.Message, StringComparison.Ordinal);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => client.ListTagsAsync(Image(host), new RegistryAccess(), new CancellationToken(canceled: true)));
    }

    [Fact]
    public async Task Plain_HTTP_is_spoken_to_other_machines_only_when_asked()
    {
        await using var registry = await StartAsync(RegistryAuthentication.None);
        await PushAsync(registry, "app", "v1");

        // A name that is not this machine's, although it leads here.
        using var client = new RegistryClient(
            Quick with { AttemptTimeout = TimeSpan.FromMinutes(1) }, TimeProvider.System, (_, _) =>
                Task.FromResult(new[] { System.Net.IPAddress.Loopback }));
        var image = Image($"registry.test:{registry.Url.Port}");
        var list = await client.ListTagsAsync(image, new RegistryAccess(Insecure: true), CancellationToken.None);
        Assert.Equal(["v1"], list.Tags);
        var fault = await FaultAsync(() => client.ListTagsAsync(image, new RegistryAccess(), CancellationToken.None));
        Assert.Equal(RegistryFault.Unreachable, fault.Fault);
        Assert.Contains("is it a plain HTTP registry (spec.insecure)", fault.Message, StringComparison.Ordinal);
    }

    private static Task<OciRegistry> StartAsync(
        RegistryAuthentication authentication, int maxPageSize = 1000, TimeProvider? time = null,
            int port = 0) => OciRegistry.StartAsync(new OciRegistryOptions
            {
                Authentication = authentication,
                Users = Users,
                MaxPageSize = maxPageSize,
                Time = time ?? TimeProvider.System,
                Port = port,
            });

    private static async Task<string> PushAsync(OciRegistry registry, string repository, params string[] tags)
    {
        using var http = new HttpClient();
        var digest = "";
        foreach (var tag in tags)
        {
            digest = await new ImagePusher(http, registry.Url, "ann", "secret-1").PushAsync(repository, tag);
        }

        return digest;
    }

    private static int TokenRequests(OciRegistry registry) =>
        registry.Requests.Count(request => request.Target.StartsWith("/token?", StringComparison.Ordinal)
            && request.Target.EndsWith("pull", StringComparison.Ordinal));
}

using GitOpsToolkit.Controllers.ImageReflector.Scanning;
using GitOpsToolkit.Registry;
using GitOpsToolkit.TestKit;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace GitOpsToolkit.Controllers.ImageReflector.Tests.Scanning;

public sealed class TagScannerTests : IAsyncLifetime
{
    private static readonly RegistryAccess Anonymous = new();

    private readonly FakeTimeProvider time = new(new DateTimeOffset(2026, 11, 23, 12, 0, 0, TimeSpan.Zero));
    private readonly RegistryClient client = new(new RegistryClientOptions(), TimeProvider.System);
    private ListRegistry registry = null!;
    private TagScanner scanner = null!;

    public async ValueTask InitializeAsync()
    {
        registry = await ListRegistry.StartAsync();
        registry.Set("app", "v1");
        scanner = new TagScanner(client, time);
    }

    public async ValueTask DisposeAsync()
    {
        scanner.Dispose();
        client.Dispose();
        await registry.DisposeAsync();
    }

    [Fact]
    public async Task Many_who_ask_at_once_cause_one_listing()
    {
        var gate = new TaskCompletionSource();
        registry.Instead = async (_, _, _) =>
        {
            await gate.Task;
            return false;
        };
        var before = time.GetUtcNow().AddSeconds(-1);
        var asked = Enumerable.Range(0, 100).Select(_ => ListAsync(before)).ToArray();
        await Eventually.TrueAsync(() => registry.Lists == 1, "the listing has begun");
        gate.SetResult();
        var listings = await Task.WhenAll(asked);
        Assert.Equal(1, registry.Lists);
        Assert.All(listings, listing => Assert.Same(listings[0], listing));
    }

    [Fact]
    public async Task A_listing_that_was_begun_before_the_request_does_not_serve_it()
    {
        var gate = new TaskCompletionSource();
        registry.Instead = async (_, _, _) =>
        {
            await gate.Task;
            return false;
        };
        var running = ListAsync(time.GetUtcNow().AddSeconds(-1));
        await Eventually.TrueAsync(() => registry.Lists == 1, "the listing has begun");
        time.Advance(TimeSpan.FromSeconds(1));

        // The registry has answered the first already; what is pushed now must be in the second.
        var requested = ListAsync(time.GetUtcNow());
        gate.SetResult();
        await running;
        registry.Instead = null;
        Assert.NotSame(await running, await requested);
        Assert.Equal(2, registry.Lists);
    }

    [Fact]
    public async Task Who_comes_soon_after_takes_what_is_there_unless_it_has_seen_it()
    {
        var first = await ListAsync(time.GetUtcNow().AddMinutes(-10));
        time.Advance(TimeSpan.FromSeconds(20));
        Assert.Same(first, await ListAsync(time.GetUtcNow().AddMinutes(-10)));
        Assert.NotSame(first, await ListAsync(first.At));
        Assert.Equal(2, registry.Lists);
    }

    [Fact]
    public async Task A_listing_is_not_kept_for_long()
    {
        var first = await ListAsync(time.GetUtcNow().AddMinutes(-10));
        time.Advance(TimeSpan.FromMinutes(2));
        registry.Set("other", "v1");
        await ListAsync(time.GetUtcNow().AddMinutes(-10), "other");
        Assert.NotSame(first, await ListAsync(time.GetUtcNow().AddMinutes(-10)));
    }

    [Fact]
    public async Task Another_credential_or_repository_is_another_listing()
    {
        var before = time.GetUtcNow().AddMinutes(-10);
        registry.Set("other", "v1");
        await ListAsync(before);
        await ListAsync(before, "other");
        await ListAsync(before, access: new RegistryAccess(new RegistryCredential("ann", "one")));
        await ListAsync(before, access: new RegistryAccess(new RegistryCredential("ann", "two")));
        await ListAsync(before, access: new RegistryAccess(new RegistryCredential("ann", "two")));
        Assert.Equal((3, 1), (registry.ListsOf("app"), registry.ListsOf("other")));
    }

    [Fact]
    public async Task A_failure_is_that_of_who_asked_and_the_next_one_tries_again()
    {
        registry.Instead = (context, _, _) =>
        {
            context.Response.StatusCode = 404;
            return Task.FromResult(true);
        };
        await Assert.ThrowsAsync<RegistryException>(() => ListAsync(time.GetUtcNow().AddSeconds(-1)));
        registry.Instead = null;
        Assert.Equal(["v1"], (await ListAsync(time.GetUtcNow().AddSeconds(-1))).Tags.First(10));
    }

    [Fact]
    public async Task Who_gives_up_does_not_take_the_others_along()
    {
        var gate = new TaskCompletionSource();
        registry.Instead = async (_, _, _) =>
        {
            await gate.Task;
            return false;
        };
        using var giveUp = new CancellationTokenSource();
        Assert.True(ImageName.TryParse($"{registry.Host}/app", out var image, out _));
        var before = time.GetUtcNow().AddSeconds(-1);
        var impatient = scanner.ListAsync(image, Anonymous, before, giveUp.Token);
        await Eventually.TrueAsync(() => registry.Lists == 1, "the listing has begun");
        var patient = ListAsync(before);
        await giveUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => impatient);
        gate.SetResult();
        Assert.Equal(["v1"], (await patient).Tags.First(10));
    }

    private Task<TagListing> ListAsync(DateTimeOffset newerThan, string repository = "app", RegistryAccess? access = null)
    {
        Assert.True(ImageName.TryParse($"{registry.Host}/{repository}", out var image, out _));
        return scanner.ListAsync(image, access ?? Anonymous, newerThan, CancellationToken.None);
    }
}

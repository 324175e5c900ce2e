using System.Text.Json.Nodes;
using GitOpsToolkit.Api.Image.V1;
using GitOpsToolkit.Kubernetes;
using GitOpsToolkit.TestKit;
using Microsoft.AspNetCore.Http;
using Xunit;
using static GitOpsToolkit.Controllers.ImageReflector.Tests.ReflectorHost;

namespace GitOpsToolkit.Controllers.ImageReflector.Tests;

/// <summary>Whatever a registry in trouble answers, what was elected stands.</summary>
public sealed class NoFalseElectionTests : IAsyncLifetime
{
    private static readonly string[] All = [.. Enumerable.Range(0, 3000).Select(i => $"v1.{i / 100}.{i % 100}")];

    private ReflectorHost host = null!;
    private ListRegistry registry = null!;

    public async ValueTask InitializeAsync()
    {
        registry = await ListRegistry.StartAsync();
        registry.Set("app", All);
        host = await StartAsync();
        await host.CreateRepositoryAsync("timeout: 2m", image: $"{registry.Host}/app");
        await host.CreatePolicyAsync();
        await host.ElectedAsync("v1.29.99");
        await host.ReadyAsync(ImageRepository.ResourceKind);
    }

    public async ValueTask DisposeAsync()
    {
        await host.DisposeAsync();
        await registry.DisposeAsync();
    }

    public static TheoryData<string> Troubles => ["a page cut off", "an error on the second page", "a subset", "nothing"];

    [Theory]
    [MemberData(nameof(Troubles))]
    public async Task A_registry_in_trouble_moves_nothing(string trouble)
    {
        Break(trouble);
        await host.PatchAsync(ImageRepository.ResourceKind, Request("1"));
        await host.WaitAsync(ImageRepository.ResourceKind, status => (string?)status["lastHandledReconcileAt"] == "1", "it was scanned");
        await StandsAsync();
        Heal();
        registry.Add("app", "v1.30.0");
        await host.RequestAsync(ImageRepository.ResourceKind, "2");
        await host.ElectedAsync("v1.30.0");
        await host.ReadyAsync(ImageRepository.ResourceKind);
    }

    [Theory]
    [MemberData(nameof(Troubles))]
    public async Task Nor_does_it_after_a_restart_without_the_disk(string trouble)
    {
        await host.StopControllerAsync();
        Directory.Delete(Path.Combine(host.StoragePath, "imagerepository"), recursive: true);
        Break(trouble);

        // Asked for before the start, so that there is one scan: a second one would confirm the list.
        await host.PatchAsync(ImageRepository.ResourceKind, Request("1"));
        host.StartController();
        await host.WaitAsync(ImageRepository.ResourceKind, status => (string?)status["lastHandledReconcileAt"] == "1", "it was scanned");
        await host.RequestAsync(ImagePolicy.ResourceKind, "1");
        await StandsAsync();
        Heal();
        await host.RequestAsync(ImageRepository.ResourceKind, "2");
        await host.RequestAsync(ImagePolicy.ResourceKind, "2");
        await StandsAsync();
    }

    [Fact]
    public async Task A_shrunk_list_is_held_with_a_condition_and_a_warning_until_a_second_scan_confirms_it()
    {
        registry.Set("app", All[..10]);
        var held = await host.RequestAsync(ImageRepository.ResourceKind, "1");
        var status = held["status"]!.AsObject();
        Assert.Equal("True", (string?)Condition(status, "TagListShrunk")!["status"]);
        Assert.Equal("TagListShrunk", (string?)Condition(status, "TagListShrunk")!["reason"]);
        Assert.Equal("the registry listed 10 tags where there were 3000; held until the next scan confirms it", Message(held, "TagListShrunk"));
        Assert.Equal("True", (string?)Condition(status, "Ready")!["status"]);
        Assert.Equal(3000, (int?)status["lastScanResult"]!["tagCount"]);
        await StandsAsync();
        await Eventually.TrueAsync(
            async () => (await host.Client.ListAsync(ResourcePath.Core("events", "default"), options: null, CancellationToken.None))
                .Items.Any(one => one.GetProperty("reason").ValueEquals("TagListShrunk") && one.GetProperty("type").ValueEquals("Warning")),
            "the warning is told");

        var confirmed = await host.RequestAsync(ImageRepository.ResourceKind, "2");
        Assert.Null(Condition(confirmed["status"]!.AsObject(), "TagListShrunk"));
        Assert.Equal(10, (int?)confirmed["status"]!["lastScanResult"]!["tagCount"]);

        // Tags that are gone for good take the election along only where that is asked.
        await StandsAsync();
        await host.PatchAsync(ImagePolicy.ResourceKind, """{"metadata":{"annotations":{"gitopstoolkit.dev/onTagDeleted":"Fallback"}}}""");
        await host.ElectedAsync("v1.0.9");
    }

    [Fact]
    public async Task A_list_that_comes_back_is_taken_as_if_nothing_had_been()
    {
        registry.Set("app", All[..10]);
        await host.RequestAsync(ImageRepository.ResourceKind, "1");
        registry.Set("app", All[..20]);
        var still = await host.RequestAsync(ImageRepository.ResourceKind, "2");
        Assert.Contains("listed 20 tags where there were 3000", Message(still, "TagListShrunk"), StringComparison.Ordinal);
        registry.Set("app", All);
        var back = await host.RequestAsync(ImageRepository.ResourceKind, "3");
        Assert.Null(Condition(back["status"]!.AsObject(), "TagListShrunk"));
        Assert.Equal(3000, (int?)back["status"]!["lastScanResult"]!["tagCount"]);
        await StandsAsync();
    }

    [Fact]
    public async Task Tags_that_another_exclusion_drops_are_not_missing()
    {
        var patched = await host.PatchAsync(ImageRepository.ResourceKind, """{"spec":{"exclusionList":["^v1[.][1-9]"]}}""");
        Assert.NotNull(patched);
        var found = await host.WaitAsync(ImageRepository.ResourceKind, status => (int?)status["observedGeneration"] == 2, "it was scanned");
        Assert.Null(Condition(found["status"]!.AsObject(), "TagListShrunk"));
        Assert.Equal(100, (int?)found["status"]!["lastScanResult"]!["tagCount"]);
        await host.ElectedAsync("v1.0.99");
    }

    [Fact]
    public async Task A_damaged_file_is_reported_and_scanned_for_while_what_was_elected_stands()
    {
        var file = Path.Combine(host.StoragePath, "imagerepository", "default", "app", "tags");
        var bytes = await File.ReadAllBytesAsync(file);
        bytes[bytes.Length / 2] ^= 1;
        await File.WriteAllBytesAsync(file, bytes);
        await host.RequestAsync(ImagePolicy.ResourceKind, "1");
        await Eventually.TrueAsync(() => File.Exists(file), "the tags are there again");
        Assert.True(File.Exists(file + ".damaged"));
        await StandsAsync();
    }

    [Fact]
    public async Task A_disk_that_cannot_be_written_is_a_fault_that_says_so_and_passes()
    {
        var blocker = Path.Combine(host.StoragePath, "imagerepository", "default", "app", "tags.new");
        Directory.CreateDirectory(blocker);
        registry.Add("app", "v1.30.0");
        await host.PatchAsync(ImageRepository.ResourceKind, Request("1"));
        var failed = await host.NotReadyAsync(ImageRepository.ResourceKind, "StorageOperationFailed");
        Assert.Contains("could not be stored in --storage-path; those of before stand", Message(failed), StringComparison.Ordinal);
        await StandsAsync();
        Directory.Delete(blocker);
        await host.RequestAsync(ImageRepository.ResourceKind, "2");
        await host.ElectedAsync("v1.30.0");
    }

    private static string Request(string token) =>
        new JsonObject
        {
            ["metadata"] = new JsonObject { ["annotations"] = new JsonObject { ["reconcile.fluxcd.io/requestedAt"] = token } },
        }.ToJsonString();

    private void Heal()
    {
        registry.Instead = null;
        registry.Set("app", All);
    }

    private void Break(string trouble)
    {
        switch (trouble)
        {
            case "a page cut off":
                registry.Instead = async (context, _, last) =>
                {
                    await context.Response.WriteAsync(last is null ? """{"name":"app","tags":["v1.0.0","v1.0""" : "");
                    return true;
                };
                break;
            case "an error on the second page":
                registry.Instead = (context, _, last) =>
                {
                    context.Response.StatusCode = last is null ? 200 : 500;
                    return Task.FromResult(last is not null);
                };
                break;
            case "a subset":
                registry.Set("app", All[..100]);
                break;
            default:
                registry.Set("app");
                break;
        }
    }

    private async Task StandsAsync()
    {
        var policy = await host.Client.GetAsync(ResourcePath.Of(ImagePolicy.ResourceKind, new ObjectKey("default", "app")), default);
        Assert.Equal("v1.29.99", (string?)policy!["status"]!["latestRef"]!["tag"]);
        Assert.Null(policy["status"]!["observedPreviousRef"]);
    }
}

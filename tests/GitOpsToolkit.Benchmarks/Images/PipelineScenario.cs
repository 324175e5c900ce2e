using System.Text;
using GitOpsToolkit.Controllers.ImageReflector.Scanning;
using GitOpsToolkit.Controllers.ImageReflector.Storage;
using GitOpsToolkit.Kubernetes;
using GitOpsToolkit.Registry;
using GitOpsToolkit.TestKit;
using GitOpsToolkit.Versioning;
using Microsoft.Extensions.Logging.Abstractions;

namespace GitOpsToolkit.Benchmarks.Images;

/// <summary>Where time and memory of a scan go: each step over one repository of 5 000 tags, warm, by itself.</summary>
internal sealed class PipelineScenario : IScenario
{
    private const int Tags = 5000;
    private const int Runs = 200;

    public string Name => "pipeline";

    public string Title => $"the steps of one scan of {Tags} tags, warm, in process: processor time and allocation a tag (no peer)";

    public async Task<bool> RunAsync(TextWriter output)
    {
        await using var registry = await ListRegistry.StartAsync();
        registry.Set("app", Enumerable.Range(0, Tags).Select(tag => $"v1.{tag / 100}.{tag % 100}"));
        using var client = new RegistryClient(new RegistryClientOptions(), TimeProvider.System);
        using var folder = new TempDirectory();
        _ = ImageName.TryParse($"{registry.Host}/app", out var image, out _);
        _ = ExclusionList.TryCreate(ExclusionList.Default, out var exclusions, out _);
        _ = ExclusionList.TryCreate(["^.*\\.sig$", "-dev$"], out var regexes, out _);
        _ = TagPolicy.TrySemVer(">=1.0.0", out var policy, out _);
        var store = new SegmentTagStore(folder.Path, NullLogger.Instance);
        var key = new ObjectKey("default", "app");
        var listed = (await client.ListTagsAsync(image!, new RegistryAccess(), CancellationToken.None)).Packed;
        var page = Encoding.ASCII.GetBytes($"{{\"tags\":[\"{string.Join("\",\"", listed.First(Tags).Reverse())}\"]}}");
        var more = PackedTags.Of([.. listed.First(Tags), "v2.0.0"]);
        var round = 0;

        await output.WriteLineAsync("| step | CPU ns a tag | bytes allocated a tag |");
        await output.WriteLineAsync("|---|---|---|");
        await StepAsync(output, "list: HTTP, 5 pages, both sides", () => client.ListTagsAsync(image!, new RegistryAccess(), CancellationToken.None));
        await StepAsync(output, "read and pack a page of all tags", () => PageAsync(page));
        await StepAsync(output, "exclude (the default list)", () => Done(exclusions!.WithoutExcluded(listed)));
        await StepAsync(output, "exclude (two regular expressions)", () => Done(regexes!.WithoutExcluded(listed)));
        await StepAsync(output, "store, one tag more or less (with fsync)", () => Done(store.Replace(
            key, new ScannedTags("x/y", round++ % 2 == 0 ? more : listed, DateTimeOffset.UnixEpoch.AddMinutes(round)))));
        await StepAsync(output, "store, no news", () => Done(store.Replace(key, new ScannedTags("x/y", listed, DateTimeOffset.UnixEpoch.AddMinutes(round++)))));
        await StepAsync(output, "read from the store", () => Done(store.Find(key)));
        var elector = new TagElector(policy!);
        await StepAsync(output, "read and elect by semver", () => Done(Elect(elector, store.Find(key)!)));
        return true;
    }

    private static Task Done(object? result)
    {
        GC.KeepAlive(result);
        return Task.CompletedTask;
    }

    private static TagElection Elect(TagElector elector, TagSet tags)
    {
        var ballot = elector.Open();
        Span<char> text = stackalloc char[PackedTags.MaxTagLength];
        foreach (var tag in tags.Packed)
        {
            ballot.Add(text[..Encoding.ASCII.GetChars(tag, text)]);
        }

        return ballot.Close();
    }

    private static async Task PageAsync(byte[] page)
    {
        using var stream = new MemoryStream(page);
        var tags = new TagCollector();
        await new TagPageReader(tag => tags.Add(tag), _ => { }).ReadAsync(stream, CancellationToken.None);
        GC.KeepAlive(tags.Pack());
    }

    private static async Task StepAsync(TextWriter output, string name, Func<Task> step)
    {
        for (var warmUp = 0; warmUp < 300; warmUp++)
        {
            await step();
        }

        var allocated = GC.GetTotalAllocatedBytes(precise: true);
        var begun = Environment.CpuUsage.TotalTime;
        for (var run = 0; run < Runs; run++)
        {
            await step();
        }

        var took = (Environment.CpuUsage.TotalTime - begun).TotalNanoseconds;
        var bytes = (double)(GC.GetTotalAllocatedBytes(precise: true) - allocated);
        await output.WriteLineAsync($"| {name} | {took / Runs / Tags:0} | {bytes / Runs / Tags:0.0} |");
    }
}

using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Xunit;
using static GitOpsToolkit.Registry.Tests.Harness;

namespace GitOpsToolkit.Registry.Tests;

/// <summary>Runs alone, since it watches the memory of the whole process.</summary>
[CollectionDefinition(nameof(MemoryTests), DisableParallelization = true)]
public sealed class MemoryCollection;

/// <summary>Bodies of 10 GB: they are cut off at the limit, and memory does not grow with how many there were.</summary>
[Collection(nameof(MemoryTests))]
public sealed class MemoryTests(ITestOutputHelper output)
{
    private const long TenGigabytes = 10L << 30;
    private const long Flat = 48L << 20;
    private const long Limit = 8L << 20;
    private const int Rounds = 4;

    [Theory]
    [InlineData("new tags")]
    [InlineData("the same tag")]
    [InlineData("other properties")]
    [InlineData("white space")]
    public async Task A_list_without_end_is_refused_and_memory_stays_flat(string kind)
    {
        using var server = new RawServer((stream, cancellation) => StreamAsync(stream, kind, cancellation));
        using var client = new RegistryClient(Quick with { MaxListBytes = Limit }, TimeProvider.System);
        long first = 0, last = 0;
        for (var round = 0; round < Rounds; round++)
        {
            var fault = await FaultAsync(() => client.ListTagsAsync(Image(server.Host), new RegistryAccess(), CancellationToken.None));
            Assert.Equal(RegistryFault.TooLarge, fault.Fault);
            Assert.EndsWith($"the tag list is larger than {Limit} bytes", fault.Message, StringComparison.Ordinal);
            last = ResidentAfterCollection();
            first = round == 0 ? last : first;
        }

        output.WriteLine($"{kind}: {first >> 20} MiB resident after the first body of 10 GB, {last >> 20} MiB after {Rounds}");
        Assert.InRange(last - first, long.MinValue, Flat);
    }

    [Theory]
    [InlineData(200, "manifests")]
    [InlineData(500, "manifests")]
    [InlineData(401, "tags/list")]
    public async Task Other_answers_without_end_are_cut_off_too(int status, string what)
    {
        using var server = new RawServer((stream, cancellation) => StreamAsync(stream, "other properties", cancellation, status));
        using var client = new RegistryClient(Quick with { Retries = 1 }, TimeProvider.System);
        var before = ResidentAfterCollection();
        for (var round = 0; round < Rounds; round++)
        {
            await FaultAsync(() => what == "manifests"
                ? client.GetManifestAsync(Image(server.Host), "v1", new RegistryAccess(), CancellationToken.None)
                : client.ListTagsAsync(Image(server.Host), new RegistryAccess(), CancellationToken.None));
        }

        Assert.InRange(ResidentAfterCollection() - before, long.MinValue, Flat);
    }

    private static long ResidentAfterCollection()
    {
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        GC.WaitForPendingFinalizers();
        using var self = Process.GetCurrentProcess();
        return self.WorkingSet64;
    }

    private static async Task StreamAsync(NetworkStream stream, string kind, CancellationToken cancellation, int status = 200)
    {
        await RawServer.WriteAsync(
            stream, $"HTTP/1.1 {status} X\r\nContent-Type: application/json\r\nContent-Length: {TenGigabytes}\r\n\r\n{(kind == "other properties" ? "{" : "{\"tags\":[\"v\"")}", cancellation);
        var number = 0L;
        var chunk = new StringBuilder();
        while (true)
        {
            chunk.Clear();
            while (chunk.Length < 64 << 10)
            {
                _ = kind switch
                {
                    "new tags" => chunk.Append(CultureInfo.InvariantCulture, $",\"v1.{number++}.0-build\""),
                    "the same tag" => chunk.Append(",\"v1.0.0\""),
                    "other properties" => chunk.Append(CultureInfo.InvariantCulture, $"\"p{number++}\":\"value\","),
                    _ => chunk.Append(' ', 1000),
                };
            }

            await RawServer.WriteAsync(stream, chunk.ToString(), cancellation);
        }
    }
}

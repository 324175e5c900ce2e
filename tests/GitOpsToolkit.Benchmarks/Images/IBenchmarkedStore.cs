using GitOpsToolkit.Controllers.ImageReflector.Storage;
using GitOpsToolkit.Kubernetes;
using Microsoft.Extensions.Logging.Abstractions;

namespace GitOpsToolkit.Benchmarks.Images;

/// <summary>What the scan loop does with a store.</summary>
internal interface IBenchmarkedStore : IDisposable
{
    void Replace(ObjectKey repository, ScannedTags scanned);

    IReadOnlyList<string> Tags(ObjectKey repository);
}

/// <summary>The product's store.</summary>
internal sealed class PackedFiles(string folder) : IBenchmarkedStore
{
    private readonly SegmentTagStore store = new(folder, NullLogger.Instance);

    public void Replace(ObjectKey repository, ScannedTags scanned) => store.Replace(repository, scanned);

    public IReadOnlyList<string> Tags(ObjectKey repository) => store.Find(repository)!.Tags;

    public void Dispose()
    {
        // It holds nothing open.
    }
}

using GitOpsToolkit.Controllers.ImageReflector.Storage;
using GitOpsToolkit.Kubernetes;
using GitOpsToolkit.Registry;
using Microsoft.Extensions.Logging.Abstractions;

namespace GitOpsToolkit.Controllers.ImageReflector.Tests.Storage;

/// <summary>Writes one set after the other for a few objects, and says each time what is written. Runs until it is killed.</summary>
internal static class TagWriter
{
    internal const string Argument = "--write-tags-until-killed";

    internal static readonly ObjectKey[] Objects = [new("a", "one"), new("a", "two"), new("b", "one")];

    internal static int Run(string folder)
    {
        var store = new SegmentTagStore(folder, NullLogger.Instance);
        var begin = Objects.Max(key => NumberOf(store.Find(key)) ?? 0);
        for (var number = begin + 1; ; number++)
        {
            foreach (var key in Objects)
            {
                store.Replace(key, new ScannedTags("x/y", SetOf(number), DateTimeOffset.UnixEpoch.AddSeconds(number)));
            }

            Console.Out.WriteLine(number);
        }
    }

    /// <summary>A set of some thousand tags, each of which names the set.</summary>
    internal static PackedTags SetOf(int number) => PackedTags.Of(Enumerable.Range(0, 500 + (number % 7 * 300)).Select(i => $"v{i}.{number}"));

    /// <summary>Which of the sets this is; fails where it is none of them.</summary>
    internal static int? NumberOf(TagSet? set)
    {
        if (set is null)
        {
            return null;
        }

        var number = int.Parse(set.Tags[0].Split('.')[1]);
        return set.Packed.Equals(SetOf(number)) ? number : throw new InvalidOperationException("the set is not one that was written");
    }
}

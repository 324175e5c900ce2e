using CsCheck;
using GitOpsToolkit.Controllers.ImageReflector.Storage;
using GitOpsToolkit.Kubernetes;
using GitOpsToolkit.Registry;
using GitOpsToolkit.TestKit;
using Xunit;

namespace GitOpsToolkit.Controllers.ImageReflector.Tests.Storage;

/// <summary>Random operations against a plain model, with the store opened anew at any point.</summary>
public sealed class StoreModelTests
{
    private static readonly DateTimeOffset Start = new(2026, 11, 23, 12, 0, 0, TimeSpan.Zero);
    private static readonly ObjectKey[] Objects = [new("a", "one"), new("a", "two"), new("b", "one")];

    private static readonly Gen<string> Tag = Gen.Int[0, 15].Select(i => $"v{i}");
    private static readonly Gen<ObjectKey> Object = Gen.Int[0, 2].Select(i => Objects[i]);

    private static readonly Gen<Operation> Operations = Gen.Frequency(
        (6, Gen.Select(Object, Gen.Bool.Select(first => first ? "x/y" : "x/z"), Tag.Array[0, 12], (key, image, tags) => (Operation)new Replace(key, image, tags))),
        (3, Gen.Select(Object, Tag, Gen.Int[0, 2], (key, tag, digest) => (Operation)new Note(key, tag, $"sha256:{digest}"))),
        (1, Object.Select(key => (Operation)new Remove(key))),
        (1, Object.Select(key => (Operation)new Damage(key))),
        (2, Gen.Const((Operation)new Reopen())));

    [Fact]
    public void The_store_does_what_a_dictionary_would() => Operations.Array[1, 40].Sample(
        operations =>
        {
            using var folder = new TempDirectory();
            var log = new ListLog();
            var store = new SegmentTagStore(folder.Path, log);
            var model = new Model();
            var damages = 0;
            for (var step = 0; step < operations.Length; step++)
            {
                var now = Start.AddSeconds(step);
                switch (operations[step])
                {
                    case Replace(var key, var image, var tags):
                        store.Replace(key, new ScannedTags(image, PackedTags.Of(tags), now));
                        model.Replace(key, image, tags, now);
                        break;
                    case Note(var key, var tag, var digest):
                        Assert.Equal(model.Note(key, tag, digest), store.NoteDigest(key, tag, new DigestSighting(digest, now))?.Digest);
                        break;
                    case Remove(var key):
                        store.Remove(key);
                        model.Sets.Remove(key);
                        break;
                    case Damage(var key) when model.Sets.Remove(key):
                        File.WriteAllText(folder[$"imagerepository/{key}/tags"], "torn");
                        damages++;
                        break;
                    case Reopen:
                        store = new SegmentTagStore(folder.Path, log);
                        break;
                }

                model.Verify(store);
                Assert.Equal(damages, log.Lines.Count);
            }
        },
        iter: 300);

    private abstract record Operation;

    private sealed record Replace(ObjectKey Key, string Image, string[] Tags) : Operation;

    private sealed record Note(ObjectKey Key, string Tag, string Digest) : Operation;

    private sealed record Remove(ObjectKey Key) : Operation;

    private sealed record Damage(ObjectKey Key) : Operation;

    private sealed record Reopen : Operation;

    private sealed class Model
    {
        internal Dictionary<ObjectKey, Set> Sets { get; } = [];

        internal void Replace(ObjectKey key, string image, string[] tags, DateTimeOffset now)
        {
            var before = Sets.GetValueOrDefault(key) is { } present && present.Image == image ? present : new Set(image, [], now);
            Sets[key] = new Set(
                image,
                tags.Distinct().ToDictionary(tag => tag, tag => before.Tags.GetValueOrDefault(tag) ?? new Known(now, [])),
                now);
        }

        internal string? Note(ObjectKey key, string tag, string digest)
        {
            if (Sets.GetValueOrDefault(key)?.Tags.GetValueOrDefault(tag) is not { } known || known.Digests.LastOrDefault() == digest)
            {
                return null;
            }

            var last = known.Digests.LastOrDefault();
            known.Digests.Add(digest);
            if (known.Digests.Count > 8)
            {
                known.Digests.RemoveAt(0);
            }

            return last;
        }

        internal void Verify(SegmentTagStore store)
        {
            foreach (var key in Objects)
            {
                var expected = Sets.GetValueOrDefault(key);
                var found = store.Find(key);
                Assert.Equal(found?.Summary, store.Describe(key));
                Assert.Equal(expected is null, found is null);
                if (expected is null)
                {
                    continue;
                }

                Assert.Equal((expected.Image, expected.ScannedAt, expected.Tags.Count), (found!.Image, found.ScannedAt, found.Packed.Count));
                Assert.Equal(TagSets.Create("any", expected.Tags.Keys, default).Revision, found.Revision);
                Assert.Equal(
                    expected.Tags.OrderByDescending(tag => tag.Key, StringComparer.Ordinal)
                        .Select(tag => new TagRecord(tag.Key, tag.Value.FirstSeen, tag.Value.Digests.LastOrDefault())),
                    found.Records());
                Assert.All(expected.Tags, tag => Assert.Equal(tag.Value.Digests, found.DigestsOf(tag.Key).Select(one => one.Digest)));
            }
        }

        internal sealed record Set(string Image, Dictionary<string, Known> Tags, DateTimeOffset ScannedAt);

        internal sealed record Known(DateTimeOffset FirstSeen, List<string> Digests);
    }
}

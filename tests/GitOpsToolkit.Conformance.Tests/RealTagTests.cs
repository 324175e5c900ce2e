using System.Numerics;
using System.Text.Json;
using System.Text.RegularExpressions;
using CsCheck;
using GitOpsToolkit.TestKit;
using GitOpsToolkit.Versioning;
using Xunit;

namespace GitOpsToolkit.Conformance.Tests;

/// <summary>Elections over the corpora's lists of real tags, against a plain second reading of the rules.</summary>
public sealed class RealTagTests
{
    private const int Samples = 60;

    private static readonly string[] Operators = ["", "=", "!=", ">", "<", ">=", "<=", "~", "^"];

    private static Gen<T> AnyOf<T>(params T[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);

    [Fact]
    public void Ranges_admit_and_elect_what_a_plain_reading_says()
    {
        var (lists, total, elected) = (0, 0, 0);
        foreach (var (name, tags) in TagLists())
        {
            lists++;
            total += tags.Length;
            var read = tags.Select(tag => (Tag: tag, Version: PlainVersion.OfTag(tag))).ToArray();
            var versions = read.Where(one => one.Version is not null).Select(one => (one.Tag, Version: one.Version!)).ToArray();
            Ranges([.. versions.Select(one => one.Version)]).Sample(
                range =>
                {
                    var text = range.ToString();
                    Assert.True(TagPolicy.TrySemVer(text, out var policy, out var error), $"{text}: {error}");
                    var admitted = versions.Where(one => range.Admits(one.Version)).ToArray();
                    string? best = null;
                    PlainVersion? highest = null;
                    foreach (var (tag, version) in admitted)
                    {
                        if (highest is null || version.Compare(highest) > 0)
                        {
                            (best, highest) = (tag, version);
                        }
                    }

                    var election = new TagElector(policy).Elect(tags);
                    Assert.True(best == election.Tag, $"{name}, {text}: expected {best}, elected {election.Tag}");
                    Assert.Equal(admitted.Length, election.Counts.Eligible);
                    Assert.Equal(tags.Length - versions.Length, election.Counts[TagRefusal.NotAVersion]);
                    Interlocked.Add(ref elected, best is null ? 0 : 1);
                },
                iter: Samples,
                threads: 1);
        }

        Console.WriteLine($"{Samples} ranges over each of {lists} lists of {total} real tags; {elected} of {lists * Samples} elect one");
        Assert.True(elected > lists * Samples / 10, "hardly any range elects a tag: the test shows nothing");
    }

    [Theory]
    [InlineData("^(?P<all>[0-9]+)$", "$all")]
    [InlineData("-(?P<ts>[0-9]{6,})$", "${ts}")]
    [InlineData("^v?(?P<major>[0-9]+)\\.(?P<minor>[0-9]+)", "$minor")]
    [InlineData("(?P<a>[0-9]+)[^0-9]+(?P<b>[0-9]+)", "${b}")]
    public void Numbers_elect_what_a_plain_reading_says(string pattern, string extract)
    {
        // The same pattern in the other engine's dialect; these patterns mean the same in both.
        var plain = new Regex(pattern.Replace("?P<", "?<", StringComparison.Ordinal).Replace("$", "\\z", StringComparison.Ordinal));
        var group = extract.Trim('$', '{', '}');
        Assert.True(TagFilter.TryCreate(pattern, extract, out var filter, out var error), error);
        var elected = 0;
        foreach (var (name, tags) in TagLists())
        {
            var numbers = tags.Select(tag => (Tag: tag, Match: plain.Match(tag))).Where(one => one.Match.Success)
                .Select(one => (one.Tag, Number: BigInteger.Parse(one.Match.Groups[group].Value))).ToArray();

            // A double does not tell larger integers apart; there the last of the list is right either way.
            var exact = numbers.All(one => one.Number < BigInteger.Pow(2, 53));
            foreach (var order in exact ? Enum.GetValues<TagOrder>() : [])
            {
                var wanted = numbers.Length == 0 ? (BigInteger?)null
                    : order == TagOrder.Ascending ? numbers.Max(one => one.Number) : numbers.Min(one => one.Number);
                var last = numbers.LastOrDefault(one => one.Number == wanted).Tag;
                var election = new TagElector(TagPolicy.Numerical(order), filter).Elect(tags);
                Assert.True(last == election.Tag, $"{name}, {pattern} {order}: expected {last}, elected {election.Tag}");
                Assert.Equal(numbers.Length, election.Counts.Eligible);
                elected += last is null ? 0 : 1;
            }
        }

        Assert.True(elected > 0, "no list has a number for this pattern");
    }

    [Fact]
    public void The_order_of_bytes_elects_the_ends_of_the_sorted_list()
    {
        foreach (var (_, tags) in TagLists())
        {
            var sorted = tags.OrderBy(tag => tag, Comparer<string>.Create(static (a, b) =>
                System.Text.Encoding.UTF8.GetBytes(a).AsSpan().SequenceCompareTo(System.Text.Encoding.UTF8.GetBytes(b)))).ToArray();
            Assert.Equal(sorted[^1], new TagElector(TagPolicy.Alphabetical(TagOrder.Ascending)).Elect(tags).Tag);
            Assert.Equal(sorted[0], new TagElector(TagPolicy.Alphabetical(TagOrder.Descending)).Elect(tags).Tag);
        }
    }

    [Fact]
    public void No_range_that_the_peer_reads_is_taken_for_an_interval()
    {
        var read = 0;
        foreach (var row in CorpusTable.Read("semver/constraints.jsonl").Concat(CorpusTable.Read("semver/constraint-parse.jsonl")))
        {
            var isRead = !row.Expected.ContainsKey("constraintError") && row.Expected["ok"]?.GetValue<bool>() is not null
                && (row.Question["op"]!.GetValue<string>() != "constraint-parse" || row.Expected["ok"]!.GetValue<bool>());
            if (isRead)
            {
                Assert.DoesNotMatch(@"^\s*[\[(]", row.Question["constraint"]!.GetValue<string>());
                read++;
            }
        }

        Assert.True(read > 1000, $"only {read} ranges");
    }

    private static IEnumerable<(string Name, string[] Tags)> TagLists()
    {
        var corpus = Corpus.Find();
        Assert.SkipWhen(corpus is null, CorpusTable.Absent);
        foreach (var file in Directory.EnumerateFiles(Path.Combine(corpus, "image-policy", "tags")).Order(StringComparer.Ordinal))
        {
            if (Path.GetFileName(file) != "index.json")
            {
                string[] tags = [.. JsonSerializer.Deserialize<string[]>(File.ReadAllText(file))!.Distinct()];
                Array.Sort(tags, static (left, right) => string.CompareOrdinal(right, left));
                yield return (Path.GetFileNameWithoutExtension(file), tags);
            }
        }
    }

    private static Gen<PlainRange> Ranges(PlainVersion[] versions)
    {
        var small = Gen.Select(Gen.Int[0, 30], Gen.Int[0, 30], Gen.Int[0, 30])
            .Select((a, b, c) => new PlainVersion(a, b, c, ""));
        var bound = versions.Length == 0 ? small : Gen.Frequency((4, Gen.Int[0, versions.Length - 1].Select(i => versions[i])), (1, small));
        var item = Gen.Select(AnyOf(Operators), bound, Gen.Int[1, 3], Gen.Int[0, 9], AnyOf("", "", "x", "X", "*"))
            .Select((@operator, version, count, dice, wildcard) =>
            {
                BigInteger[] numbers = [version.Major, version.Minor, version.Patch];
                var prerelease = count < 3 ? "" : dice < 3 ? version.Prerelease : dice == 3 ? "0" : "";
                return new PlainItem(@operator, numbers[..count], prerelease, wildcard);
            })
            // ~0.0.0 admits everything: a quirk with rows of its own in the corpora.
            .Where(one => one.Operator is not "~" || one.Numbers.Any(number => !number.IsZero));
        return Gen.Select(item.Array[1, 3].Array[1, 3], AnyOf(", ", " ", ","))
            .Select((groups, separator) => new PlainRange(groups, separator));
    }
}

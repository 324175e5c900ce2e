using System.Text.Json.Nodes;
using CsCheck;
using GitOpsToolkit.TestKit;

namespace GitOpsToolkit.Yaml.Tests;

/// <summary>The quick reader reads what it reads as the full reader does, and leaves the rest to it.</summary>
public sealed class BlockReaderTests
{
    private static readonly string[] Damage = ["", " ", "\n", ":", "#", "- ", "'", "\"", "\n\n", "|", ": ", "x", "[", "&", "  "];

    [Theory]
    [InlineData("a: 1\n")]
    [InlineData("a: 1")]
    [InlineData("---\na: 1\n---\n# none\n---\nb: {}\n")]
    [InlineData("# head\n\na:   x y  # tail\nb:\n- 1\n- x: 1\n  y: []\n-\n  - - 2\n    - ~\n-\nc:\n")]
    [InlineData("a:\n    b:\n      - c: 'it''s'\n        \"d e\": \"#x: y\"   # z\n    e: 0x10\nf: 1e3\n")]
    [InlineData("- a: |\n    x\n     y\n\n    # z\n\n  b: |-\n      q\n\n- |\n  z\n")]
    [InlineData("a: |\n  x\n# between\n\nb: http://x:80/#y\nc: a#b\n")]
    [InlineData("a: |\n\n  x\n \n  y\n   \n  \nb: 1\n")]
    [InlineData("a: -1\nb: --x\nc: ?x\nd: :x\ne: - \n")]
    [InlineData("a: 2001-12-14\nb: 010\nc: yes\nd: .5\ne: null\nf: ''\n")]
    [InlineData("a: b\n---\n")]
    [InlineData("é: ü\n日本: 語\nsmile: 😀 # 😀\n")]
    public void It_reads_what_manifests_are_written_in(string text)
    {
        var read = BlockReader.TryRead(text, "f", YamlReaderOptions.Default);
        if (!text.Contains("e: - ", StringComparison.Ordinal))
        {
            Assert.NotNull(read);
        }

        AssertSame(text);
    }

    [Theory]
    [InlineData("a: [1]\n")]
    [InlineData("a: {b: c}\n")]
    [InlineData("a: &x 1\nb: *x\n")]
    [InlineData("a: !!str 1\n")]
    [InlineData("a: x\n  y\n")]
    [InlineData("- x\n  y\n")]
    [InlineData("a:\n  x\n")]
    [InlineData("a: \"x\n  y\"\n")]
    [InlineData("a: \"\\n\"\n")]
    [InlineData("a: >\n  x\n")]
    [InlineData("a: |+\n  x\n")]
    [InlineData("a: |2\n   x\n")]
    [InlineData("a: |\n  x")]
    [InlineData("a: |\n    \n  x\n")]
    [InlineData("a: |\nb: 1\n")]
    [InlineData("a: 1\na: 2\n")]
    [InlineData("a: b: c\n")]
    [InlineData("a: 'b' c\n")]
    [InlineData("a: 'b'c: d\n")]
    [InlineData("? a\n: b\n")]
    [InlineData("<<: {}\n")]
    [InlineData("a: 1\n b: 2\n")]
    [InlineData(" a: 1\nb: 2\n")]
    [InlineData("a:\n - 1\n  - 2\n")]
    [InlineData("- a: 1\n b: 2\n")]
    [InlineData("a:\t1\n")]
    [InlineData("a: 1\r\nb: 2\r\n")]
    [InlineData("\uFEFFa: 1\n")]
    [InlineData("%YAML 1.2\n---\na: 1\n")]
    [InlineData("a: 1\n...\n")]
    [InlineData("--- a\n")]
    [InlineData("--- # x\na\n")]
    [InlineData("text\n")]
    [InlineData("a: @x\n")]
    [InlineData("a : 1\n")]
    [InlineData("a: 1 : 2\n")]
    [InlineData("a: x:\n")]
    [InlineData("- a\nb: 1\n")]
    [InlineData("a: 1\n- b\n")]
    [InlineData("a: .inf\n")]
    public void The_rest_is_read_by_the_full_reader_or_refused_by_it(string text) => AssertSame(text);

    [Fact]
    public void Depth_and_nodes_are_capped_as_in_the_full_reader()
    {
        static string Deep(int depth) => string.Concat(Enumerable.Range(0, depth).Select(i => new string(' ', i) + "a:\n"));
        AssertSame(Deep(100));
        AssertSame(Deep(101));
        AssertSame(Deep(102));
        AssertSame(string.Concat(Enumerable.Repeat("- ", 99)) + "a\n");
        AssertSame(string.Concat(Enumerable.Repeat("- ", 20_000)) + "a\n");
        var few = new YamlReaderOptions { MaxNodes = 5 };
        foreach (var text in (string[])["a: 1\n", "a: 1\nb: 2\n", "a: 1\nb: 2\nc: 3\n", "- 1\n- 2\n- 3\n- 4\n", "- 1\n- 2\n- 3\n- 4\n- 5\n", "a:\nb:\n"])
        {
            AssertSame(text, few);
        }
    }

    [Fact]
    public void Any_text_of_the_language_reads_the_same()
    {
        // Lines from which most of YAML's traps can be put together.
        string[] pieces =
        [
            "a:", "b: 1", "- ", "-", "- a: 1", "- - x", "c: |", "d: |-", "# z", "", " ", "---", "e: 'q'", "f: \"r\" # s", "text", "g: x # y", "h: []", "i: {}", "- |", "j: - 1", "...", "k: x: y", "'l': 1", "m:n", "- 'x'", "a: 2",
            "o : 1", "\"p\": 2", "- # c", "q: #", "r: 1 #", "s: *t", "- : 1", "t: '",
        ];
        Gen.Select(Gen.Int[0, 6], Gen.Int[0, pieces.Length - 1].Select(i => pieces[i])).List[0, 12].Sample(
            lines => { AssertSame(string.Concat(lines.Select(line => $"{new string(' ', line.Item1)}{line.Item2}\n"))); }, iter: 20_000);
    }

    [Fact]
    public void Manifests_that_were_damaged_at_one_place_read_the_same()
    {
        var manifest = File.ReadAllText(SourceTree.At("config/manager/source-controller.yaml"));
        Gen.Select(Gen.Int[0, manifest.Length - 1], Gen.Int[0, Damage.Length - 1].Select(i => Damage[i]), Gen.Int[0, 3]).Sample(
            (at, put, cut) => { AssertSame(manifest[..at] + put + manifest[Math.Min(manifest.Length, at + cut)..]); }, iter: 1_000);
    }

    [Fact]
    public void Every_real_file_reads_the_same()
    {
        var corpus = Corpus.Find();
        Assert.SkipWhen(corpus is null, "The conformance corpora are absent: set CORPUS_DIR, or put them at ../shared/corpus beside the checkout.");
        var (quick, all) = (0, 0);
        foreach (var file in Directory.EnumerateFiles(Path.Combine(corpus, "kustomize-realworld"), "*.y*ml", SearchOption.AllDirectories))
        {
            if (new FileInfo(file).Length < 1 << 18)
            {
                all++;
                quick += AssertSame(File.ReadAllText(file)) ? 1 : 0;
            }
        }

        Assert.True(quick > all / 2, $"{quick} of {all} files were read quickly");
    }

    /// <returns>Whether the quick reader read it.</returns>
    private static bool AssertSame(string text, YamlReaderOptions? caps = null)
    {
        caps ??= YamlReaderOptions.Default;
        if (BlockReader.TryRead(text, "f", caps) is not { } quick)
        {
            return false;
        }

        List<YamlDocument> full;
        try
        {
            full = YamlReader.ReadAny(text, "f", caps);
        }
        catch (YamlReadException refused)
        {
            throw new InvalidOperationException($"read, though the full reader refuses it ({refused.Message}):\n{text}", refused);
        }

        Assert.True(full.Count == quick.Count, $"{quick.Count} documents instead of {full.Count}:\n{text}");
        foreach (var (a, b) in quick.Zip(full))
        {
            Assert.True(JsonNode.DeepEquals(a.Root, b.Root), $"{a.Root?.ToJsonString()} instead of {b.Root?.ToJsonString()}:\n{text}");
            Assert.True(Form(a.Root) == Form(b.Root), $"{Form(a.Root)} instead of {Form(b.Root)}:\n{text}");
            Assert.True(a.Start == b.Start, $"begins at {a.Start} instead of {b.Start}:\n{text}");
            var (last, lastOfFull) = (Last(a.Root), Last(b.Root));
            Assert.True(a.PositionOf(last) == b.PositionOf(lastOfFull), $"the last node stands at {a.PositionOf(last)} instead of {b.PositionOf(lastOfFull)}:\n{text}");
        }

        return true;
    }

    /// <summary>The JSON text, in which the order of keys and the digits of numbers count.</summary>
    private static string Form(JsonNode? node) => node?.ToJsonString() ?? "null";

    private static JsonNode? Last(JsonNode? node) => node switch
    {
        JsonObject { Count: > 0 } map when map.Last().Value is { } value => Last(value),
        JsonArray { Count: > 0 } list when list[^1] is { } item => Last(item),
        _ => node,
    };
}

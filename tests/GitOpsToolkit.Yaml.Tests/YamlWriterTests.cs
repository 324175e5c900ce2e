using System.Text.Json.Nodes;
using CsCheck;
using GitOpsToolkit.TestKit;

namespace GitOpsToolkit.Yaml.Tests;

public sealed class YamlWriterTests
{
    /// <summary>Each folder: input.yaml, and expected.yaml as `kustomize build` prints it.</summary>
    public static TheoryData<string> Cases() => [.. Directory.GetDirectories(CaseRoot).Select(path => Path.GetFileName(path)!).Order(StringComparer.Ordinal)];

    private static string CaseRoot => Path.Combine(AppContext.BaseDirectory, "cases", "writer");

    [Theory]
    [MemberData(nameof(Cases))]
    public void WritesTheBytesOfKustomize(string name)
    {
        var input = File.ReadAllText(Path.Combine(CaseRoot, name, "input.yaml"));
        var written = YamlWriter.WriteAll(YamlReader.ReadAll(input).Select(document => document.Root), YamlWriterOptions.Sorted);
        Assert.Equal(File.ReadAllText(Path.Combine(CaseRoot, name, "expected.yaml")), written);
    }

    [Fact]
    public void KeepsTheOrderOfKeysUnlessTold()
    {
        var node = JsonNode.Parse("""{"b":1,"a":{"d":[],"c":{}}}""");
        Assert.Equal("b: 1\na:\n  d: []\n  c: {}\n", YamlWriter.Write(node));
        Assert.Equal("a:\n  c: {}\n  d: []\nb: 1\n", YamlWriter.Write(node, YamlWriterOptions.Sorted));
    }

    [Theory]
    [InlineData("null", "null\n")]
    [InlineData("\"x\"", "x\n")]
    [InlineData("[]", "[]\n")]
    [InlineData("{}", "{}\n")]
    [InlineData("[1,[2],{\"a\":null}]", "- 1\n- - 2\n- a: null\n")]
    [InlineData("\"a\\nb\"", "|-\n  a\n  b\n")]
    [InlineData("true", "true\n")]
    public void RootsOfAnyKind(string json, string yaml) => Assert.Equal(yaml, YamlWriter.Write(JsonNode.Parse(json)));

    [Fact]
    public void ALongKeyIsWrittenOpen()
    {
        var key = new string('k', 129);
        Assert.Equal($"? {key}\n: a: 1\n  b: 2\nz: 1\n", YamlWriter.Write(new JsonObject { [key] = new JsonObject { ["a"] = 1, ["b"] = 2 }, ["z"] = 1 }));
    }

    /// <summary>Without asterisks: YamlDotNet misreads a plain key such as <c>a *b</c>.</summary>
    [Fact]
    public void WhatIsWrittenReadsBackTheSame() =>
        Gen.String[Gen.Char["ab01.:-#'\"\\ \n\t{}[]&!|>%@`,?~<=éx_e+\u0001\u2028\u00a0日"], 0, 12].Array[0, 5].Sample(texts =>
        {
            var node = new JsonObject();
            foreach (var text in texts)
            {
                node[text] = new JsonArray(text, new JsonObject { ["v"] = text, [text + "k"] = new JsonArray(text) });
            }

            var written = YamlWriter.Write(node);
            JsonNode? read;
            try
            {
                read = YamlReader.ReadOne(written).Root;
            }
            catch (YamlReadException error)
            {
                throw new InvalidOperationException(written, error);
            }

            Assert.True(JsonNode.DeepEquals(node, read ?? new JsonObject()), $"{node.ToJsonString()}\n{written}\n{read?.ToJsonString()}");
        }, iter: 3000);

    [Fact]
    public void RoundTripsEveryExpectedOutputOfTheCorpus()
    {
        var corpus = Corpus.Find();
        Assert.SkipWhen(corpus is null, "no conformance corpus beside this checkout (set CORPUS_DIR)");
        var failed = new List<string>();
        var count = 0;
        foreach (var set in new[] { "kustomize-tests", "kustomize-realworld" })
        {
            foreach (var folder in Directory.GetDirectories(Path.Combine(corpus, set)))
            {
                var path = Path.Combine(folder, "expected.yaml");
                if (!File.Exists(path))
                {
                    continue;
                }

                count++;
                var text = File.ReadAllText(path);
                var written = YamlWriter.WriteAll(YamlReader.ReadAll(text, path).Select(document => document.Root), YamlWriterOptions.Sorted);
                if (written != text)
                {
                    failed.Add(FirstDifference(path, text, written));
                }
            }
        }

        Assert.True(failed.Count == 0, $"{failed.Count} of {count} differ:\n" + string.Join('\n', failed.Take(20)));
    }

    private static string FirstDifference(string path, string expected, string actual)
    {
        var left = expected.Split('\n');
        var right = actual.Split('\n');
        var at = Enumerable.Range(0, Math.Min(left.Length, right.Length)).FirstOrDefault(i => left[i] != right[i], Math.Min(left.Length, right.Length));
        return $"{path}:{at + 1}\n  expected {(at < left.Length ? left[at] : "<end>")}\n  actual   {(at < right.Length ? right[at] : "<end>")}";
    }
}

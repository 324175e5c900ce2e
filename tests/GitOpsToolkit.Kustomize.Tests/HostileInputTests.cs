using System.Text;
using GitOpsToolkit.Kustomize.Loader;
using GitOpsToolkit.TestKit;
using Xunit;

namespace GitOpsToolkit.Kustomize.Tests;

/// <summary>What somebody may put into a repository to read what is not his, or to keep a build busy: every form that names a file, and bombs.</summary>
public sealed class HostileInputTests
{
    private const string Canary = "canary-2f9d";
    private const long MaxAllocated = 200L << 20;

    /// <summary>Every field by which a kustomization names a file; <c>@</c> is the place of the path.</summary>
    private static readonly string[] Forms =
    [
        "resources: ['@']",
        "components: ['@']",
        "bases: ['@']",
        "crds: ['@']",
        "configurations: ['@']",
        "generators: ['@']",
        "transformers: ['@']",
        "validators: ['@']",
        "openapi: {path: '@'}",
        "patches: [{path: '@', target: {kind: ConfigMap}}]",
        "patchesStrategicMerge: ['@']",
        "patchesJson6902: [{path: '@', target: {version: v1, kind: ConfigMap, name: ok}}]",
        "replacements: [{path: '@'}]",
        "configMapGenerator: [{name: a, files: ['@']}]",
        "configMapGenerator: [{name: a, files: ['key=@']}]",
        "configMapGenerator: [{name: a, envs: ['@']}]",
        "configMapGenerator: [{name: a, env: '@'}]",
        "secretGenerator: [{name: a, files: ['key=@']}]",
        "secretGenerator: [{name: a, envs: ['@']}]",
        "generators: [\"{apiVersion: builtin, kind: ConfigMapGenerator, metadata: {name: a}, files: ['@']}\"]",
        "transformers: [\"{apiVersion: builtin, kind: PatchTransformer, metadata: {name: a}, path: '@'}\"]",
        "transformers: [\"{apiVersion: builtin, kind: ReplacementTransformer, metadata: {name: a}, replacements: [{path: '@'}]}\"]",
        "helmCharts: [{name: a, valuesFile: '@'}]",
        "helmGlobals: {chartHome: '@'}",
    ];

    private static readonly string[] Escapes =
    [
        "../secret.yaml", "a/../../secret.yaml", "./a/.././../secret.yaml", "..//secret.yaml", "/etc/passwd", "//etc/passwd", "file:///etc/passwd", "link.yaml", "chain.yaml",
        "chain3.yaml", "linkdir/secret.yaml", "a/../linkdir/secret.yaml", "linkdir", "linkroot/etc/passwd", "..\\secret.yaml", "%2e%2e/secret.yaml", "..%2fsecret.yaml",
        "dangling.yaml", "loop.yaml", "..", "https://example.com/secret.yaml", "git@example.com:x/y", "-oProxyCommand=x", "",
    ];

    public static TheoryData<string> Named => [.. Forms];

    [Theory]
    [MemberData(nameof(Named))]
    public void No_form_reads_outside_the_root(string form)
    {
        using var folder = new TempDirectory();
        var root = Prepare(folder);
        foreach (var escape in Escapes)
        {
            File.WriteAllText(Path.Combine(root, "kustomization.yaml"), $"resources: [ok.yaml]\n{form.Replace("@", escape, StringComparison.Ordinal)}\n");
            if (form.StartsWith("resources", StringComparison.Ordinal) || form.StartsWith("bases", StringComparison.Ordinal))
            {
                File.WriteAllText(Path.Combine(root, "kustomization.yaml"), $"{form.Replace("@", escape, StringComparison.Ordinal)}\n");
            }

            try
            {
                var built = new KustomizeBuilder(new DirectoryFileSource(root)).Build("");
                // Nothing but what an empty path means may come of it.
                Assert.True(escape.Length == 0, $"'{escape}' was built");
                Assert.All(built.Resources, resource => Assert.DoesNotContain(Canary, resource.Body.ToJsonString(), StringComparison.Ordinal));
            }
            catch (BuildException refused)
            {
                Assert.DoesNotContain(Canary, refused.ToString(), StringComparison.Ordinal);
                Assert.DoesNotContain("root:x:0", refused.ToString(), StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public void A_file_that_is_no_manifest_is_not_quoted_in_the_error()
    {
        foreach (var text in (string[])[$"password: {Canary}", $"{Canary}\n", $"- {Canary}\n", $"a: {Canary}\na: 1\n", $"{Canary}: {Canary}: x\n", $"a: !!int {Canary}\n", $"a: &{Canary}\nb: *x\n"])
        {
            foreach (var field in (string[])["resources: [x.yaml]", "resources: [ok.yaml]\npatches: [{path: x.yaml}]", "resources: [ok.yaml]\ntransformers: [x.yaml]", "configurations: [x.yaml]"])
            {
                var builder = new KustomizeBuilder(Source(("kustomization.yaml", field), ("x.yaml", text), ("ok.yaml", Ok)));
                try
                {
                    builder.Build("");
                }
                catch (BuildException refused)
                {
                    Assert.DoesNotContain(Canary, refused.Message, StringComparison.Ordinal);
                }
            }
        }
    }

    public static TheoryData<string, string> Bombs => new()
    {
        { "flow lists", new string('[', 10_000) + new string(']', 10_000) },
        { "open lists", new string('[', 10_000) },
        { "flow maps", string.Concat(Enumerable.Repeat("{a: ", 10_000)) + new string('}', 10_000) },
        { "block lists", string.Concat(Enumerable.Repeat("- ", 10_000)) + "a\n" },
        { "block maps", string.Concat(Enumerable.Range(0, 2_000).Select(depth => new string(' ', depth) + "a:\n")) },
        { "aliases", Aliases("a: &a0 [x, x, x, x, x, x, x, x, x, x]\n", 9) },
        { "merges", Merges(9) },
        { "an alias in itself", "a: &a [*a]\n" },
        { "keys", string.Concat(Enumerable.Range(0, 100_000).Select(i => $"k{i}: 1\n")) },
        { "a long scalar", "a: " + new string('x', 9 << 20) + "\n" },
        { "documents", string.Concat(Enumerable.Repeat("---\na: 1\n", 200_000)) },
        { "quotes", string.Concat(Enumerable.Repeat("'", 1_000_001)) },
    };

    [Theory]
    [MemberData(nameof(Bombs))]
    public void A_bomb_is_a_bounded_error_wherever_it_lies(string name, string bomb)
    {
        (string, string)[][] places =
        [
            [("kustomization.yaml", bomb)],
            [("kustomization.yaml", "resources: [x.yaml]\n"), ("x.yaml", bomb)],
            [("kustomization.yaml", "resources: [ok.yaml]\npatches: [{path: x.yaml}]\n"), ("x.yaml", bomb)],
            [("x.yaml", bomb)],
        ];
        foreach (var files in places)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            Assert.Throws<BuildException>(() => new KustomizeBuilder(Source([.. files, ("ok.yaml", Ok)])).Build(""));
            var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            Assert.True(allocated < MaxAllocated, $"{name}: {allocated >> 20} MiB");
        }
    }

    [Fact]
    public void A_file_of_100_MB_is_refused_unread()
    {
        using var folder = new TempDirectory();
        var root = Prepare(folder);
        using (var file = File.Create(Path.Combine(root, "big.yaml")))
        {
            file.SetLength(100_000_000);
        }

        foreach (var field in (string[])["resources: [big.yaml]", "configMapGenerator: [{name: a, files: [big.yaml]}]", "resources: [ok.yaml]\npatches: [{path: big.yaml}]"])
        {
            File.WriteAllText(Path.Combine(root, "kustomization.yaml"), field);
            var before = GC.GetAllocatedBytesForCurrentThread();
            var refused = Assert.Throws<BuildException>(() => new KustomizeBuilder(new DirectoryFileSource(root)).Build(""));
            Assert.Contains("100000000 bytes", refused.Message, StringComparison.Ordinal);
            Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 10 << 20);
        }
    }

    private const string Ok = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ok\n";

    private static string Aliases(string first, int levels)
    {
        var text = new StringBuilder(first);
        for (var level = 1; level <= levels; level++)
        {
            text.Append($"a{level}: &a{level} [{string.Join(", ", Enumerable.Repeat($"*a{level - 1}", 10))}]\n");
        }

        return text.ToString();
    }

    private static string Merges(int levels)
    {
        var text = new StringBuilder("a: &a0 {x: {b: {c: d}}}\n");
        for (var level = 1; level <= levels; level++)
        {
            text.Append($"a{level}: &a{level} {{{string.Join(", ", Enumerable.Range(0, 10).Select(i => $"y{i}: {{<<: *a{level - 1}}}"))}}}\n");
        }

        return text.ToString();
    }

    private static MemoryFileSource Source(params (string Path, string Text)[] files) => new(files.Select(file => KeyValuePair.Create(file.Path, file.Text)));

    private static string Prepare(TempDirectory folder)
    {
        var root = folder["root"];
        Directory.CreateDirectory(Path.Combine(root, "a"));
        Directory.CreateDirectory(folder["outside"]);
        var secret = $"apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {Canary}\n";
        File.WriteAllText(folder["secret.yaml"], secret);
        File.WriteAllText(Path.Combine(folder["outside"], "secret.yaml"), secret);
        File.WriteAllText(Path.Combine(folder["outside"], "kustomization.yaml"), "resources: [secret.yaml]\n");
        File.WriteAllText(Path.Combine(root, "ok.yaml"), Ok);
        void Link(string name, string target) => File.CreateSymbolicLink(Path.Combine(root, name), target);
        Link("link.yaml", "../secret.yaml");
        Link("chain.yaml", "link.yaml");
        Link("chain2.yaml", "chain.yaml");
        Link("chain3.yaml", "a/../chain2.yaml");
        Link("dangling.yaml", "nowhere");
        Link("loop.yaml", "loop.yaml");
        Link("linkdir", "../outside");
        Link("linkroot", "/");
        return root;
    }
}

using GitOpsToolkit.Kustomize.Loader;
using GitOpsToolkit.TestKit;
using Xunit;

namespace GitOpsToolkit.Kustomize.Tests;

/// <summary>Nothing outside the root can be read, whatever a kustomization says, and no input keeps a build busy.</summary>
public sealed class JailTests
{
    private const string Canary = "canary-7c1f";

    public static TheoryData<string> Escapes =>
    [
        "../secret.yaml", "../../secret.yaml", "a/../../secret.yaml", "./../secret.yaml", "..//secret.yaml", "/etc/passwd", "//etc/passwd", "file:///etc/passwd",
        "link.yaml", "linkdir", "linkdir/secret.yaml", "chain.yaml", "a/../linkdir/secret.yaml", "..\\secret.yaml", "%2e%2e/secret.yaml", "..%2fsecret.yaml",
        "git@example.com:x/y", "git::https://example.com/x", "https://example.com/x.yaml", "ssh://example.com/x", "github.com/a/b", "github.com:a/b", "x?ref=main",
        "secret.yaml\0.txt", "linkroot/etc/passwd", "dangling.yaml", "~/secret.yaml", "$HOME/secret.yaml", "..", "../", ".../../..", "sub/../../secret.yaml",
    ];

    [Theory]
    [MemberData(nameof(Escapes))]
    public void No_reference_leads_outside(string reference)
    {
        using var folder = new TempDirectory();
        var root = Prepare(folder);
        var quoted = "'" + reference.Replace("'", "''", StringComparison.Ordinal).Replace("\0", "", StringComparison.Ordinal) + "'";
        foreach (var kustomization in (string[])
        [
            $"resources: [{quoted}]\n",
            $"components: [{quoted}]\n",
            $"resources: [ok.yaml]\npatches: [{{path: {quoted}, target: {{kind: ConfigMap}}}}]\n",
        ])
        {
            File.WriteAllText(Path.Combine(root, "kustomization.yaml"), kustomization);
            var error = Assert.Throws<BuildException>(() => new KustomizeBuilder(new DirectoryFileSource(root)).Build(""));
            Assert.DoesNotContain(Canary, error.Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("configMapGenerator: [{name: a, files: [../secret.yaml]}]")]
    [InlineData("configMapGenerator: [{name: a, envs: [../secret.yaml]}]")]
    [InlineData("secretGenerator: [{name: a, files: [key=../secret.yaml]}]")]
    [InlineData("openapi: {path: ../secret.yaml}")]
    [InlineData("configurations: [../secret.yaml]")]
    [InlineData("crds: [../secret.yaml]")]
    [InlineData("bases: [../outside]")]
    [InlineData("generators: [../secret.yaml]")]
    [InlineData("transformers: [../secret.yaml]")]
    [InlineData("validators: [../secret.yaml]")]
    [InlineData("replacements: [{path: ../secret.yaml}]")]
    [InlineData("patchesStrategicMerge: [../secret.yaml]")]
    [InlineData("patchesJson6902: [{path: ../secret.yaml, target: {kind: ConfigMap}}]")]
    [InlineData("helmCharts: [{name: a, valuesFile: ../secret.yaml, additionalValuesFiles: [/etc/passwd]}]")]
    [InlineData("helmGlobals: {chartHome: .., configHome: ..}")]
    [InlineData("helmChartInflationGenerator: [{chartName: a, values: ../secret.yaml, helmBin: /bin/sh}]")]
    [InlineData("vars: [{name: A, objref: {kind: ConfigMap, name: ok}}]")]
    public void No_field_leads_outside_or_runs_anything(string field)
    {
        using var folder = new TempDirectory();
        var root = Prepare(folder);
        File.WriteAllText(Path.Combine(root, "kustomization.yaml"), $"resources: [ok.yaml]\n{field}\n");

        var error = Assert.Throws<BuildException>(() => new KustomizeBuilder(new DirectoryFileSource(root)).Build(""));

        Assert.DoesNotContain(Canary, error.Message, StringComparison.Ordinal);
        Assert.Contains(field[..field.IndexOf(':')], error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("..")]
    [InlineData("../x")]
    [InlineData("linkdir")]
    [InlineData("/../..")]
    [InlineData("missing")]
    public void No_path_of_a_build_leads_outside(string path)
    {
        using var folder = new TempDirectory();
        var root = Prepare(folder);
        Assert.Throws<BuildException>(() => new KustomizeBuilder(new DirectoryFileSource(root)).Build(path));
    }

    [Fact]
    public void A_plain_directory_passes_links_over()
    {
        using var folder = new TempDirectory();
        var built = new KustomizeBuilder(new DirectoryFileSource(Prepare(folder))).Build("", new BuildOverlay());
        Assert.Equal(["ok"], built.Resources.Select(resource => resource.Name));
        Assert.Equal(["ok.yaml"], built.Inputs.Files.Select(file => file.Path));
    }

    [Fact]
    public void Kustomizations_that_include_each_other_deeply_or_for_ever_end_in_an_error_at_once()
    {
        var self = Memory(("kustomization.yaml", "resources: [.]\n"));
        Assert.Contains("cycle", Assert.Throws<BuildException>(() => self.Build("")).Message, StringComparison.Ordinal);

        var pair = Memory(("a/kustomization.yaml", "resources: [../b]\n"), ("b/kustomization.yaml", "resources: [../a]\n"));
        Assert.Contains("cycle", Assert.Throws<BuildException>(() => pair.Build("a")).Message, StringComparison.Ordinal);

        var deep = Memory([.. Enumerable.Range(0, 500).Select(i => ($"d{i}/kustomization.yaml", $"resources: [../d{i + 1}]\n"))]);
        Assert.Contains("deeper than 64", Assert.Throws<BuildException>(() => deep.Build("d0")).Message, StringComparison.Ordinal);

        // Each level includes the next one twice: 2^60 visits if nothing stopped it.
        var wide = Memory([.. Enumerable.Range(0, 60).Select(i => ($"d{i}/kustomization.yaml", $"resources: [../d{i + 1}, ../d{i + 1}]\n"))]);
        Assert.Contains("more than", Assert.Throws<BuildException>(() => wide.Build("d0")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Files_and_builds_are_bounded_in_size()
    {
        var limits = new BuildLimits { MaxFileBytes = 100, MaxTotalBytes = 150, MaxResources = 1 };
        BuildException Fails(params (string, string)[] files) =>
            Assert.Throws<BuildException>(() => new KustomizeBuilder(Source(files), new BuildOptions { Limits = limits }).Build(""));

        Assert.Contains("more than the limit of 100", Fails(("a.yaml", new string('#', 101))).Message, StringComparison.Ordinal);
        Assert.Contains("more than 150 bytes together", Fails(("a.yaml", new string('#', 90)), ("b.yaml", new string('#', 90))).Message, StringComparison.Ordinal);
        const string two = "{apiVersion: v1, kind: A, metadata: {name: a}}\n---\n{apiVersion: v1, kind: A, metadata: {name: b}}\n";
        Assert.Contains("more than 1 objects", Fails(("a.yaml", two)).Message, StringComparison.Ordinal);
        Assert.Contains("no UTF-8", Assert.Throws<BuildException>(() => new KustomizeBuilder(
            new MemoryFileSource([KeyValuePair.Create("a.yaml", new byte[] { 0xff, 0xfe, 0x41 })])).Build("")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_hostile_regular_expression_does_not_spin()
    {
        // An engine that tries every way would be at it for ever: ending is the proof.
        var name = new string('a', 5000);
        var built = Memory(
            ("a.yaml", $"{{apiVersion: v1, kind: ConfigMap, metadata: {{name: {name}!}}}}"),
            ("kustomization.yaml", "resources: [a.yaml]\npatches: [{target: {name: '(a+)+b'}, patch: '[{op: add, path: /data, value: {}}]'}]\n")).Build("");
        Assert.Null(built.Resources[0].Body["data"]);
    }

    [Fact]
    public void A_cancelled_build_ends()
    {
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();
        var builder = Memory(("a.yaml", "{apiVersion: v1, kind: A, metadata: {name: a}}"));
        Assert.ThrowsAny<OperationCanceledException>(() => builder.Build("", null, cancelled.Token));
    }

    private static string Prepare(TempDirectory folder)
    {
        var root = folder["root"];
        Directory.CreateDirectory(Path.Combine(root, "a"));
        Directory.CreateDirectory(folder["outside"]);
        var secret = $"apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {Canary}\n";
        File.WriteAllText(folder["secret.yaml"], secret);
        File.WriteAllText(Path.Combine(folder["outside"], "secret.yaml"), secret);
        File.WriteAllText(Path.Combine(folder["outside"], "kustomization.yaml"), "resources: [secret.yaml]\n");
        File.WriteAllText(Path.Combine(root, "ok.yaml"), "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ok\n");
        File.CreateSymbolicLink(Path.Combine(root, "link.yaml"), folder["secret.yaml"]);
        File.CreateSymbolicLink(Path.Combine(root, "chain.yaml"), Path.Combine(root, "link.yaml"));
        File.CreateSymbolicLink(Path.Combine(root, "dangling.yaml"), folder["nowhere"]);
        Directory.CreateSymbolicLink(Path.Combine(root, "linkdir"), folder["outside"]);
        Directory.CreateSymbolicLink(Path.Combine(root, "linkroot"), "/");
        return root;
    }

    private static MemoryFileSource Source(params (string Path, string Text)[] files) =>
        new(files.Select(file => KeyValuePair.Create(file.Path, file.Text)));

    private static KustomizeBuilder Memory(params (string Path, string Text)[] files) => new(Source(files));
}

using System.Security.Cryptography;
using System.Text;
using GitOpsToolkit.Kustomize.Loader;
using GitOpsToolkit.TestKit;
using Xunit;

namespace GitOpsToolkit.Kustomize.Tests;

/// <summary>What a build read, and which changes of the source can change what it gives.</summary>
public sealed class BuildInputsTests
{
    private static readonly Dictionary<string, string> Files = new()
    {
        ["apps/kustomization.yaml"] = "resources: [../base, plain.yaml]\ncomponents: [../component]\npatches: [{path: patch.yaml}]\n",
        ["apps/plain.yaml"] = ConfigMap("plain"),
        ["apps/patch.yaml"] = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: plain}\ndata: {a: b}\n",
        ["apps/unread.yaml"] = "this: is not read\n",
        ["base/kustomization.yml"] = "resources: [one.yaml]\n",
        ["base/one.yaml"] = ConfigMap("one"),
        ["component/kustomization.yaml"] = "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\nnamePrefix: c-\n",
        ["plain/a.yaml"] = ConfigMap("a"),
        ["plain/sub/b.yml"] = ConfigMap("b"),
        ["plain/sub/notes.txt"] = "notes",
        ["plain/own/kustomization.yaml"] = "resources: [c.yaml]\n",
        ["plain/own/c.yaml"] = ConfigMap("c"),
        ["other/d.yaml"] = ConfigMap("d"),
    };

    [Fact]
    public void Every_file_that_was_read_is_listed_with_its_digest()
    {
        var files = Build("apps", Files).Inputs.Files;

        Assert.Equal(
            ["apps/kustomization.yaml", "apps/patch.yaml", "apps/plain.yaml", "base/kustomization.yml", "base/one.yaml", "component/kustomization.yaml"],
            files.Select(file => file.Path));
        Assert.All(files, file => Assert.Equal($"sha256:{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Files[file.Path])))}", file.Digest));
    }

    [Theory]
    [InlineData("apps", "apps/unread.yaml", "other: text\n")]
    [InlineData("apps", "apps/unread.yaml", null)]
    [InlineData("apps", "apps/new.yaml", "a: new file\n")]
    [InlineData("apps", "other/d.yaml", null)]
    [InlineData("plain", "plain/sub/notes.txt", "other notes")]
    [InlineData("plain", "plain/README.md", "words")]
    [InlineData("plain", "apps/plain.yaml", null)]
    [InlineData("plain", "plain/own/unread.yaml", "x: y\n")]
    public void What_was_not_read_may_change(string directory, string path, string? text) =>
        Assert.True(Build(directory, Files).Inputs.AreUnchangedIn(Changed(path, text)));

    [Theory]
    [InlineData("apps", "apps/plain.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: other}\n")]
    [InlineData("apps", "apps/patch.yaml", "{}")]
    [InlineData("apps", "base/one.yaml", null)]
    [InlineData("apps", "component/kustomization.yaml", "kind: Component\n")]
    // A name that is looked for first, or beside the one that was found.
    [InlineData("apps", "base/kustomization.yaml", "resources: []\n")]
    [InlineData("apps", "base/Kustomization", "resources: []\n")]
    // Something else under a name that was a file.
    [InlineData("apps", "apps/plain.yaml/kustomization.yaml", "resources: []\n")]
    // A plain directory takes up what appears in it.
    [InlineData("plain", "plain/new.yaml", "a: b\n")]
    [InlineData("plain", "plain/sub/new.yml", "a: b\n")]
    [InlineData("plain", "plain/new/sub/new.yaml", "a: b\n")]
    [InlineData("plain", "plain/a.yaml", null)]
    [InlineData("plain", "plain/kustomization.yaml", "resources: [a.yaml]\n")]
    [InlineData("plain", "plain/sub/kustomization.yaml", "resources: [b.yml]\n")]
    [InlineData("plain", "plain/own/c.yaml", "a: b\n")]
    [InlineData("plain", "plain/own/kustomization.yaml", null)]
    public void What_a_build_would_see_may_not(string directory, string path, string? text)
    {
        var inputs = Build(directory, Files).Inputs;
        Assert.True(inputs.AreUnchangedIn(Source(Files)));
        Assert.False(inputs.AreUnchangedIn(Changed(path, text)));
    }

    [Fact]
    public void A_directory_and_the_same_files_in_memory_are_the_same_inputs()
    {
        using var folder = new TempDirectory();
        foreach (var (path, text) in Files)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(folder[path])!);
            File.WriteAllText(folder[path], text);
        }

        var disk = new DirectoryFileSource(folder.Path);
        Assert.True(Build("plain", Files).Inputs.AreUnchangedIn(disk));
        Assert.True(Build("apps", Files).Inputs.AreUnchangedIn(disk));

        // What became a link is no longer there.
        File.Delete(folder["apps/plain.yaml"]);
        File.CreateSymbolicLink(folder["apps/plain.yaml"], folder["apps/unread.yaml"]);
        Assert.False(Build("apps", Files).Inputs.AreUnchangedIn(disk));
    }

    [Fact]
    public void A_missing_component_that_is_passed_over_is_an_input()
    {
        var overlay = new BuildOverlay { Components = ["../extra"], IgnoreMissingComponents = true };
        var inputs = new KustomizeBuilder(Source(Files)).Build("apps", overlay).Inputs;
        Assert.True(inputs.AreUnchangedIn(Source(Files)));
        Assert.False(inputs.AreUnchangedIn(Changed("extra/kustomization.yaml", "kind: Component\n")));
    }

    private static string ConfigMap(string name) => $"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: {name}}}\n";

    private static BuildResult Build(string directory, Dictionary<string, string> files) => new KustomizeBuilder(Source(files)).Build(directory);

    private static MemoryFileSource Changed(string path, string? text)
    {
        var files = new Dictionary<string, string>(Files);
        if (text is null)
        {
            files.Remove(path);
        }
        else
        {
            // A path below a file makes a directory of that.
            files.Remove(SourcePath.Parent(path));
            files[path] = text;
        }

        return Source(files);
    }

    private static MemoryFileSource Source(Dictionary<string, string> files) => new(files);
}

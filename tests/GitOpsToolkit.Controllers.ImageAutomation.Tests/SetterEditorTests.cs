using System.Text;
using GitOpsToolkit.Controllers.ImageAutomation.Setters;

namespace GitOpsToolkit.Controllers.ImageAutomation.Tests;

public sealed class SetterEditorTests
{
    private static readonly SetterValues Values = new([new PolicyImage("ns", "p", "reg.io/app", "1.20", "sha256:6745aaad46d795c9836632e1fb62f24b7e7f4c843144da8e47a5465c411a14be")], ["ns:waiting"]);

    private static FileResult Edit(string text) => SetterEditor.Edit("apps/f.yaml", Encoding.UTF8.GetBytes(text), Values);

    [Theory]
    [InlineData("""{"$imagepolicy": "ns:p"}""", "ns:p")]
    [InlineData("""### {"$imagepolicy": "ns:p"}  """, "ns:p")]
    [InlineData("""# {"other": "x", "$imagepolicy": "ns:p:tag"}""", "ns:p:tag")]
    [InlineData("""# {"other": null, "$imagepolicy": "ns:p"}""", "ns:p")]
    [InlineData("""# {"$imagepolicy": "a", "$imagepolicy": "ns:p"}""", "ns:p")]
    [InlineData("""# {"$ref": "#/definitions/io.k8s.cli.setters.ns:p:name"}""", "ns:p:name")]
    [InlineData("""# {"$ref": "#/definitions/io.k8s.cli.setters.ns:p", "type": 5}""", "ns:p")]
    [InlineData("""# {"$imagepolicy": 5}""", "")]
    [InlineData("""# {"$imagepolicy": "ns:p", "n": 1}""", "")]
    [InlineData("""# {"$imagepolicy": ""}""", "")]
    [InlineData("""# {"$imagepolicy": "ns:p"} text""", "")]
    [InlineData("""# text {"$imagepolicy": "ns:p"}""", "")]
    [InlineData("""# ["$imagepolicy"]""", "")]
    [InlineData("""# {"$ref": "#/definitions/other.ns:p"}""", "")]
    [InlineData("""# {"$imagepolicy": "ns:p",}""", "")]
    [InlineData("""# {"$imagepolicy": "\ud800"}""", "")]
    [InlineData("""# {"\udfff": "ns:p"}""", "")]
    [InlineData("# plain", "")]
    public void Comments(string comment, string setter) => Assert.Equal(setter, string.Join(' ', MarkerComment.Read(comment)));

    [Fact]
    public void EveryMarkerIsAccountedFor()
    {
        var result = Edit("""
            a: reg.io/app:1.0 # {"$imagepolicy": "ns:p"}
            b: "1.20" # {"$imagepolicy": "ns:p:tag"}
            c: x # {"$imagepolicy": "ns:gone"}
            d: x # {"$imagepolicy": "ns:waiting"}
            e: x # {"$imagepolicy": "ns:p:version"}
            f: x # {"$imagepolicy": "p"}
            g: x # {"$imagepolicy": "other:p:tag"}
            """);
        Assert.Equal(7, result.Found);
        Assert.Equal(1, result.UpToDate);
        Assert.Equal(7, result.UpToDate + result.Changes.Count + result.Unresolved.Count);
        var change = Assert.Single(result.Changes);
        Assert.Equal((1, "ns:p", "reg.io/app:1.0"), (change.Line, change.Setter, change.OldValue));
        Assert.Equal(
        [
            "apps/f.yaml:3: ns:gone: no such policy takes part",
            "apps/f.yaml:4: ns:waiting: the policy has no image yet",
            "apps/f.yaml:5: ns:p:version: unknown part 'version', expected tag, name or digest",
            "apps/f.yaml:6: p: expected namespace:policy, optionally with :tag, :name or :digest",
            "apps/f.yaml:7: other:p:tag: no such policy takes part",
        ], result.Unresolved.Select(marker => marker.ToString()));
    }

    [Fact]
    public void UnresolvedMarkersTellTheirReason()
    {
        var values = new SetterValues([new PolicyImage("ns", "p", "reg.io/app", "1.20")], ["ns:waiting"], ["ns:other-team"]);
        var text = string.Join('\n', new[] { "ns:gone", "ns:other-team:tag", "ns:waiting", "ns:p:version", "p" }.Select(
            (setter, index) => $"k{index}: x # {{\"$imagepolicy\": \"{setter}\"}}"));
        var result = SetterEditor.Edit("f.yaml", Encoding.UTF8.GetBytes(text + "\n--- x # {\"$imagepolicy\": \"ns:p\"}\n"), values);
        Assert.Equal(
            [UnresolvedReason.NoSuchPolicy, UnresolvedReason.NotSelected, UnresolvedReason.NoImage, UnresolvedReason.MalformedSetter, UnresolvedReason.MalformedSetter, UnresolvedReason.IllegalPlace],
            result.Unresolved.Select(marker => marker.Reason));
        Assert.Equal("f.yaml:2: ns:other-team:tag: the policy is not selected, see spec.policySelector", result.Unresolved[1].ToString());
    }

    [Theory]
    [InlineData("a: [\n# {\"$imagepolicy\": \"ns:p\"}\n", "the file has a marker but is no YAML")]
    [InlineData("%YAML 1.2\n---\na: x # {\"$imagepolicy\": \"ns:p\"}\n", "YAML directives are not supported")]
    [InlineData("- x # {\"$imagepolicy\": \"ns:p\"}\n", "markers work in documents whose root is a map, this one is a list")]
    [InlineData("kind: List\nitems:\n- a: x # {\"$imagepolicy\": \"ns:p\"}\n", "item 0 of the List has no metadata")]
    public void FilesThatCannotBeEditedAreReportedAndLeftAlone(string text, string problem)
    {
        var result = Edit(text);
        Assert.Null(result.Content);
        Assert.Contains(problem, Assert.Single(result.Unresolved).ToString());
    }

    [Fact]
    public void BytesThatAreNotUtf8AreReported()
    {
        var result = SetterEditor.Edit("f.yaml", [.. Encoding.UTF8.GetBytes("a: x # {\"$imagepolicy\": \"ns:p\"}\n# "), 0xFF], Values);
        Assert.Equal("f.yaml:1: the file has a marker but is not UTF-8", Assert.Single(result.Unresolved).ToString());
    }

    [Fact]
    public void AListNamesItsItems()
    {
        var result = Edit("kind: List\napiVersion: v1\nitems:\n- apiVersion: apps/v1\n  kind: Deployment\n  metadata: {name: n, namespace: s}\n  image: x # {\"$imagepolicy\": \"ns:p\"}\n");
        Assert.Equal(new ObjectId("apps/v1", "Deployment", "s", "n"), Assert.Single(result.Changes).Object);
    }

    [Fact]
    public void ReferencesCarryTheDigest() => Assert.Equal(
        "a: reg.io/app:1.20@sha256:6745aaad46d795c9836632e1fb62f24b7e7f4c843144da8e47a5465c411a14be # {\"$imagepolicy\": \"ns:p\"}\n",
        Encoding.UTF8.GetString(Edit("a: x # {\"$imagepolicy\": \"ns:p\"}\n").Content!));

    [Theory]
    [InlineData("a.yaml", true)]
    [InlineData("x/.b/c.yml", true)]
    [InlineData("Kustomization", true)]
    [InlineData("d/Kustomization", true)]
    [InlineData("a.YAML", false)]
    [InlineData("a.json", false)]
    [InlineData("yaml", false)]
    public void Names(string path, bool candidate) => Assert.Equal(candidate, SetterEditor.IsCandidateName(path));

    [Theory]
    [InlineData("reg io/app", "v1", "")]
    [InlineData("", "v1", "")]
    [InlineData("reg.io/app", "bad tag", "")]
    [InlineData("reg.io/app", "v1", "sha256:xyz")]
    [InlineData("reg.io/app", "v1\n", "")]
    public void MalformedReferencesFailTheRun(string name, string tag, string digest) =>
        Assert.Contains("encountered invalid image ref", Assert.Throws<FormatException>(() => new SetterValues([new PolicyImage("ns", "p", name, tag, digest)])).Message);

    [Theory]
    [InlineData("localhost:5000/app", "v1")]
    [InlineData("127.0.0.1:5000/a/b-c_d", "1.2.3-rc.1")]
    [InlineData("nginx", "latest")]
    public void OrdinaryReferencesPass(string name, string tag) => Assert.True(new SetterValues([new PolicyImage("ns", "p", name, tag)]).TryGet("ns:p", out _));
}

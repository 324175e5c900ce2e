using System.Text.Json.Nodes;
using GitOpsToolkit.TestKit;
using GitOpsToolkit.Yaml;
using Xunit;

namespace GitOpsToolkit.Api.Crds.Tests;

public sealed class SchemaTests
{
    public static TheoryData<string> Kinds => [.. Crds.All().Select(c => (string)c["spec"]!["names"]!["kind"]!)];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Every_field_has_the_type_the_default_and_the_validation_of_the_table(string kind)
    {
        var expected = File.ReadAllLines(Path.Combine(Crds.Project, "cases", "schemas", kind + ".txt"));

        Assert.Equal(string.Join('\n', expected), string.Join('\n', SchemaTable.Of(Crds.Of(kind))));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Every_field_has_a_description(string kind)
    {
        var silent = new List<string>();
        Visit(Crds.Of(kind)["spec"]!["versions"]![0]!["schema"]!["openAPIV3Schema"]!.AsObject(), "", silent);

        Assert.Equal(["metadata"], silent);
    }

    [Fact]
    public void The_files_in_the_checkout_are_the_generated_ones()
    {
        var folder = Path.Combine(SourceTree.Root, "config", "crd", "bases");
        var generated = Crds.All().ToDictionary(CrdFolder.FileName, CrdFolder.Render);

        Assert.Equal(generated.Keys.Order(StringComparer.Ordinal), Directory.GetFiles(folder).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.All(generated, file => Assert.Equal(file.Value, File.ReadAllText(Path.Combine(folder, file.Key))));
    }

    [Fact]
    public void Making_them_twice_gives_the_same_text() =>
        Assert.Equal(Crds.All().Select(CrdFolder.Render), Crds.All().Select(CrdFolder.Render));

    [Fact]
    public void The_text_reads_back_as_the_same_tree() =>
        Assert.All(Crds.All(), crd => Assert.True(JsonNode.DeepEquals(crd, YamlReader.ReadOne(CrdFolder.Render(crd)).Root)));

    [Fact]
    public void The_folder_keeps_foreign_files_and_loses_those_of_former_kinds()
    {
        using var temp = new TempDirectory();
        File.WriteAllText(temp["foreign.yaml"], "kind: Foreign\n");
        File.WriteAllText(temp["former.yaml"], CrdFolder.Marker + "\nkind: Former\n");

        CrdFolder.Write(temp.Path, Crds.All());
        var first = Read(temp.Path);
        CrdFolder.Write(temp.Path, Crds.All());

        Assert.Equal(first, Read(temp.Path));
        Assert.Equal(8, first.Count);
        Assert.True(File.Exists(temp["foreign.yaml"]));
        Assert.Contains("source.toolkit.fluxcd.io_gitrepositories.yaml", first.Keys);
    }

    [Fact]
    public void A_field_without_documentation_stops_the_generator()
    {
        using var temp = new TempDirectory();
        File.WriteAllText(temp["docs.xml"], "<doc><members><member name=\"T:X\"><summary>Says <see cref=\"T:A.B\"/> and <c>c</c>\n  twice.</summary></member></members></doc>");

        var error = Assert.Throws<InvalidOperationException>(() => new CrdFactory(DocComments.Load(temp["docs.xml"]), new Version(1, 2, 3)).Create<Source.V1.GitRepository>());

        Assert.Contains("has no documentation", error.Message, StringComparison.Ordinal);
    }

    private static SortedDictionary<string, string> Read(string folder) =>
        new(Directory.GetFiles(folder).ToDictionary(f => Path.GetFileName(f)!, File.ReadAllText), StringComparer.Ordinal);

    private static void Visit(JsonObject schema, string path, List<string> silent)
    {
        if (((string?)schema["description"]) is not { Length: > 3 } && path is not "" && !path.EndsWith('}') && (!path.EndsWith(']') || schema.ContainsKey("properties")))
        {
            silent.Add(path);
        }

        foreach (var (name, field) in schema["properties"]?.AsObject() ?? [])
        {
            Visit(field!.AsObject(), path.Length == 0 ? name : $"{path}.{name}", silent);
        }

        foreach (var (suffix, inner) in new[] { ("[]", schema["items"]), ("{}", schema["additionalProperties"]) })
        {
            if (inner is JsonObject item)
            {
                Visit(item, path + suffix, silent);
            }
        }
    }
}

using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using GitOpsToolkit.Kustomize.Loader;
using GitOpsToolkit.Yaml;
using Xunit;

namespace GitOpsToolkit.Kustomize.Tests;

/// <summary>Runs the folders under <c>cases</c>: either the build gives <c>expected.yaml</c>, or every line of <c>expected.error</c> begins or stands in an error.</summary>
public sealed class CaseTests
{
    public static TheoryData<string> Names => [.. Directory.EnumerateDirectories(Root()).Select(folder => Path.GetFileName(folder)!).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Gives_what_is_expected(string name)
    {
        var folder = Path.Combine(Root(), name);
        var builder = new KustomizeBuilder(new DirectoryFileSource(Path.Combine(folder, "input")));
        var errors = Path.Combine(folder, "expected.error");
        if (!File.Exists(errors))
        {
            var built = builder.Build(".").Resources.Select(resource => (JsonNode?)resource.Body);
            Assert.Equal(File.ReadAllText(Path.Combine(folder, "expected.yaml")), YamlWriter.WriteAll(built, YamlWriterOptions.Sorted));
            return;
        }

        var expected = File.ReadAllLines(errors);
        var found = Assert.Throws<BuildException>(() => builder.Build(".")).Errors;
        Assert.Equal(expected.Length, found.Count);
        for (var i = 0; i < expected.Length; i++)
        {
            Assert.Contains(expected[i], found[i].ToString(), StringComparison.Ordinal);
        }
    }

    private static string Root([CallerFilePath] string file = "") => Path.Combine(Path.GetDirectoryName(file)!, "cases");
}

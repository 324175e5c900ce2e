using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using GitOpsToolkit.Kustomize.Loader;
using GitOpsToolkit.Yaml;
using Xunit;

namespace GitOpsToolkit.Kustomize.Tests;

/// <summary>
/// Runs the folders under <c>cases</c>: the build gives <c>expected.yaml</c>; or the objects of <c>expected.any-order.yaml</c>, which
/// <c>kubectl kustomize</c> gave; or errors that hold the lines of <c>expected.error</c>, one each.
/// </summary>
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
            var sorted = Path.Combine(folder, "expected.any-order.yaml");
            if (File.Exists(sorted))
            {
                var wanted = YamlReader.ReadAll(File.ReadAllText(sorted)).Select(document => document.Root);
                Assert.Equal(InOrder(wanted), InOrder(built));
                return;
            }

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

    private static string InOrder(IEnumerable<JsonNode?> objects) => string.Join(
        "---\n", objects.Select(node => YamlWriter.Write(node, YamlWriterOptions.Sorted)).Order(StringComparer.Ordinal));

    private static string Root([CallerFilePath] string file = "") => Path.Combine(Path.GetDirectoryName(file)!, "cases");
}

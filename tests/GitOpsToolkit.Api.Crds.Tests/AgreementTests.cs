using System.Text.Json;
using System.Text.RegularExpressions;
using GitOpsToolkit.Api.Image.V1;
using GitOpsToolkit.Api.Json;
using GitOpsToolkit.Api.Kustomize.V1;
using GitOpsToolkit.Api.Meta;
using GitOpsToolkit.Api.Schema;
using GitOpsToolkit.Api.Source.V1;
using GitOpsToolkit.Yaml;
using Xunit;

namespace GitOpsToolkit.Api.Crds.Tests;

/// <summary>The controllers read what the API server accepts, and find the same faults of shape where it is bypassed.</summary>
public sealed partial class AgreementTests
{
    public static TheoryData<string> Accepted => AdmissionTests.Accepted;

    public static TheoryData<string> Refused => AdmissionTests.Refused;

    [Theory]
    [MemberData(nameof(Accepted))]
    public void What_the_API_server_stores_can_be_read_and_written_back(string name)
    {
        var folder = Path.Combine(Crds.Project, "cases", "objects", name);
        var input = YamlReader.ReadOne(File.ReadAllText(Path.Combine(folder, "input.yaml"))).Root!;
        input["spec"] = YamlReader.ReadOne(File.ReadAllText(Path.Combine(folder, "expected.yaml"))).Root!["spec"]!.DeepClone();

        var result = Read(name.Split('/')[0], JsonSerializer.SerializeToElement(input));

        Assert.Equal("", result.Problem);
        Assert.Null(result.Unknown);
    }

    [Theory]
    [MemberData(nameof(Refused))]
    public void A_fault_of_shape_has_the_same_path_in_the_reader(string name)
    {
        var folder = Path.Combine(Crds.Project, "cases", "objects", name);
        var input = YamlReader.ReadOne(File.ReadAllText(Path.Combine(folder, "input.yaml"))).Root!;
        var expected = File.ReadAllLines(Path.Combine(folder, "error.txt")).Select(l => Shape().Match(l)).Where(m => m.Success).Select(m => m.Groups["path"].Value);

        var result = Read(name.Split('/')[0], JsonSerializer.SerializeToElement(input));

        Assert.All(expected, path => Assert.Contains(path + ": ", result.Problem, StringComparison.Ordinal));
    }

    private static (string Problem, object? Unknown) Read(string kind, JsonElement json) => kind switch
    {
        "GitRepository" => Read<GitRepository>(json),
        "OCIRepository" => Read<OCIRepository>(json),
        "ExternalArtifact" => Read<ExternalArtifact>(json),
        "Kustomization" => Read<Kustomization>(json),
        "ImageRepository" => Read<ImageRepository>(json),
        "ImagePolicy" => Read<ImagePolicy>(json),
        _ => Read<ImageUpdateAutomation>(json),
    };

    private static (string Problem, object? Unknown) Read<T>(JsonElement json)
        where T : ToolkitObject, IToolkitKind
    {
        var result = ToolkitReader.Read<T>(json);
        if (result.IsValid)
        {
            // Durations are printed in Go's form, so compare what is understood instead of the text.
            Assert.True(ToolkitJson.SameContent(result.Value, ToolkitReader.Read<T>(ToolkitJson.ToElement(result.Value)).Value!));
        }

        return (result.Problem, result.Value?.Unknown);
    }

    [GeneratedRegex("^(?<path>spec[^ ]*): (Required value|Invalid value: \"(integer|string|1d|-1m|1w|soon)\")", RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Shape();
}

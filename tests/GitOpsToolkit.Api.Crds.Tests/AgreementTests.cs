using System.Text.Json;
using System.Text.RegularExpressions;
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

        var kind = name.Split('/')[0];
        var (problem, written) = Kindly.ReadAndWrite(kind, JsonSerializer.SerializeToElement(input));
        var (_, again) = Kindly.ReadAndWrite(kind, JsonSerializer.SerializeToElement(written));

        // Durations are printed in Go's form, so the second text, not the first, is the one to compare.
        Assert.Equal("", problem);
        Assert.Equal(written!.ToJsonString(), again!.ToJsonString());
    }

    [Theory]
    [MemberData(nameof(Refused))]
    public void A_fault_of_shape_has_the_same_path_in_the_reader(string name)
    {
        var folder = Path.Combine(Crds.Project, "cases", "objects", name);
        var input = YamlReader.ReadOne(File.ReadAllText(Path.Combine(folder, "input.yaml"))).Root!;
        var expected = File.ReadAllLines(Path.Combine(folder, "error.txt")).Select(l => Shape().Match(l)).Where(m => m.Success).Select(m => m.Groups["path"].Value);

        var (problem, _) = Kindly.ReadAndWrite(name.Split('/')[0], JsonSerializer.SerializeToElement(input));

        Assert.All(expected, path => Assert.Contains(path + ": ", problem, StringComparison.Ordinal));
    }

    [GeneratedRegex("^(?<path>spec[^ ]*): (Required value|Invalid value: \"(integer|string|1d|-1m|1w|soon)\")", RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Shape();
}

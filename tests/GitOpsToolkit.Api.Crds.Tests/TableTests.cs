using System.Net;
using Xunit;

namespace GitOpsToolkit.Api.Crds.Tests;

/// <summary>What `kubectl get` shows.</summary>
public sealed class TableTests(SandboxCluster cluster) : IClassFixture<SandboxCluster>
{
    public static TheoryData<string> Kinds => SchemaTests.Kinds;

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task A_kind_is_printed_with_its_columns(string kind)
    {
        var sample = ConfigFiles.In("samples").Single(s => s.Kind() == kind);
        var (code, stored) = await cluster.SendAsync(HttpMethod.Post, SandboxCluster.Path(sample), sample);
        Assert.True(code == HttpStatusCode.Created, stored.ToJsonString());

        var (_, table) = await cluster.SendAsync(HttpMethod.Get, SandboxCluster.Path(sample, sample.Name()), accept: "application/json;as=Table;v=v1;g=meta.k8s.io");

        var columns = Crds.Of(kind)["spec"]!["versions"]![0]!["additionalPrinterColumns"]!.AsArray();
        var printed = table["columnDefinitions"]!.AsArray();
        Assert.Equal(columns.Select(c => (string)c!["name"]!).Prepend("Name"), printed.Select(c => (string)c!["name"]!));
        Assert.Equal(columns.Select(c => (int?)c!["priority"] ?? 0).Prepend(0), printed.Select(c => (int)c!["priority"]!));
        Assert.Equal(sample.Name(), (string)table["rows"]![0]!["cells"]![0]!);
    }
}

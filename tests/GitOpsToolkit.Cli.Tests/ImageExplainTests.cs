using System.Text.Json.Nodes;
using GitOpsToolkit.Cli.Images;
using GitOpsToolkit.Sandbox.ApiServer;
using GitOpsToolkit.TestKit;
using GitOpsToolkit.Yaml;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace GitOpsToolkit.Cli.Tests;

/// <summary><c>gitops image explain</c> over files.</summary>
public sealed class ImageExplainTests : IDisposable
{
    private const string Policy = """
        apiVersion: v1
        kind: ConfigMap
        metadata: {name: other}
        ---
        apiVersion: image.toolkit.fluxcd.io/v1
        kind: ImagePolicy
        metadata:
          name: app
          namespace: default
          annotations:
            gitopstoolkit.dev/minAge: 1h
            gitopstoolkit.dev/holds: "[{version: 1.2.0, reason: breaks the login, author: ann}]"
        spec:
          imageRepositoryRef: {name: app}
          filterTags: {pattern: '^v(?P<v>.*)$', extract: '$v'}
          policy: {semver: {range: ^1.0}}
        """;

    private readonly TempDirectory folder = new();
    private readonly StringWriter output = new();
    private readonly StringWriter errors = new();

    public void Dispose()
    {
        folder.Dispose();
        output.Dispose();
        errors.Dispose();
    }

    [Fact]
    public async Task The_table_tells_the_elected_tag_and_why_every_other_was_refused()
    {
        var tags = "v1.0.0 2026-11-01T00:00:00Z\r\nv1.3.0\t2026-11-23T11:30:00Z\n\nv1.2.0 2026-11-02\nv0.9.0 2026-10-01\nv1.1.0 2026-11-02\nlatest\n";
        Assert.Equal(0, await RunAsync(Policy, tags));
        Assert.Equal(
            """
            ImagePolicy default/app: elects v1.1.0
            6 tags: 1 Elected, 1 Filtered, 1 Held, 1 OutOfRange, 1 Outranked, 1 TooYoung

            TAG      VALUE    FIRST SEEN             RESULT       WHY
            v1.1.0   1.1.0    2026-11-02T00:00:00Z   Elected
            v1.0.0   1.0.0    2026-11-01T00:00:00Z   Outranked    v1.1.0 ranks higher
            latest   latest   -                      Filtered     the pattern of spec.filterTags does not match
            v0.9.0   0.9.0    2026-10-01T00:00:00Z   OutOfRange   not in the range '^1.0'
            v1.2.0   1.2.0    2026-11-02T00:00:00Z   Held         held back by ann: breaks the login
            v1.3.0   1.3.0    2026-11-23T11:30:00Z   TooYoung     first seen 2026-11-23T11:30:00Z: old enough at 2026-11-23T12:30:00Z

            """.ReplaceLineEndings("\n"),
            output.ToString());
    }

    [Fact]
    public async Task Without_times_age_is_left_out_of_account_and_that_is_said()
    {
        Assert.Equal(0, await RunAsync(Policy, """["v1.3.0", "v1.0.0"]"""));
        Assert.Equal(
            """
            ImagePolicy default/app: elects v1.3.0
            note: no first-seen times are given: minAge and newest are left out of account
            2 tags: 1 Elected, 1 Outranked

            TAG      VALUE   RESULT      WHY
            v1.3.0   1.3.0   Elected
            v1.0.0   1.0.0   Outranked   v1.3.0 ranks higher

            """.ReplaceLineEndings("\n"),
            output.ToString());
    }

    [Fact]
    public async Task Json_holds_the_same()
    {
        Assert.Equal(0, await RunAsync(Policy, "v1.0.0\nlatest\n", "-o", "json"));
        var json = JsonNode.Parse(output.ToString())!;
        Assert.Equal("v1.0.0", (string?)json["elected"]);
        Assert.Equal("default/app", (string?)json["policy"]);
        Assert.Equal(2, (int)json["considered"]!);
        Assert.Equal(1, (int)json["refused"]!["Filtered"]!);
        Assert.Equal(["v1.0.0 Elected True", "latest Filtered False"], json["tags"]!.AsArray().Select(tag => $"{tag!["tag"]} {tag["reason"]} {(bool)tag["elected"]!}"));
    }

    [Fact]
    public async Task No_tag_elected_is_exit_code_1_with_the_reason()
    {
        Assert.Equal(1, await RunAsync(Policy, "latest\n"));
        Assert.StartsWith("ImagePolicy default/app: elects no tag: version list argument cannot be empty\n", output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Compat_explains_as_Flux_does()
    {
        var numerical = Policy.Replace("semver: {range: ^1.0}", "numerical: {order: asc}", StringComparison.Ordinal);
        Assert.Equal(0, await RunAsync(numerical, "v7\nvX\n"));
        Assert.Equal(1, await RunAsync(numerical, "v7\nvX\n", "--compat", "flux"));
        Assert.Contains("failed to parse invalid numeric value 'X'", output.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("kind: ConfigMap", "v1", "holds 0 objects of kind ImagePolicy")]
    [InlineData("kind: [", "v1", "policy.yaml")]
    [InlineData("{apiVersion: image.toolkit.fluxcd.io/v1, kind: ImagePolicy, metadata: {name: app}, spec: {imageRepositoryRef: {name: app}, policy: {semver: {range: x.y.z.w}}}}", "v1", "improper constraint")]
    [InlineData("{apiVersion: image.toolkit.fluxcd.io/v1, kind: ImagePolicy, metadata: {name: app}, spec: 5}", "v1", "cannot be read")]
    [InlineData(Policy, "v1 yesterday", "tags.txt:1: 'yesterday' is no time")]
    [InlineData(Policy, "[1]", "is no JSON list of tags")]
    public async Task What_cannot_be_answered_is_exit_code_2_with_the_reason(string policy, string tags, string reason)
    {
        Assert.Equal(2, await RunAsync(policy, tags));
        Assert.StartsWith("failed: ", errors.ToString(), StringComparison.Ordinal);
        Assert.Contains(reason, errors.ToString(), StringComparison.Ordinal);
        Assert.Empty(output.ToString());
    }

    [Theory]
    [InlineData("image", "explain")]
    [InlineData("image", "explain", "app", "--policy", "p", "--tags", "t")]
    [InlineData("image", "explain", "--policy", "p")]
    [InlineData("image", "explain", "--tags", "t", "app")]
    public void A_name_or_both_files_but_not_half(params string[] arguments)
    {
        var parsed = new System.CommandLine.RootCommand { ImageCommand.Create(output, errors, TimeProvider.System) }.Parse(arguments);
        Assert.Contains(parsed.Errors, error => error.Message.StartsWith("give the name of a policy in the cluster, or both", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_missing_kubeconfig_is_told()
    {
        Assert.Equal(2, await InvokeAsync("image", "explain", "app", "--kubeconfig", folder["nowhere"]));
        Assert.StartsWith("failed: ", errors.ToString(), StringComparison.Ordinal);
        Assert.Contains("nowhere", errors.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "default")]
    [InlineData("team", "team")]
    [InlineData("team", "given", "-n", "given")]
    public async Task The_namespace_is_the_one_given_or_the_contexts(string ofContext, string expected, params string[] more)
    {
        await using var server = await ApiServer.StartAsync(ct: TestContext.Current.CancellationToken);
        var kubeconfig = YamlReader.ReadOne(server.Kubeconfig).Root!;
        kubeconfig["contexts"]![0]!["context"]!["namespace"] = ofContext;
        await File.WriteAllTextAsync(folder["kubeconfig"], kubeconfig.ToJsonString());

        Assert.Equal(2, await InvokeAsync(["image", "explain", "app", "--kubeconfig", folder["kubeconfig"], .. more]));
        Assert.Equal($"failed: ImagePolicy {expected}/app does not exist\n", errors.ToString().ReplaceLineEndings("\n"));
    }

    [Theory]
    [InlineData("policy.yaml", 16)]
    [InlineData("tags.txt", 64)]
    public async Task A_file_beyond_its_cap_is_refused(string file, int mebibytes)
    {
        await File.WriteAllTextAsync(folder["policy.yaml"], Policy);
        await File.WriteAllTextAsync(folder["tags.txt"], "v1.0.0\n");
        await using (var large = File.OpenWrite(folder[file]))
        {
            large.SetLength((mebibytes << 20) + 1);
        }

        Assert.Equal(2, await InvokeAsync("image", "explain", "--policy", folder["policy.yaml"], "--tags", folder["tags.txt"]));
        Assert.Equal($"failed: {folder[file]} is larger than {mebibytes} MiB: is it the right file?\n", errors.ToString().ReplaceLineEndings("\n"));
    }

    [Fact]
    public async Task A_device_without_end_is_refused_too()
    {
        await File.WriteAllTextAsync(folder["policy.yaml"], Policy);

        Assert.Equal(2, await InvokeAsync("image", "explain", "--policy", folder["policy.yaml"], "--tags", "/dev/zero"));
        Assert.Contains("/dev/zero is larger than 64 MiB", errors.ToString(), StringComparison.Ordinal);
    }

    private async Task<int> RunAsync(string policy, string tags, params string[] more)
    {
        await File.WriteAllTextAsync(folder["policy.yaml"], policy);
        await File.WriteAllTextAsync(folder["tags.txt"], tags);
        return await InvokeAsync(["image", "explain", "--policy", folder["policy.yaml"], "--tags", folder["tags.txt"], .. more]);
    }

    private Task<int> InvokeAsync(params string[] arguments)
    {
        var time = new FakeTimeProvider(new DateTimeOffset(2026, 11, 23, 12, 0, 0, TimeSpan.Zero));
        return new System.CommandLine.RootCommand { ImageCommand.Create(output, errors, time) }.Parse(arguments).InvokeAsync();
    }
}

using GitOpsToolkit.Cli.Kustomize;
using GitOpsToolkit.TestKit;
using Xunit;

namespace GitOpsToolkit.Cli.Tests;

/// <summary><c>gitops kustomize build</c> over folders.</summary>
public sealed class KustomizeBuildTests : IDisposable
{
    private const string Deployment = "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\n";
    private const string Namespace = "apiVersion: v1\nkind: Namespace\nmetadata:\n  name: Team/A\n";

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
    public async Task It_prints_the_objects_in_the_order_of_kustomize()
    {
        Write(("app/kustomization.yaml", "resources: [web.yaml, ../base]\nnamePrefix: x-\n"), ("app/web.yaml", Deployment), ("base/kustomization.yaml", "resources: [ns.yaml]\n"),
            ("base/ns.yaml", Namespace));
        Assert.Equal(0, await RunAsync(folder["app"]));
        Assert.Equal($"{Namespace}---\n{Deployment.Replace("web", "x-web", StringComparison.Ordinal)}", output.ToString());
        Assert.Equal("", errors.ToString());
    }

    [Fact]
    public async Task It_writes_to_a_file_or_into_a_folder()
    {
        Write(("kustomization.yaml", "resources: [web.yaml, ns.yaml]\n"), ("web.yaml", Deployment), ("ns.yaml", Namespace));
        Assert.Equal(0, await RunAsync(folder.Path, "-o", folder["out.yaml"]));
        Assert.Equal($"{Namespace}---\n{Deployment}", await File.ReadAllTextAsync(folder["out.yaml"], TestContext.Current.CancellationToken));

        Directory.CreateDirectory(folder["objects"]);
        Assert.Equal(0, await RunAsync(folder.Path, "--output", folder["objects"]));
        // A name must not lead out of the folder.
        Assert.Equal(["apps_v1_deployment_web.yaml", "v1_namespace_team_a.yaml"], Directory.EnumerateFiles(folder["objects"]).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.Equal("", output.ToString());
    }

    [Fact]
    public async Task Every_fault_is_told_with_its_file_as_seen_from_here()
    {
        Write(("app/kustomization.yaml", "resources:\n- missing.yaml\n- ../../outside\n- web.yaml\n"), ("app/web.yaml", "kind: ConfigMap\n"));
        Assert.Equal(1, await RunAsync(folder["app"], "--root", folder.Path));
        var lines = errors.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(3, lines.Length);
        var shown = Path.GetRelativePath(Directory.GetCurrentDirectory(), folder["app"]);
        Assert.StartsWith($"Error: {shown}/kustomization.yaml:2: resources: ", lines[0], StringComparison.Ordinal);
        Assert.StartsWith($"Error: {shown}/kustomization.yaml:3: resources: '../../outside' leads outside the root", lines[1], StringComparison.Ordinal);
        Assert.StartsWith($"Error: {shown}/web.yaml:1: ", lines[2], StringComparison.Ordinal);
        Assert.Equal("", output.ToString());
    }

    [Fact]
    public async Task Files_beside_the_kustomization_take_a_flag()
    {
        Write(("app/kustomization.yaml", "resources: [../web.yaml]\n"), ("web.yaml", Deployment));
        Assert.Equal(1, await RunAsync(folder["app"]));
        Assert.Contains("not below the directory of the kustomization", errors.ToString(), StringComparison.Ordinal);
        Assert.Equal(0, await RunAsync(folder["app"], "--load-restrictor", "LoadRestrictionsNone"));
        Assert.Equal(Deployment, output.ToString());
    }

    [Fact]
    public async Task Nothing_above_the_work_tree_of_Git_is_read()
    {
        Write(("repository/app/kustomization.yaml", "resources: [../../base]\n"), ("base/kustomization.yaml", "resources: [web.yaml]\n"), ("base/web.yaml", Deployment));
        Assert.Equal(0, await RunAsync(folder["repository/app"]));
        Directory.CreateDirectory(folder["repository/.git"]);
        Assert.Equal(1, await RunAsync(folder["repository/app"]));
        Assert.Contains("leads outside the root", errors.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_folder_itself_may_be_reached_by_a_link()
    {
        Write(("real/app/kustomization.yaml", "resources: [../base]\n"), ("real/base/kustomization.yaml", "resources: [web.yaml]\n"), ("real/base/web.yaml", Deployment));
        Directory.CreateSymbolicLink(folder["linked"], "real/app");
        Assert.Equal(0, await RunAsync(folder["linked"]));
        Assert.Equal(Deployment, output.ToString());
    }

    [Theory]
    [InlineData("--enable-helm")]
    [InlineData("--enable-exec")]
    [InlineData("--enable-alpha-plugins")]
    [InlineData("--helm-command", "/bin/true")]
    [InlineData("--mount", "type=bind")]
    public async Task Flags_for_other_programs_are_refused(params string[] flag)
    {
        Write(("kustomization.yaml", "resources: [web.yaml]\n"), ("web.yaml", Deployment));
        Assert.NotEqual(0, await RunAsync([folder.Path, .. flag]));
        Assert.Equal("", output.ToString());
    }

    [Theory]
    [InlineData("nowhere", "there is no directory")]
    [InlineData("empty", "no kustomization.yaml, kustomization.yml or Kustomization")]
    public async Task A_folder_without_a_kustomization_is_an_error(string name, string message)
    {
        Directory.CreateDirectory(folder["empty"]);
        Assert.Equal(1, await RunAsync(folder[name]));
        Assert.Contains(message, errors.ToString(), StringComparison.Ordinal);
    }

    private void Write(params (string Path, string Text)[] files)
    {
        foreach (var (path, text) in files)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(folder[path])!);
            File.WriteAllText(folder[path], text);
        }
    }

    private Task<int> RunAsync(params string[] arguments) =>
        KustomizeCommand.Create(output, errors).Parse(["build", .. arguments]).InvokeAsync(new() { Output = TextWriter.Null, Error = TextWriter.Null });
}

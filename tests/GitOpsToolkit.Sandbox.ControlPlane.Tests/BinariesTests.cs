using GitOpsToolkit.TestKit;
using Xunit;

namespace GitOpsToolkit.Sandbox.ControlPlanes.Tests;

public sealed class BinariesTests : IDisposable
{
    private readonly TempDirectory _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_named_folder_comes_first()
    {
        Put("assets", "etcd", "kube-apiserver");
        Put("cache/1.20.2", "etcd", "kube-apiserver", "kube-controller-manager");

        var found = Find(("KUBEBUILDER_ASSETS", _folder["assets"]), ("GITOPS_CONTROL_PLANE", _folder["cache"]));

        Assert.Equal(new ControlPlaneBinaries(_folder["assets/etcd"], _folder["assets/kube-apiserver"], null), found.Binaries);
        Assert.Equal("", found.Missing);
    }

    [Fact]
    public void An_incomplete_named_folder_is_an_error_even_where_there_is_a_cache()
    {
        Put("assets", "etcd");
        Put("cache/1.20.2", "etcd", "kube-apiserver", "kube-controller-manager");

        var found = Find(("KUBEBUILDER_ASSETS", _folder["assets"]), ("GITOPS_CONTROL_PLANE", _folder["cache"]));

        Assert.Null(found.Binaries);
        Assert.Contains($"KUBEBUILDER_ASSETS names {_folder["assets"]}", found.Missing, StringComparison.Ordinal);
    }

    [Fact]
    public void The_newest_whole_version_of_the_cache_is_taken()
    {
        Put("cache/1.9.9", "etcd", "kube-apiserver");
        Put("cache/1.20.2", "etcd", "kube-apiserver", "kube-controller-manager");
        Put("cache/1.36.0", "etcd");
        Put("cache/.build-1.40.0", "etcd", "kube-apiserver");

        var found = Find(("GITOPS_CONTROL_PLANE", _folder["cache"]));

        Assert.Equal(_folder["cache/1.20.2/kube-apiserver"], found.Binaries?.ApiServer);
        Assert.Equal(_folder["cache/1.20.2/kube-controller-manager"], found.Binaries?.ControllerManager);
    }

    [Theory]
    [InlineData("")]
    [InlineData(null)]
    public void Without_variables_the_cache_is_under_the_home_folder(string? assets)
    {
        Put(".cache/gitops-toolkit/control-plane/1.20.2", "etcd", "kube-apiserver");

        var found = assets is null ? Find(("HOME", _folder.Path)) : Find(("HOME", _folder.Path), ("KUBEBUILDER_ASSETS", assets));

        Assert.NotNull(found.Binaries);
    }

    [Fact]
    public void Where_there_is_none_the_message_says_what_to_do()
    {
        var found = Find(("GITOPS_CONTROL_PLANE", _folder["nowhere"]));

        Assert.Null(found.Binaries);
        Assert.Equal($"there is no control plane in {_folder["nowhere"]}: run make control-plane, or set KUBEBUILDER_ASSETS", found.Missing);
    }

    [Theory]
    [InlineData("v1.20.2", "1.20.2")]
    [InlineData("v1.33.1+k3s1", "1.33.1")]
    [InlineData("1.36.0-rc.1", "1.36.0")]
    [InlineData("v0.0.0-master+abc", "0.0.0")]
    [InlineData("something", "0.0")]
    public void Versions_are_read_as_servers_tell_them(string text, string version) =>
        Assert.Equal(Version.Parse(version), ServerVersions.Parse(text));

    private static (ControlPlaneBinaries? Binaries, string Missing) Find(params (string Name, string Value)[] environment)
    {
        var found = ControlPlaneBinaries.Find(environment.ToDictionary(variable => variable.Name, variable => variable.Value), out var missing);
        return (found, missing);
    }

    private void Put(string folder, params string[] programs)
    {
        Directory.CreateDirectory(_folder[folder]);
        foreach (var program in programs)
        {
            File.WriteAllText(Path.Combine(_folder[folder], program), "");
        }
    }
}

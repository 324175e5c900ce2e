using System.Diagnostics;
using GitOpsToolkit.TestKit;
using Xunit;

namespace GitOpsToolkit.Sandbox.ControlPlanes.Tests;

/// <summary>
/// How tests/cluster/control-plane.sh behaves around its two long steps. These are played by short scripts, so that a test can hold them up,
/// fail them and count them; the true ones run in `make control-plane`.
/// </summary>
public sealed class BuildScriptTests : IDisposable
{
    private static readonly string[] s_needed = ["apt-get", "dpkg-deb", "flock", "gpgv", "setsid"];

    private readonly TempDirectory _folder = new();
    private readonly string _cache;
    private readonly string _script;

    public BuildScriptTests()
    {
        _cache = _folder["cache"];
        _script = _folder["scripts/control-plane.sh"];
        Directory.CreateDirectory(_folder["scripts"]);
        File.Copy(Path.Combine(Shell.Scripts, "control-plane.sh"), _script);
        Step("packages.sh", "echo packages >> \"$1/../steps\"");
        Step("compile.sh", "echo compile >> \"$1/../steps\"; mkdir -p \"$1/out\"; cd \"$1/out\"; for p in etcd kube-apiserver kube-controller-manager; do echo '#!/bin/sh' > $p; chmod +x $p; done");
    }

    private string Whole => Path.Combine(_cache, "1.20.2");

    private string[] Steps => File.Exists(Path.Combine(_cache, "steps")) ? File.ReadAllLines(Path.Combine(_cache, "steps")) : [];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Builds_once_says_how_long_it_takes_and_where_the_log_is_and_leaves_only_the_programs()
    {
        SkipWithoutApt();
        var first = await RunAsync();
        var second = await RunAsync();

        Assert.Equal((0, Whole), (first.Code, first.Output));
        Assert.Contains("3 to 6 minutes", first.Errors, StringComparison.Ordinal);
        Assert.Contains($"the log is {_cache}/build-1.20.2.log", first.Errors, StringComparison.Ordinal);
        Assert.Equal((0, Whole, ""), second);
        Assert.Equal(["packages", "compile"], Steps);
        Assert.False(Directory.Exists(Path.Combine(_cache, ".build-1.20.2")));
    }

    [Fact]
    public async Task Two_runs_at_once_build_once()
    {
        SkipWithoutApt();
        Step("packages.sh", "echo packages >> \"$1/../steps\"; until [ -e \"$1/../go\" ]; do sleep 0.02; done");
        using var first = Shell.Start(_script, Environment());
        await Eventually.TrueAsync(() => Steps.Length == 1, "the first run is at work");
        using var second = Shell.Start(_script, Environment());
        await Eventually.TrueAsync(() => Directory.GetFiles(_cache).Length > 0 && !second.Process.HasExited, "the second waits");
        await File.WriteAllTextAsync(Path.Combine(_cache, "go"), "", TestContext.Current.CancellationToken);

        var (one, two) = (await first.EndAsync(), await second.EndAsync());

        Assert.Equal((0, Whole), (one.Code, one.Output));
        Assert.Equal((0, Whole), (two.Code, two.Output));
        Assert.Equal(["packages", "compile"], Steps);
    }

    [Fact]
    public async Task Ended_in_the_middle_it_takes_its_children_with_it_and_the_next_run_goes_on_with_what_there_is()
    {
        SkipWithoutApt();
        Step("packages.sh", "[ -e \"$1/got\" ] && exit; touch \"$1/got\"; echo $$ > \"$1/../pid\"; sleep 600 & wait");
        using (var first = Shell.Start(_script, Environment()))
        {
            await Eventually.TrueAsync(() => File.Exists(Path.Combine(_cache, "pid")), "it is in the middle");
            using (var kill = Process.Start("kill", ["-TERM", $"{first.Process.Id}"]))
            {
                await kill.WaitForExitAsync(TestContext.Current.CancellationToken);
            }

            var ended = await first.EndAsync();
            Assert.Equal(1, ended.Code);
            Assert.Contains("the next run goes on where this one was", ended.Errors, StringComparison.Ordinal);
        }

        var child = (await File.ReadAllTextAsync(Path.Combine(_cache, "pid"), TestContext.Current.CancellationToken)).Trim();
        await Eventually.TrueAsync(() => !Directory.Exists($"/proc/{child}"), "the step is gone");
        Assert.False(Directory.Exists(Whole));

        var next = await RunAsync();
        Assert.Equal((0, Whole), (next.Code, next.Output));
    }

    [Fact]
    public async Task A_step_that_fails_shows_the_end_of_its_log_and_what_else_can_be_done()
    {
        SkipWithoutApt();
        Step("compile.sh", "echo no space left on device >&2; exit 1");

        var (code, output, errors) = await RunAsync();

        Assert.Equal((1, ""), (code, output));
        Assert.Contains("no space left on device", errors, StringComparison.Ordinal);
        Assert.Contains("compiling failed", errors, StringComparison.Ordinal);
        Assert.Contains("set KUBEBUILDER_ASSETS", errors, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Whole));
    }

    [Fact]
    public async Task Without_room_it_says_so_before_it_begins()
    {
        SkipWithoutApt();
        var (code, _, errors) = await RunAsync(("GITOPS_CONTROL_PLANE_NEEDS", "999999999"));

        Assert.Equal(1, code);
        Assert.Contains("make room, or set GITOPS_CONTROL_PLANE to another disk", errors, StringComparison.Ordinal);
        Assert.Empty(Steps);
    }

    [Fact]
    public async Task Where_there_is_no_apt_it_says_what_to_do_instead()
    {
        // A PATH with everything that the script needs, but for apt.
        Directory.CreateDirectory(_folder["bin"]);
        foreach (var program in (string[])["bash", "dirname", "env"])
        {
            File.CreateSymbolicLink(_folder["bin/" + program], Find(program)!);
        }

        var (code, _, errors) = await RunAsync(("PATH", _folder["bin"]));

        Assert.Equal(1, code);
        Assert.Contains("only where Debian's apt is (apt-get is missing): set KUBEBUILDER_ASSETS", errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("etcd", "kube-apiserver", 0)]
    [InlineData("etcd", "kubectl", 1)]
    public async Task Programs_that_are_named_are_taken_or_refused(string first, string second, int code)
    {
        Directory.CreateDirectory(_folder["assets"]);
        foreach (var program in (string[])[first, second])
        {
            await File.WriteAllTextAsync(_folder["assets/" + program], "", TestContext.Current.CancellationToken);
            File.SetUnixFileMode(_folder["assets/" + program], UnixFileMode.UserExecute | UnixFileMode.UserRead);
        }

        var ended = await RunAsync(("KUBEBUILDER_ASSETS", _folder["assets"]));

        Assert.Equal(code, ended.Code);
        Assert.Equal(code == 0 ? _folder["assets"] : "", ended.Output);
        Assert.Empty(Steps);
    }

    private static void SkipWithoutApt() => Assert.SkipWhen(
        s_needed.FirstOrDefault(program => Find(program) is null) is { } missing || !File.Exists("/usr/share/keyrings/debian-archive-keyring.gpg"),
        "this machine is no Debian: the control plane cannot be built here");

    private static string? Find(string program) => (System.Environment.GetEnvironmentVariable("PATH") ?? "").Split(':')
        .Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists);

    private Task<(int Code, string Output, string Errors)> RunAsync(params (string Name, string Value)[] more) =>
        Shell.RunAsync(_script, Environment(more));

    private Dictionary<string, string> Environment(params (string Name, string Value)[] more)
    {
        var environment = more.ToDictionary(variable => variable.Name, variable => variable.Value);
        environment["GITOPS_CONTROL_PLANE"] = _cache;
        return environment;
    }

    private void Step(string name, string body) => File.WriteAllText(_folder["scripts/" + name], "set -eu\n" + body + "\n");
}

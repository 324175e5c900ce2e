using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using GitOpsToolkit.Kubernetes;
using GitOpsToolkit.TestKit;
using Xunit;

namespace GitOpsToolkit.Sandbox.ControlPlanes.Tests;

/// <summary>How a control plane starts, fails to start, and ends: whatever happens, no process and no folder is left behind.</summary>
public sealed class LifeTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Nothing_is_left_after_its_end()
    {
        var plane = await ControlPlane.StartAsync(new() { Binaries = RealControlPlane.Binaries, ControllerManager = false }, Cancel);
        Assert.All(plane.ProcessIds, id => Assert.True(IsAlive(id)));
        Assert.False(plane.HasControllerManager);

        await plane.DisposeAsync();

        Assert.All(plane.ProcessIds, id => Assert.False(IsAlive(id)));
        Assert.False(Directory.Exists(plane.Folder));
    }

    [Fact]
    public async Task A_named_folder_keeps_objects_and_accounts_for_the_next_start()
    {
        using var folder = new TempDirectory();
        var options = new ControlPlaneOptions { Binaries = RealControlPlane.Binaries, Folder = folder["state"], ControllerManager = false };
        var name = ResourcePath.Core("namespaces", null, "kept");
        await using (var first = await ControlPlane.StartAsync(options, Cancel))
        {
            await first.Connect().CreateAsync(name with { Name = null }, new JsonObject { ["metadata"] = new JsonObject { ["name"] = "kept" } }, null, Cancel);
        }

        await using var second = await ControlPlane.StartAsync(options, Cancel);

        Assert.NotNull(await second.Connect().GetAsync(name, Cancel));
    }

    [Fact]
    public async Task Killed_without_warning_it_takes_its_programs_with_it_and_the_next_start_tidies_up()
    {
        _ = RealControlPlane.Binaries;
        using var temporary = new TempDirectory();
        using var host = StartProgram(temporary.Path);
        var line = await Eventually.GetAsync<string>(async () => await host.StandardOutput.ReadLineAsync(Cancel), "it started", Patience);
        Assert.StartsWith("Kubernetes 1.", line, StringComparison.Ordinal);
        var children = ChildrenOf(host.Id);
        var folder = Assert.Single(Directory.GetDirectories(temporary.Path));
        Assert.Equal(3, children.Count);

        host.Kill();
        await host.WaitForExitAsync(Cancel);

        await Eventually.TrueAsync(() => children.TrueForAll(id => !IsAlive(id)), "no process is left");
        Assert.True(Directory.Exists(folder));
        StateFolder.Sweep(temporary.Path);
        Assert.False(Directory.Exists(folder));
    }

    [Fact]
    public async Task Asked_to_end_it_removes_everything()
    {
        _ = RealControlPlane.Binaries;
        using var temporary = new TempDirectory();
        using var host = StartProgram(temporary.Path);
        await host.StandardOutput.ReadLineAsync(Cancel);
        var children = ChildrenOf(host.Id);

        using (var kill = Process.Start("kill", ["-TERM", $"{host.Id}"]))
        {
            await kill.WaitForExitAsync(Cancel);
        }

        await host.WaitForExitAsync(Cancel);

        Assert.Equal(0, host.ExitCode);
        Assert.All(children, id => Assert.False(IsAlive(id)));
        Assert.Empty(Directory.GetDirectories(temporary.Path));
    }

    [Fact]
    public async Task A_program_that_dies_is_told_with_its_last_words()
    {
        var plane = await ControlPlane.StartAsync(new() { Binaries = RealControlPlane.Binaries, ControllerManager = false }, Cancel);
        await using (plane)
        {
            using (var etcd = Process.GetProcessById(plane.ProcessIds[^1]))
            {
                etcd.Kill();
            }

            var told = await Assert.ThrowsAsync<ControlPlaneException>(() => plane.EndedAsync(Cancel));

            Assert.StartsWith("etcd ended with code 137 while it was needed; the end of ", told.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_program_that_cannot_start_is_told_with_its_last_words()
    {
        using var folder = new TempDirectory();
        var broken = Script(folder["etcd"], "echo no disk for me >&2; exit 3");

        var told = await Assert.ThrowsAsync<ControlPlaneException>(
            () => ControlPlane.StartAsync(new() { Binaries = new(broken, broken, null), Folder = folder["state"] }, Cancel));

        Assert.StartsWith("etcd ended with code 3 before it answered; the end of ", told.Message, StringComparison.Ordinal);
        Assert.EndsWith("no disk for me", told.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_program_that_is_none_is_told()
    {
        using var folder = new TempDirectory();
        await File.WriteAllTextAsync(folder["etcd"], "not a program", Cancel);

        var told = await Assert.ThrowsAsync<ControlPlaneException>(
            () => ControlPlane.StartAsync(new() { Binaries = new(folder["etcd"], folder["etcd"], null), Folder = folder["state"] }, Cancel));

        Assert.Contains("etcd", told.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_port_that_is_taken_is_told()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;

        var told = await Assert.ThrowsAsync<ControlPlaneException>(
            () => ControlPlane.StartAsync(new() { Binaries = RealControlPlane.Binaries, Port = port }, Cancel));

        Assert.Contains($"127.0.0.1:{port}: bind: address already in use", told.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_start_that_is_given_up_leaves_nothing()
    {
        using var folder = new TempDirectory();
        using var soon = new CancellationTokenSource();
        // This etcd never answers; the start is given up once it is known to run.
        var silent = Script(folder["etcd"], $"echo $$ > {folder["pid"]}; exec sleep 600");
        var start = ControlPlane.StartAsync(new() { Binaries = new(silent, silent, null), Folder = folder["state"] }, soon.Token);
        var id = await Eventually.GetAsync<string>(
            async () => File.Exists(folder["pid"]) && await File.ReadAllTextAsync(folder["pid"], Cancel) is { Length: > 1 } text ? text : null, "it runs");

        await soon.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => start);
        Assert.False(IsAlive(int.Parse(id)));
    }

    private static Process StartProgram(string temporary)
    {
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "gitops"), ["control-plane"]) { RedirectStandardOutput = true };
        start.Environment["TMPDIR"] = temporary;
        return Process.Start(start)!;
    }

    private static List<int> ChildrenOf(int id) =>
        [.. Directory.GetDirectories($"/proc/{id}/task")
            .SelectMany(thread => File.ReadAllText(Path.Combine(thread, "children")).Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Select(int.Parse)];

    private static string Script(string path, string body)
    {
        File.WriteAllText(path, "#!/bin/sh\n" + body + "\n");
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return path;
    }

    private static bool IsAlive(int id) => Directory.Exists($"/proc/{id}");
}

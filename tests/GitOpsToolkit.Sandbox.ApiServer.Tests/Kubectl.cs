using System.Diagnostics;

namespace GitOpsToolkit.Sandbox.ApiServer.Tests;

/// <summary>Runs kubectl against a server, with its own home and caches.</summary>
internal sealed class Kubectl : IDisposable
{
    private readonly TempDirectory folder = new();
    private readonly string home;

    private Kubectl(string home) => this.home = home;

    /// <summary>A kubectl whose default namespace is a new one.</summary>
    /// <param name="server">The server to talk to.</param>
    /// <param name="space">The namespace.</param>
    /// <param name="home">Home folder, where the discovery cache is kept.</param>
    public static async Task<Kubectl> ForAsync(TestServer server, string space, string home)
    {
        var found = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(p => p.Length > 0 && File.Exists(Path.Combine(p, "kubectl")));
        Assert.SkipUnless(found, "kubectl is not on PATH: install it to run the tests that drive the sandbox with it.");
        var kubectl = new Kubectl(home);
        await server.MustPostAsync("/api/v1/namespaces", $$$"""{"metadata":{"name":"{{{space}}}"}}""");
        kubectl.Write("kubeconfig", server.Server.Kubeconfig.Replace("namespace: default", $"namespace: {space}"));
        return kubectl;
    }

    public string Write(string name, string text)
    {
        File.WriteAllText(folder[name], text);
        return folder[name];
    }

    /// <summary>Runs to the end and returns the standard output; fails with all of what it said when the exit code is another one.</summary>
    public async Task<string> RunAsync(string[] arguments, int exit = 0, string? editor = null)
    {
        using var process = Start(arguments, editor);
        var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        using var deadline = new CancellationTokenSource(2 * Eventually.Deadline);
        try
        {
            await process.WaitForExitAsync(deadline.Token);
        }
        catch (OperationCanceledException e)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"kubectl {string.Join(' ', arguments)} did not end", e);
        }

        var said = await output;
        Assert.True(exit == process.ExitCode, $"kubectl {string.Join(' ', arguments)} gave {process.ExitCode}\n{said}\n{await errors}");
        return said;
    }

    public Task<string> RunAsync(string line, int exit = 0) => RunAsync(line.Split(' ', StringSplitOptions.RemoveEmptyEntries), exit);

    public Process Start(string[] arguments, string? editor = null)
    {
        var start = new ProcessStartInfo("kubectl") { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment["KUBECONFIG"] = folder["kubeconfig"];
        start.Environment["HOME"] = home;
        start.Environment.Remove("KUBECACHEDIR");
        if (editor is not null)
        {
            start.Environment["KUBE_EDITOR"] = editor;
        }

        return Process.Start(start) ?? throw new InvalidOperationException("kubectl did not start");
    }

    public void Dispose() => folder.Dispose();
}

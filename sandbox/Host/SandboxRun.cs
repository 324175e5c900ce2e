using System.Diagnostics;
using System.Runtime.InteropServices;
using GitOpsToolkit.Manager.Flags;
using GitOpsToolkit.Sandbox.Story;

namespace GitOpsToolkit.Sandbox;

/// <summary>A sandbox from start to Ctrl-C: what <c>gitops sandbox</c> and <c>make run</c> do.</summary>
public static class SandboxRun
{
    /// <summary>Starts the sandbox, tells the story if asked to, and stays up until it is cancelled.</summary>
    /// <param name="options">What to do.</param>
    /// <param name="output">Where people read.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellation">Ctrl-C.</param>
    /// <returns>The process's exit code: 0, or 1 where the start or a step of the story failed.</returns>
    public static async Task<int> RunAsync(SandboxRunOptions options, TextWriter output, TimeProvider time, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(output);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context =>
        {
            context.Cancel = true;
            stop.Cancel();
        });
        var directory = options.StateDirectory is { } given ? Directory.CreateDirectory(given) : Directory.CreateTempSubdirectory("gitops-sandbox-");
        try
        {
            return await RunInAsync(directory.FullName, options, output, time, stop.Token);
        }
        catch (Exception error) when (error is IOException or FormatException or StoryFailedException)
        {
            await output.WriteLineAsync($"\nfailed: {error.Message}");
            return 1;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            await output.WriteLineAsync("\nstopped");
            return options.Once ? 1 : 0;
        }
        finally
        {
            if (options.StateDirectory is null)
            {
                Remove(directory);
            }
        }
    }

    private static async Task<int> RunInAsync(
        string directory, SandboxRunOptions options, TextWriter output, TimeProvider time, CancellationToken cancellation)
    {
        var begun = time.GetTimestamp();
        await using var sandbox = await SandboxEnvironment.StartAsync(
            new SandboxOptions
            {
                StateDirectory = directory,
                Cluster = options.Cluster,
                Kubeconfig = options.Kubeconfig,
                ApiPort = options.ApiPort,
                GitPort = options.GitPort,
                RegistryPort = options.RegistryPort,
                Controllers = options.Controllers == "none" ? [] : ControllerNames.Parse(options.Controllers),
                Log = options.Log,
                Time = time,
            },
            cancellation);
        var controllers = sandbox.HasControllers ? "a registry and the controllers" : "and a registry, no controllers,";
        await output.WriteLineAsync($"GitOpsToolkit sandbox: {sandbox.Cluster.Description}, a Git server, {controllers} in one process.");
        await output.WriteLineAsync("It is for trying, testing and preview, never for production.");
        await output.WriteLineAsync($"Started in {Timeline.Seconds(time.GetElapsedTime(begun))}.");
        if (options.Story)
        {
            await TellAsync(sandbox, output, time, begun, cancellation);
        }

        if (!options.Once)
        {
            await InviteAsync(sandbox, output, options.Story);
            await sandbox.Stopped(cancellation);
        }

        return 0;
    }

    private static async Task TellAsync(
        SandboxEnvironment sandbox, TextWriter output, TimeProvider time, long begun, CancellationToken cancellation)
    {
        var timeline = new Timeline(output, time);
        // A controller that ends while the story runs is the reason why nothing happens any more.
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var story = sandbox.TellStoryAsync(timeline, ended.Token);
        var broken = sandbox.Stopped(ended.Token);
        if (await Task.WhenAny(story, broken) == broken)
        {
            await ended.CancelAsync();
            await broken;
        }

        await story;
        await output.WriteLineAsync($"\nAll steps held, {Timeline.Seconds(time.GetElapsedTime(begun))} after the start:");
        foreach (var line in timeline.Summary)
        {
            await output.WriteLineAsync($"  - {line}");
        }

        using var process = Process.GetCurrentProcess();
        await output.WriteLineAsync($"Memory of everything together: {process.WorkingSet64 >> 20} MiB.");
    }

    private static async Task InviteAsync(SandboxEnvironment sandbox, TextWriter output, bool hasStory)
    {
        await output.WriteLineAsync($"""

            It stays up; Ctrl-C ends it.
              export KUBECONFIG={sandbox.KubeconfigPath}
              clone URL  {sandbox.CloneUrl}
              registry   {sandbox.RegistryHost} (plain HTTP)
            """);
        if (hasStory)
        {
            await output.WriteLineAsync($"""

                To try:
                  kubectl get gitrepositories,kustomizations,imagerepositories,imagepolicies,imageupdateautomations -A
                  kubectl -n devops-solutions-map get pods -w
                  kubectl -n devops-solutions-map scale deployment devops-solutions-map --replicas=1     # undone in a moment
                  skopeo copy --src-tls-verify=false --dest-tls-verify=false docker://{sandbox.RegistryHost}/devops-solutions-map:v0.6.0 docker://{sandbox.RegistryHost}/devops-solutions-map:v0.8.0
                  git clone {sandbox.CloneUrl} && cd devops-solutions-map && git log --oneline           # edit, commit, push
                """);
        }
    }

    private static void Remove(DirectoryInfo directory)
    {
        // Git marks its objects read-only.
        foreach (var file in directory.EnumerateFiles("*", SearchOption.AllDirectories))
        {
            file.Attributes = FileAttributes.Normal;
        }

        directory.Delete(recursive: true);
    }
}

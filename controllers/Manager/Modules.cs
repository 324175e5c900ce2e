using GitOpsToolkit.Controllers.ImageAutomation;
using GitOpsToolkit.Controllers.ImageReflector;
using GitOpsToolkit.Controllers.Kustomize;
using GitOpsToolkit.Controllers.Source;
using GitOpsToolkit.Kubernetes;
using GitOpsToolkit.Manager.Flags;
using Microsoft.Extensions.Logging;

namespace GitOpsToolkit.Manager;

/// <summary>Makes a controller anew, runs it, and takes it apart: once in a process, or once a term of leadership.</summary>
internal static class Modules
{
    public static Task RunAsync(
        string name, ToolkitOptions options, KubeClient client, ILoggerFactory loggers, TimeProvider time, CancellationToken cancellation) => name switch
        {
            ControllerNames.Source => RunSourceAsync(options, client, loggers, time, cancellation),
            ControllerNames.Kustomize => RunKustomizeAsync(options, client, loggers, time, cancellation),
            ControllerNames.ImageReflector => RunImageReflectorAsync(options, client, loggers, time, cancellation),
            ControllerNames.ImageAutomation => RunImageAutomationAsync(options, client, loggers, time, cancellation),
            _ => throw new ArgumentException($"no controller is named '{name}'", nameof(name)),
        };

    private static async Task RunSourceAsync(
        ToolkitOptions options, KubeClient client, ILoggerFactory loggers, TimeProvider time, CancellationToken cancellation)
    {
        await using var module = new SourceControllerModule(client, options.Source, time, loggers, new Random());
        await module.RunAsync(cancellation);
    }

    private static async Task RunKustomizeAsync(
        ToolkitOptions options, KubeClient client, ILoggerFactory loggers, TimeProvider time, CancellationToken cancellation)
    {
        // Artifacts come from inside the cluster, without credentials; a redirect would lead elsewhere.
        using var handler = new SocketsHttpHandler { AllowAutoRedirect = false, PooledConnectionLifetime = TimeSpan.FromMinutes(5) };
        using var http = new HttpClient(handler);
        await using var module = KustomizeModule.Create(client, options.Kustomize, http, time, new Random(), loggers);
        await module.RunAsync(cancellation);
    }

    private static async Task RunImageReflectorAsync(
        ToolkitOptions options, KubeClient client, ILoggerFactory loggers, TimeProvider time, CancellationToken cancellation)
    {
        using var module = new ImageReflectorModule(client, options.ImageReflector, time, loggers, new Random());
        await module.RunAsync(cancellation);
    }

    private static async Task RunImageAutomationAsync(
        ToolkitOptions options, KubeClient client, ILoggerFactory loggers, TimeProvider time, CancellationToken cancellation)
    {
        using var module = new ImageAutomationModule(client, options.ImageAutomation, time, loggers, new Random());
        await module.RunAsync(cancellation);
    }
}

using System.Runtime.InteropServices;

namespace GitOpsToolkit.Sandbox.ControlPlanes;

/// <summary>A control plane from start to Ctrl-C: what <c>gitops control-plane</c> and <c>make cluster-up</c> do.</summary>
public static class ControlPlaneRun
{
    /// <summary>Starts it, writes FOLDER/kubeconfig, and stays up until it is cancelled.</summary>
    /// <param name="options">What to start; its folder holds the kubeconfig.</param>
    /// <param name="output">Where people read.</param>
    /// <param name="cancellation">Ctrl-C.</param>
    /// <returns>The process's exit code: 0, or 1 where it did not start.</returns>
    public static async Task<int> RunAsync(ControlPlaneOptions options, TextWriter output, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(output);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context =>
        {
            context.Cancel = true;
            stop.Cancel();
        });
        try
        {
            var begun = options.Time.GetTimestamp();
            await using var plane = await ControlPlane.StartAsync(options, stop.Token);
            var kubeconfig = Path.Combine(plane.Folder, "kubeconfig");
            await plane.WriteKubeconfigAsync(kubeconfig);
            var parts = plane.HasControllerManager ? "etcd, kube-apiserver and kube-controller-manager" : "etcd and kube-apiserver";
            await output.WriteLineAsync($"Kubernetes {plane.ServerVersion}: {parts} on {plane.Address}, after {options.Time.GetElapsedTime(begun).TotalSeconds:0.0} s.");
            await output.WriteLineAsync("There is no node: pods stay pending until something plays one, as gitops sandbox does.");
            await output.WriteLineAsync($"  export KUBECONFIG={kubeconfig}");
            await output.FlushAsync(stop.Token);
            await plane.EndedAsync(stop.Token);
            return 0;
        }
        catch (Exception error) when (error is ControlPlaneException or IOException)
        {
            await output.WriteLineAsync($"failed: {error.Message}");
            return 1;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            await output.WriteLineAsync("stopped");
            return 0;
        }
    }
}

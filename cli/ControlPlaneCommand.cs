using System.CommandLine;
using GitOpsToolkit.Sandbox.ControlPlanes;

namespace GitOpsToolkit.Cli;

/// <summary><c>gitops control-plane</c>: Kubernetes' own etcd, kube-apiserver and kube-controller-manager on this machine, without nodes.</summary>
internal static class ControlPlaneCommand
{
    /// <summary>The command.</summary>
    /// <param name="output">Where people read.</param>
    public static Command Create(TextWriter output)
    {
        var folder = new Option<string?>("--folder") { Description = "folder that keeps data, logs and the kubeconfig (default: a new one that is removed at the end)" };
        var port = new Option<int>("--port") { Description = "port of the API server on 127.0.0.1 (default: a free one)" };
        var command = new Command(
            "control-plane",
            "Start Kubernetes' own etcd, kube-apiserver and kube-controller-manager on 127.0.0.1, without nodes, for tests. The programs are those of KUBEBUILDER_ASSETS, or those that make control-plane built")
        {
            folder, port,
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            if (ControlPlaneBinaries.Find(out var missing) is not { } binaries)
            {
                await output.WriteLineAsync($"failed: {missing}");
                return 1;
            }

            var options = new ControlPlaneOptions { Binaries = binaries, Folder = parsed.GetValue(folder), Port = parsed.GetValue(port) };
            return await ControlPlaneRun.RunAsync(options, output, cancellation);
        });
        return command;
    }
}

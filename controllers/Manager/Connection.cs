using GitOpsToolkit.Kubernetes;
using GitOpsToolkit.Manager.Flags;
using k8s;

namespace GitOpsToolkit.Manager;

/// <summary>Which cluster the process works on.</summary>
internal static class Connection
{
    /// <summary>
    /// In this order: <c>--kubeconfig</c>, the pod's own service account, <c>$KUBECONFIG</c>, <c>~/.kube/config</c>.
    /// </summary>
    public static KubeClient Open(CommonOptions options, TimeProvider time)
    {
        if (options.Kubeconfig is { } path)
        {
            return KubeConnection.FromKubeConfigFile(path, time: time);
        }

        if (KubernetesClientConfiguration.IsInCluster())
        {
            return KubeConnection.InCluster(time: time);
        }

        // $KUBECONFIG may be a list; its first file decides, as it names the current context for kubectl too.
        var configured = Environment.GetEnvironmentVariable("KUBECONFIG")?.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries).FirstOrDefault();
        return KubeConnection.FromKubeConfigFile(configured ?? KubernetesClientConfiguration.KubeConfigDefaultLocation, time: time);
    }
}

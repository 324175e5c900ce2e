namespace GitOpsToolkit.Sandbox.Clusters;

/// <summary>Which kind of cluster a sandbox works on.</summary>
public enum ClusterChoice
{
    /// <summary>The API server of this project, in the same process.</summary>
    Embedded,

    /// <summary>A real control plane: the one of a kubeconfig file, or else etcd, kube-apiserver and kube-controller-manager started for the purpose.</summary>
    Real,
}

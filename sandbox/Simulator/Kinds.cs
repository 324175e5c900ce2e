using GitOpsToolkit.Kubernetes;

namespace GitOpsToolkit.Sandbox.Simulator;

/// <summary>The kinds that the simulator works with.</summary>
internal static class Kinds
{
    public static readonly WorkloadKind Pod = new(new GroupVersionKind("", "v1", "Pod"), "pods");
    public static readonly WorkloadKind Service = new(new GroupVersionKind("", "v1", "Service"), "services");
    public static readonly WorkloadKind Endpoints = new(new GroupVersionKind("", "v1", "Endpoints"), "endpoints");
    public static readonly WorkloadKind Node = new(new GroupVersionKind("", "v1", "Node"), "nodes");
    public static readonly WorkloadKind Deployment = new(new GroupVersionKind("apps", "v1", "Deployment"), "deployments");
    public static readonly WorkloadKind ReplicaSet = new(new GroupVersionKind("apps", "v1", "ReplicaSet"), "replicasets");
    public static readonly WorkloadKind StatefulSet = new(new GroupVersionKind("apps", "v1", "StatefulSet"), "statefulsets");
    public static readonly WorkloadKind DaemonSet = new(new GroupVersionKind("apps", "v1", "DaemonSet"), "daemonsets");
    public static readonly WorkloadKind ControllerRevision = new(new GroupVersionKind("apps", "v1", "ControllerRevision"), "controllerrevisions");
    public static readonly WorkloadKind Claim = new(new GroupVersionKind("", "v1", "PersistentVolumeClaim"), "persistentvolumeclaims");
    public static readonly WorkloadKind EndpointSlice = new(new GroupVersionKind("discovery.k8s.io", "v1", "EndpointSlice"), "endpointslices");
    public static readonly WorkloadKind Job = new(new GroupVersionKind("batch", "v1", "Job"), "jobs");
}

/// <summary>A kind with its resource name.</summary>
internal sealed record WorkloadKind(GroupVersionKind Kind, string Plural)
{
    public string ApiVersion => Kind.Group.Length == 0 ? Kind.Version : $"{Kind.Group}/{Kind.Version}";

    public ResourcePath Collection => new(Kind.Group, Kind.Version, Plural);

    public ResourcePath At(ObjectKey key) => Collection.At(key);
}

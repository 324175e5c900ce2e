using GitOpsToolkit.Connections;
using GitOpsToolkit.Kubernetes;
using GitOpsToolkit.Reconciling.Loop;
using GitOpsToolkit.Registry;
using GitOpsToolkit.Registry.Clouds;

namespace GitOpsToolkit.Controllers.ImageReflector;

/// <summary>The image-reflector-controller's settings; each property names the flag it stands for.</summary>
public sealed record ImageReflectorOptions
{
    /// <summary>Where the tags are kept (<c>--storage-path</c>).</summary>
    /// <value><c>/data</c>.</value>
    public string StoragePath { get; init; } = "/data";

    /// <summary>
    /// Refuse references to objects in other namespaces, whatever their accessFrom says (<c>--no-cross-namespace-refs</c>).
    /// </summary>
    public bool NoCrossNamespaceRefs { get; init; }

    /// <summary>How long a policy waits for its repository before it looks again (<c>--requeue-dependency</c>).</summary>
    /// <value>30 s; a finished scan wakes it sooner.</value>
    public TimeSpan RequeueDependency { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Over how long the scans that are due at the start are spread (<c>--scan-start-spread</c>); at most an object's interval. A scan that
    /// a policy waits for, or that is requested, is not put off.
    /// </summary>
    /// <value>30 s.</value>
    public TimeSpan ScanStartSpread { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Do as Flux does where our default is safer (<c>--compat=flux</c>): one tag that is no number makes a numerical policy fail, and an
    /// elected tag that is deleted gives way to the next one.
    /// </summary>
    public bool FluxCompatible { get; init; }

    /// <summary>Workers and back-off (<c>--concurrent</c>, <c>--min-retry-delay</c>, <c>--max-retry-delay</c>).</summary>
    public ControllerOptions Loop { get; init; } = new();

    /// <summary>Which objects to see (<c>--watch-all-namespaces</c>, <c>--watch-label-selector</c>).</summary>
    public WatchCacheOptions Watch { get; init; } = new();

    /// <summary>Limits and times of the registry client.</summary>
    public RegistryClientOptions Registry { get; init; } = new() { UserAgent = "image-reflector-controller" };

    /// <summary>
    /// Whether an ImageRepository may log in to a cloud as its own ServiceAccount (feature gate <c>ObjectLevelWorkloadIdentity</c>).
    /// </summary>
    public bool ObjectLevelWorkloadIdentity { get; init; }

    /// <summary>
    /// With that gate, the ServiceAccount that logs in to a cloud for an object that names none (<c>--default-service-account</c>); empty for
    /// the controller's own identity.
    /// </summary>
    public string DefaultServiceAccount { get; init; } = "";

    /// <summary>Where the controller's identity in a cloud is found.</summary>
    /// <value>The environment of the process.</value>
    public CloudEnvironment Cloud { get; init; } = CloudEnvironment.OfProcess();

    /// <summary>Makes the connections to the clouds' own services, over a proxy where one is given.</summary>
    /// <value>Null: sockets.</value>
    public Func<ProxySettings?, HttpMessageHandler>? CloudHandlers { get; init; }

    /// <summary>Which of several instances reports events: the host's or the pod's name.</summary>
    public string Instance { get; init; } = Environment.MachineName;
}

using GitOpsToolkit.Api.Image.V1;
using GitOpsToolkit.Controllers.ImageReflector.Access;
using GitOpsToolkit.Controllers.ImageReflector.Policies;
using GitOpsToolkit.Controllers.ImageReflector.Policies.Signatures;
using GitOpsToolkit.Controllers.ImageReflector.Scanning;
using GitOpsToolkit.Controllers.ImageReflector.Storage;
using GitOpsToolkit.Kubernetes;
using GitOpsToolkit.Reconciling.Events;
using GitOpsToolkit.Reconciling.Loop;
using GitOpsToolkit.Registry;
using GitOpsToolkit.Registry.Clouds;
using Microsoft.Extensions.Logging;

namespace GitOpsToolkit.Controllers.ImageReflector;

/// <summary>The image-reflector-controller: scans ImageRepositories and elects the images of ImagePolicies.</summary>
public sealed class ImageReflectorModule : IDisposable
{
    private const string RepositoryIndex = "repository";

    private readonly ControllerSet set;
    private readonly RegistryClient registry;
    private readonly CloudLogin clouds;
    private readonly TagScanner scanner;

    /// <summary>Puts the controller together; it does nothing until it runs.</summary>
    /// <param name="client">The API server.</param>
    /// <param name="options">The settings.</param>
    /// <param name="time">The clock.</param>
    /// <param name="loggers">Where logs go.</param>
    /// <param name="random">Spreads requeues; null takes one of its own.</param>
    /// <param name="store">Where tags are kept; null keeps them in files below <see cref="ImageReflectorOptions.StoragePath"/>.</param>
    public ImageReflectorModule(
        KubeClient client,
        ImageReflectorOptions options,
        TimeProvider time,
        ILoggerFactory loggers,
        Random? random = null,
        ITagStore? store = null)
    {
        var events = new EventRecorderOptions { Controller = "image-reflector-controller", Instance = options.Instance };
        set = new ControllerSet(client.As("image-reflector-controller"), events, loggers, time, random ?? new Random(), options.Watch);
        registry = new RegistryClient(options.Registry, time);
        scanner = new TagScanner(registry, time);
        store ??= new SegmentTagStore(options.StoragePath, loggers.CreateLogger<SegmentTagStore>());
        clouds = new CloudLogin(options.Cloud, time, options.CloudHandlers);
        var login = new RegistryLogin(set.Services.Client, clouds, options);
        var repositories = set.Cache<ImageRepository>();
        var policies = set.Cache<ImagePolicy>();
        policies.AddIndex(RepositoryIndex, entry => entry.Value is { } policy
            ? [ImagePolicyReconciler.RepositoryOf(policy).ToString()]
            : []);

        var spread = new ScanSpread(time.GetUtcNow(), options.ScanStartSpread, key => IsAwaited(policies, key));
        var scanning = set.Add(
            "imagerepository", new ImageRepositoryReconciler(repositories, set.Services, store, scanner, spread, login), options.Loop);
        scanning.Watch(repositories);
        store.OnLoss(key => scanning.Enqueue(key, fast: true));

        var lookup = new RegistryLookup(login, time);
        var lookups = new PolicyLookups(
            new PolicyElection(new TagInspector(registry, lookup, time), time),
            new DigestReflector(registry, lookup),
            new VerifierSource(set.Services.Client, time));
        var electing = set.Add(
            "imagepolicy", new ImagePolicyReconciler(policies, repositories, set.Services, options, store, lookups), options.Loop);
        electing.Watch(policies);
        electing.Watch(policies, change => IsAskedOtherwise(change) ? [change.Key] : []);
        electing.Watch(repositories, change => ConcernsPolicies(change) ? PoliciesOf(policies, change.Key) : []);
        store.OnChange(key =>
        {
            foreach (var policy in PoliciesOf(policies, key))
            {
                electing.Enqueue(policy, fast: true);
            }
        });
        set.Add(cancellation => RemoveOrphansAsync(store, repositories, cancellation));
    }

    /// <summary>Whether the objects are known and work goes on.</summary>
    public bool IsReady => set.HasSynced;

    /// <summary>Runs until cancelled and drained.</summary>
    public Task RunAsync(CancellationToken cancellation) => set.RunAsync(cancellation);

    /// <inheritdoc/>
    public void Dispose()
    {
        set.Dispose();
        scanner.Dispose();
        registry.Dispose();
        clouds.Dispose();
    }

    private static IEnumerable<ObjectKey> PoliciesOf(WatchCache<ImagePolicy> policies, ObjectKey repository) =>
        policies.ByIndex(RepositoryIndex, repository.ToString()).Select(entry => entry.Key);

    /// <summary>Whether a policy has nothing elected yet.</summary>
    private static bool IsAwaited(WatchCache<ImagePolicy> policies, ObjectKey repository) =>
        policies.ByIndex(RepositoryIndex, repository.ToString()).Any(entry => entry.Value?.Status.LatestRef is null);

    /// <summary>Annotations are no part of the spec: a change of them has no generation of its own.</summary>
    private static bool IsAskedOtherwise(CacheChange<ImagePolicy> change) =>
        change.IsUpdated && PolicyAnnotations.Differ(change.Old!.Head.Annotations, change.New!.Head.Annotations);

    /// <summary>A new scan result, another spec (image, accessFrom), or a repository that came or went.</summary>
    private static bool ConcernsPolicies(CacheChange<ImageRepository> change) =>
        !change.IsUpdated
        || change.Old!.Head.Generation != change.New!.Head.Generation
        || change.Old.Value?.Status.LastScanResult?.Revision != change.New.Value?.Status.LastScanResult?.Revision;

    /// <summary>Tags of repositories that were deleted while no controller ran.</summary>
    private static async Task RemoveOrphansAsync(ITagStore store, WatchCache<ImageRepository> repositories, CancellationToken cancellation)
    {
        foreach (var key in store.Keys())
        {
            if (repositories.Find(key) is null)
            {
                store.Remove(key);
            }
        }

        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellation);
    }
}

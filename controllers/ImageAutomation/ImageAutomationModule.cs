using GitOpsToolkit.Api.Image.V1;
using GitOpsToolkit.Api.Meta;
using GitOpsToolkit.Api.Source.V1;
using GitOpsToolkit.Controllers.ImageAutomation.PullRequests;
using GitOpsToolkit.Controllers.ImageAutomation.Sources;
using GitOpsToolkit.Controllers.ImageAutomation.Updates;
using GitOpsToolkit.Git;
using GitOpsToolkit.Git.Signing;
using GitOpsToolkit.Kubernetes;
using GitOpsToolkit.PullRequests;
using GitOpsToolkit.Reconciling.Events;
using GitOpsToolkit.Reconciling.Loop;
using GitOpsToolkit.Reconciling.Queue;
using Microsoft.Extensions.Logging;

namespace GitOpsToolkit.Controllers.ImageAutomation;

/// <summary>The image automation controller: its reconciler, mirrors and watches, put together.</summary>
public sealed class ImageAutomationModule : IDisposable
{
    /// <summary>The controller's name: field manager, event source, lease.</summary>
    public const string Name = ControllerNames.ImageAutomation;

    private const string BySource = "source";

    private readonly ImageAutomationOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly string _scratch;
    private readonly GitRemote _ownRemote;
    private readonly GitMirrorStore _mirrors;
    private readonly PullRequestHosts _hosts;
    private readonly ControllerSet _set;

    /// <summary>Puts the controller together; nothing runs yet.</summary>
    /// <param name="client">The API server.</param>
    /// <param name="options">The flags.</param>
    /// <param name="time">The clock.</param>
    /// <param name="loggers">Where logs go.</param>
    /// <param name="random">Spreads pushes that met a moved branch.</param>
    /// <param name="remote">Talks to Git servers; null: over HTTP by itself, and with the git program.</param>
    /// <exception cref="IOException">The storage is in use by another process, or cannot be written.</exception>
    public ImageAutomationModule(
        KubeClient client,
        ImageAutomationOptions options,
        TimeProvider time,
        ILoggerFactory loggers,
        Random random,
        IGitRemote? remote = null)
    {
        ArgumentNullException.ThrowIfNull(client);
        ArgumentNullException.ThrowIfNull(options);
        (_options, _time, _logger) = (options, time, loggers.CreateLogger(Name));
        var folder = Path.Combine(options.StoragePath, "mirrors");
        _scratch = Path.Combine(folder, GitMirrorStore.ScratchName);
        _ownRemote = new GitRemote(_scratch, new GitCliOptions(), time);
        _mirrors = new GitMirrorStore(folder,
            remote ?? _ownRemote, time);
        _hosts = new PullRequestHosts(new PullRequestOptions(), time);
        var events = new EventRecorderOptions { Controller = Name, Instance = options.Instance };
        var watch = new WatchCacheOptions { Namespace = options.WatchNamespace, LabelSelector = options.WatchLabelSelector };
        _set = new ControllerSet(client.As(Name), events, loggers, time, random, watch);
        AddController(random);
    }

    /// <summary>Whether the caches are filled.</summary>
    public bool IsReady => _set.HasSynced;

    /// <summary>Runs until cancelled; reconciles that run then are finished first.</summary>
    public Task RunAsync(CancellationToken cancellation) => _set.RunAsync(cancellation);

    /// <inheritdoc/>
    public void Dispose()
    {
        _set.Dispose();
        _hosts.Dispose();
        _mirrors.Dispose();
        _ownRemote.Dispose();
    }

    private void AddController(Random random)
    {
        var services = _set.Services;
        var automations = _set.Cache<ImageUpdateAutomation>();
        var policies = _set.Lookup<ImagePolicy>();
        var repositories = _set.Lookup<GitRepository>();
        automations.AddIndex(ImageUpdateAutomationReconciler.ByNamespace, entry => [entry.Key.Namespace]);
        automations.AddIndex(BySource, entry => entry.Value is null ? [] : [GitPlanner.SourceKey(entry.Value).ToString()]);
        policies.AddIndex(ImageUpdateAutomationReconciler.ByNamespace, entry => [entry.Key.Namespace]);

        var updates = new UpdateServices(
            new TreeEditor(new MarkerIndex()), new PushJournal(Path.Combine(_options.StoragePath, "pushes")), new BranchLocks(),
            new SettleWindows(_time), _time, random, _options);
        var secrets = new GitSecretReader(services.Client);
        var keys = new SigningKeys(secrets, new CommitSigners(_scratch, _time));
        var planner = new GitPlanner(repositories, secrets, keys, _mirrors, _options.NoCrossNamespaceRefs);
        var reconciler = new ImageUpdateAutomationReconciler(automations, policies, planner, updates, new ProposalStep(updates, new HostOpener(_hosts, secrets)), services);
        var controller = _set.Add("imageupdateautomation", reconciler, new ControllerOptions
        {
            Concurrency = _options.Concurrency,
            DrainTimeout = _options.DrainTimeout,
            Retries = new WorkQueueOptions { MinRetryDelay = _options.MinRetryDelay, MaxRetryDelay = _options.MaxRetryDelay },
        });
        controller.Watch(automations);
        controller.Watch(automations, change => IsAskedOtherwise(change) ? [change.Key] : []);
        controller.Watch(policies, change => HasNewImage(change)
            ? Keys(automations, ImageUpdateAutomationReconciler.ByNamespace, change.Key.Namespace) : []);
        controller.Watch(repositories, change => HasNewSpec(change) ? Keys(automations, BySource, change.Key.ToString()) : []);
        _set.Add(cancellation => _mirrors.TidyUntilCancelledAsync(
            (what, error) => _logger.Log(error is null ? LogLevel.Debug : LogLevel.Warning, error, "{What}", what), cancellation));
    }

    private static IEnumerable<ObjectKey> Keys(WatchCache<ImageUpdateAutomation> automations, string index, string value) =>
        automations.ByIndex(index, value).Select(entry => entry.Key);

    /// <summary>Annotations are no part of the spec: a change of them has no generation of its own.</summary>
    private static bool IsAskedOtherwise(CacheChange<ImageUpdateAutomation> change) =>
        change.IsUpdated && AutomationAnnotations.Differ(change.Old!.Head.Annotations, change.New!.Head.Annotations);

    private static bool HasNewImage(CacheChange<ImagePolicy> change)
    {
        var (old, now) = (change.Old?.Value?.Status?.LatestRef, change.New?.Value?.Status?.LatestRef);
        return (old?.Name, old?.Tag, old?.Digest) != (now?.Name, now?.Tag, now?.Digest);
    }

    private static bool HasNewSpec(CacheChange<GitRepository> change) =>
        change.New is { } now && change.Old?.Head.Generation != now.Head.Generation;
}

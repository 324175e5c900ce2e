using GitOpsToolkit.Api.Source.V1;
using GitOpsToolkit.Controllers.Source.GitRepositories;
using GitOpsToolkit.Controllers.Source.OciRepositories;
using GitOpsToolkit.Controllers.Source.Storage;
using GitOpsToolkit.Git;
using GitOpsToolkit.Kubernetes;
using GitOpsToolkit.Reconciling.Events;
using GitOpsToolkit.Reconciling.Loop;
using GitOpsToolkit.Reconciling.Queue;
using Microsoft.Extensions.Logging;

namespace GitOpsToolkit.Controllers.Source;

/// <summary>The source controller: its reconcilers, its storage and the server of the artifacts, put together.</summary>
public sealed class SourceControllerModule : IAsyncDisposable
{
    /// <summary>The controller's name: field manager, event source, lease.</summary>
    public const string Name = "source-controller";

    private readonly SourceControllerOptions _options;
    private readonly ILogger _logger;
    private readonly ArtifactStorage _storage;
    private readonly ArtifactServer _server;
    private readonly GitRemote _ownRemote;
    private readonly GitMirrorStore _mirrors;
    private readonly ControllerSet _set;

    /// <summary>Puts the controller together; nothing runs yet.</summary>
    /// <param name="client">The API server.</param>
    /// <param name="options">The flags.</param>
    /// <param name="time">The clock.</param>
    /// <param name="loggers">Where logs go.</param>
    /// <param name="random">Spreads requeues.</param>
    /// <param name="remote">Talks to Git servers; null: over HTTP by itself, and with the git program.</param>
    /// <exception cref="ArgumentException">A flag's value makes no sense.</exception>
    /// <exception cref="IOException">The storage is in use by another process, or cannot be written.</exception>
    public SourceControllerModule(
        KubeClient client, SourceControllerOptions options, TimeProvider time, ILoggerFactory loggers, Random random, IGitRemote? remote = null)
    {
        (_options, _logger) = (options, loggers.CreateLogger(Name));
        _storage = new ArtifactStorage(options, time);
        _server = new ArtifactServer(options);
        var mirrorPath = options.MirrorPath ?? Path.Combine(options.StoragePath, ".mirrors");
        _ownRemote = new GitRemote(Path.Combine(mirrorPath, GitMirrorStore.ScratchName), new GitCliOptions(), time);
        _mirrors = new GitMirrorStore(mirrorPath, remote ?? _ownRemote, time);
        var events = new EventRecorderOptions { Controller = Name, Instance = options.Instance };
        var watch = new WatchCacheOptions { Namespace = options.WatchNamespace, LabelSelector = options.WatchLabelSelector };
        _set = new ControllerSet(client.As(Name), events, loggers, time, random, watch);
        AddControllers();
    }

    /// <summary>Where artifacts are served, once <see cref="RunAsync"/> listens; null before.</summary>
    public Uri? StorageUrl => _server.Url;

    /// <summary>Whether the caches are filled and the artifacts are served.</summary>
    public bool IsReady => _server.Url is not null && _set.HasSynced;

    /// <summary>Runs until cancelled; reconciles that run then are finished first.</summary>
    /// <exception cref="IOException">The storage address cannot be listened on.</exception>
    public async Task RunAsync(CancellationToken cancellation)
    {
        // What consumers are told to fetch must be there before they are told.
        await _server.StartAsync(cancellation);
        _storage.AdvertisedAddress = _options.StorageAdvertisedAddress ?? _server.DefaultAdvertisedAddress;
        try
        {
            await _set.RunAsync(cancellation);
        }
        finally
        {
            await _server.StopAsync();
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _set.Dispose();
        await _server.DisposeAsync();
        _mirrors.Dispose();
        _ownRemote.Dispose();
    }

    private void AddControllers()
    {
        var loop = new ControllerOptions
        {
            Concurrency = _options.Concurrency,
            Retries = new WorkQueueOptions { MinRetryDelay = _options.MinRetryDelay, MaxRetryDelay = _options.MaxRetryDelay },
        };
        var repositories = _set.Cache<GitRepository>();
        var git = new GitRepositoryReconciler(repositories, _set.Services, _options.IntervalJitterPercentage, _storage, _mirrors);
        _set.Add("gitrepository", git, loop).Watch(repositories);
        var images = _set.Cache<OCIRepository>();
        _set.Add("ocirepository", new OciRepositoryReconciler(images, _set.Services), loop).Watch(images);
        _set.Add(cancellation => _mirrors.TidyUntilCancelledAsync(
            (what, error) => _logger.Log(error is null ? LogLevel.Debug : LogLevel.Warning, error, "{What}", what), cancellation));
    }
}

using GitOpsToolkit.Hosting.Logging;
using GitOpsToolkit.Kubernetes;
using GitOpsToolkit.Manager;
using GitOpsToolkit.Sandbox.Clusters;
using GitOpsToolkit.Sandbox.Git;
using GitOpsToolkit.Sandbox.Registry;
using GitOpsToolkit.Sandbox.Simulator;
using GitOpsToolkit.Sandbox.Story;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace GitOpsToolkit.Sandbox;

/// <summary>
/// A running sandbox: a cluster with the toolkit's kinds, a Git server, a registry, a simulator that plays the machines, and the
/// controllers, each under its own ServiceAccount. For trying, testing and preview, never for production.
/// </summary>
public sealed class SandboxEnvironment : IAsyncDisposable
{
    private readonly SandboxOptions _options;
    private readonly CancellationTokenSource _stop = new();
    private readonly Stack<IAsyncDisposable> _parts = new();
    private readonly ILoggerFactory _loggers;
    private readonly HttpClient _http = new();
    private int _artifactPort;
    private Task _controllers = Task.CompletedTask;

    private SandboxEnvironment(SandboxOptions options)
    {
        _options = options;
        _loggers = options.Log is null
            ? NullLoggerFactory.Instance
            : LoggerFactory.Create(builder => builder
                .AddFilter("Microsoft", LogLevel.Warning)
                .AddProvider(new LineLoggerProvider(options.Log, "console", options.Time)));
    }

    /// <summary>The cluster.</summary>
    public ICluster Cluster { get; private set; } = null!;

    /// <summary>The Git server.</summary>
    public GitServer GitServer { get; private set; } = null!;

    /// <summary>The registry.</summary>
    public OciRegistry Registry { get; private set; } = null!;

    /// <summary>A client with every right.</summary>
    public KubeClient Client { get; private set; } = null!;

    /// <summary>A kubeconfig file for kubectl.</summary>
    public string KubeconfigPath => Cluster.KubeconfigPath;

    /// <summary>The address to clone the story's repository from.</summary>
    public Uri CloneUrl => GitServer.CloneUrl(StoryFiles.App);

    /// <summary>The registry's host and port, as they stand in an image's name.</summary>
    public string RegistryHost => Registry.Host;

    /// <summary>Whether controllers run in this process.</summary>
    public bool HasControllers => _options.Controllers.Count > 0;

    /// <summary>Starts everything and waits until it answers.</summary>
    /// <exception cref="IOException">A port is taken, or the state directory cannot be used.</exception>
    public static async Task<SandboxEnvironment> StartAsync(SandboxOptions options, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(options);
        var sandbox = new SandboxEnvironment(options);
        try
        {
            await sandbox.StartServersAsync(cancellation);
            await Installation.InstallAsync(sandbox.Client, cancellation);
            await sandbox.StartControllersAsync(cancellation);
            return sandbox;
        }
        catch
        {
            await sandbox.DisposeAsync();
            throw;
        }
    }

    /// <summary>Ends when a controller has failed, by throwing its failure, or on cancellation.</summary>
    public async Task Stopped(CancellationToken cancellation)
    {
        if (HasControllers)
        {
            await _controllers.WaitAsync(cancellation);
            throw new StoryFailedException("the controllers ended");
        }

        await Task.Delay(Timeout.InfiniteTimeSpan, _options.Time, cancellation);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        // Their failure was told by Stopped; here they only have to be gone.
        await _controllers.ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        while (_parts.TryPop(out var part))
        {
            await part.DisposeAsync();
        }

        _http.Dispose();
        Identities?.Dispose();
        _loggers.Dispose();
        _stop.Dispose();
    }

    /// <summary>The controllers' connections.</summary>
    internal Identities Identities { get; private set; } = null!;

    internal Task TellStoryAsync(Timeline timeline, CancellationToken cancellation) =>
        new StoryTeller(SetScene(timeline), StoryProgress.Open(_options.StateDirectory)).TellAsync(cancellation);

    internal Scene SetScene(Timeline timeline) => new(
        new Story.Cluster(Client, _options.Time),
        new Checkout(Path.Combine(_options.StateDirectory, "dana"), CloneUrl.ToString()),
        new StoryFiles(RegistryHost, CloneUrl.ToString()),
        timeline,
        (tag, token) => new ImagePusher(_http, Registry.Url).PushAsync(StoryFiles.App, tag, cancellation: token));

    private async Task StartServersAsync(CancellationToken cancellation)
    {
        var state = _options.StateDirectory;
        var ports = SandboxPorts.Load(state, _options);
        GitServer = Keep(await Git.GitServer.StartAsync(
            new GitServerOptions { RootDirectory = Path.Combine(state, "git"), Port = ports.Git, Logging = _loggers, Time = _options.Time }, cancellation));
        Registry = Keep(await OciRegistry.StartAsync(
            new OciRegistryOptions { StateDirectory = Path.Combine(state, "registry"), Port = ports.Registry }, cancellation));
        _artifactPort = ports.Artifacts;
        Cluster = Keep(await ClusterStart.RunAsync(_options, ports.Api, _loggers, cancellation));
        var administrator = Cluster.Administrator();
        new SandboxPorts(new Uri(administrator.Host).Port, GitServer.Url.Port, Registry.Url.Port, _artifactPort).Save(state);

        await GitServer.CreateRepositoryAsync(StoryFiles.App, cancel: cancellation);
        Client = KubeConnection.Create(administrator, new KubeClientOptions { UserAgent = "sandbox" }, _options.Time);
        await Cluster.PrepareAsync(Client, cancellation);
        Keep(await ClusterSimulator.StartAsync(
            Client.As("simulator"),
            new SimulatorOptions { FailingImages = new LocalImages(Registry).IsMissing, Workloads = !Cluster.HasWorkloadControllers, Loggers = _loggers },
            cancellation));
    }

    private async Task StartControllersAsync(CancellationToken cancellation)
    {
        Identities = new Identities(Cluster, Client, _options.OnControllerRequest);
        foreach (var controller in _options.Controllers)
        {
            await Identities.UntilAllowedAsync(controller, cancellation);
        }

        if (HasControllers)
        {
            var options = SandboxControllers.Options(_options.Controllers, Path.Combine(_options.StateDirectory, "controllers"), _artifactPort);
            _controllers = ToolkitControllers.RunAsync(options, Identities.For, _loggers, _options.Time, _stop.Token);
        }
    }

    private T Keep<T>(T part)
        where T : IAsyncDisposable
    {
        _parts.Push(part);
        return part;
    }
}

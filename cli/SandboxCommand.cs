using System.CommandLine;
using GitOpsToolkit.Sandbox;
using GitOpsToolkit.Sandbox.Clusters;

namespace GitOpsToolkit.Cli;

/// <summary><c>gitops sandbox</c>: a cluster, a Git server, a registry and the controllers in one process; with <c>--story</c> it shows what they do.</summary>
internal static class SandboxCommand
{
    /// <summary>The command.</summary>
    /// <param name="output">Where people read.</param>
    /// <param name="log">Where log lines go with <c>--verbose</c>.</param>
    public static Command Create(TextWriter output, Stream log)
    {
        var story = new Option<bool>("--story") { Description = "tell the story: a new tag becomes a commit becomes a rollout" };
        var once = new Option<bool>("--once") { Description = "end after the story: 0 when every step held, 1 with the reason otherwise" };
        var state = new Option<string?>("--state") { Description = "folder that keeps everything between starts (default: a new one that is removed at the end)" };
        var cluster = new Option<string>("--cluster")
        {
            Description = "'embedded' is this project's API server; 'real' is the cluster of $KUBECONFIG if that is set, "
                + "else etcd, kube-apiserver and kube-controller-manager of this machine (default embedded)",
            DefaultValueFactory = _ => "embedded",
        };
        cluster.AcceptOnlyFromAmong("embedded", "real");
        var verbose = new Option<bool>("--verbose") { Description = "show the controllers' log lines on standard error" };
        var api = new Option<int>("--api-port") { Description = "port of the API server on 127.0.0.1 (default: a free one)" };
        var git = new Option<int>("--git-port") { Description = "port of the Git server on 127.0.0.1 (default: a free one)" };
        var registry = new Option<int>("--registry-port") { Description = "port of the registry on 127.0.0.1 (default: a free one)" };
        var controllers = new Option<string>("--controllers")
        {
            Description = "controllers to run in this process: comma-separated, '*' for all, 'none' to run them yourself (default *)",
            DefaultValueFactory = _ => "*",
        };
        var command = new Command("sandbox", "Start a Kubernetes API server, a Git server and a registry on this machine: for trying, testing and preview, never for production")
        {
            story, once, state, cluster, verbose, api, git, registry, controllers,
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            var options = new SandboxRunOptions
            {
                Story = parsed.GetValue(story) || parsed.GetValue(once),
                Once = parsed.GetValue(once),
                StateDirectory = parsed.GetValue(state),
                Cluster = parsed.GetValue(cluster) == "real" ? ClusterChoice.Real : ClusterChoice.Embedded,
                Kubeconfig = SharedKubeconfig.OfEnvironment(),
                Controllers = parsed.GetValue(controllers)!,
                Log = parsed.GetValue(verbose) ? log : null,
                ApiPort = parsed.GetValue(api),
                GitPort = parsed.GetValue(git),
                RegistryPort = parsed.GetValue(registry),
            };
            return await SandboxRun.RunAsync(options, output, TimeProvider.System, cancellation);
        });
        return command;
    }
}

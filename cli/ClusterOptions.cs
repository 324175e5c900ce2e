using System.CommandLine;
using GitOpsToolkit.Kubernetes;
using k8s;

namespace GitOpsToolkit.Cli;

/// <summary>A cluster that a command talks to.</summary>
/// <param name="Client">The API server.</param>
/// <param name="Namespace">The namespace that the command is about.</param>
internal sealed record ClusterAccess(KubeClient Client, string Namespace);

/// <summary>Which cluster and namespace a command is about: the options of kubectl.</summary>
internal sealed class ClusterOptions
{
    private const string DefaultNamespace = "default";

    /// <summary><c>--kubeconfig</c>.</summary>
    public Option<string?> Kubeconfig { get; } = new("--kubeconfig")
    {
        Description = "path of a kubeconfig file (default: $KUBECONFIG, then ~/.kube/config)",
        HelpName = "file",
    };

    /// <summary><c>--context</c>.</summary>
    public Option<string?> Context { get; } = new("--context") { Description = "context of the kubeconfig file (default: its current one)", HelpName = "name" };

    /// <summary><c>--namespace</c>.</summary>
    public Option<string?> Namespace { get; } = new("--namespace", "-n")
    {
        Description = $"namespace (default: the context's, then {DefaultNamespace})",
        HelpName = "name",
    };

    /// <summary>Adds the options to a command.</summary>
    public void AddTo(Command command)
    {
        command.Options.Add(Namespace);
        command.Options.Add(Kubeconfig);
        command.Options.Add(Context);
    }

    /// <summary>Connects.</summary>
    /// <exception cref="k8s.Exceptions.KubeConfigException">There is no usable kubeconfig file.</exception>
    public ClusterAccess Connect(ParseResult parsed, TimeProvider time)
    {
        // $KUBECONFIG may be a list; its first file decides, as it names the current context for kubectl too.
        var configured = Environment.GetEnvironmentVariable("KUBECONFIG")?.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries).FirstOrDefault();
        var path = parsed.GetValue(Kubeconfig) ?? configured ?? KubernetesClientConfiguration.KubeConfigDefaultLocation;
        var configuration = KubeConfigFile.Read(path, parsed.GetValue(Context));
        var space = parsed.GetValue(Namespace) ?? (configuration.Namespace is { Length: > 0 } own ? own : DefaultNamespace);
        return new ClusterAccess(KubeConnection.Create(configuration, time: time), space);
    }
}

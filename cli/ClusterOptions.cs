using System.CommandLine;
using GitOpsToolkit.Kubernetes;
using k8s;

namespace GitOpsToolkit.Cli;

/// <summary>Which cluster and namespace a command is about: the options of kubectl.</summary>
internal sealed class ClusterOptions
{
    /// <summary><c>--kubeconfig</c>.</summary>
    public Option<string?> Kubeconfig { get; } = new("--kubeconfig")
    {
        Description = "path of a kubeconfig file (default: $KUBECONFIG, then ~/.kube/config)",
        HelpName = "file",
    };

    /// <summary><c>--context</c>.</summary>
    public Option<string?> Context { get; } = new("--context") { Description = "context of the kubeconfig file (default: its current one)", HelpName = "name" };

    /// <summary><c>--namespace</c>.</summary>
    public Option<string> Namespace { get; } = new("--namespace", "-n")
    {
        Description = "namespace",
        HelpName = "name",
        DefaultValueFactory = _ => "default",
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
    public KubeClient Connect(ParseResult parsed, TimeProvider time)
    {
        // $KUBECONFIG may be a list; its first file decides, as it names the current context for kubectl too.
        var configured = Environment.GetEnvironmentVariable("KUBECONFIG")?.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries).FirstOrDefault();
        var path = parsed.GetValue(Kubeconfig) ?? configured ?? KubernetesClientConfiguration.KubeConfigDefaultLocation;
        return KubeConnection.FromKubeConfigFile(path, parsed.GetValue(Context), time: time);
    }
}

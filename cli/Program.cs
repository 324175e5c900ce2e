using System.CommandLine;
using GitOpsToolkit.Cli;
using GitOpsToolkit.Cli.Images;
using GitOpsToolkit.Cli.Kustomize;

var root = new RootCommand("gitops: GitOps for Kubernetes, on your machine and in your cluster")
{
    SandboxCommand.Create(Console.Out, Console.OpenStandardError()),
    ControlPlaneCommand.Create(Console.Out),
    ImageCommand.Create(Console.Out, Console.Error, TimeProvider.System),
    KustomizeCommand.Create(Console.Out, Console.Error),
};
return await root.Parse(args).InvokeAsync();

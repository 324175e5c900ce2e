using System.CommandLine;
using GitOpsToolkit.Cli;

var root = new RootCommand("gitops: GitOps for Kubernetes, on your machine and in your cluster")
{
    SandboxCommand.Create(Console.Out, Console.OpenStandardError()),
    ControlPlaneCommand.Create(Console.Out),
};
return await root.Parse(args).InvokeAsync();

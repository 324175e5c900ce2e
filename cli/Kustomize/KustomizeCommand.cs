using System.CommandLine;

namespace GitOpsToolkit.Cli.Kustomize;

/// <summary><c>gitops kustomize</c>: the manifest engine on the command line.</summary>
internal static class KustomizeCommand
{
    /// <summary>The command.</summary>
    /// <param name="output">Where the manifests go.</param>
    /// <param name="errors">Where warnings and failures are told.</param>
    public static Command Create(TextWriter output, TextWriter errors) =>
        new("kustomize", "Build manifests from kustomizations, without the kustomize program") { KustomizeBuildCommand.Create(output, errors) };
}

using System.CommandLine;
using GitOpsToolkit.Manager.Flags;

namespace GitOpsToolkit.Manager;

/// <summary>The command line of <c>gitops-toolkit</c>: Flux's flags, for any subset of the controllers.</summary>
internal static class ManagerCommand
{
    public static RootCommand Create(TimeProvider time, Stream log)
    {
        var flags = new ToolkitFlags();
        var command = new RootCommand("gitops-toolkit: the controllers of GitOpsToolkit, one, some or all in one process");
        foreach (var option in flags.All)
        {
            command.Options.Add(option);
        }

        command.SetAction((parsed, cancellation) => ManagerHost.RunAsync(flags.Bind(parsed), time, log, cancellation));
        return command;
    }
}

using System.CommandLine;
using System.CommandLine.Invocation;
using GitOpsToolkit.Manager.Flags;

namespace GitOpsToolkit.Manager;

/// <summary>The command line of <c>gitops-toolkit</c>: Flux's flags, for any subset of the controllers.</summary>
internal static class ManagerCommand
{
    /// <summary>Runs what the arguments ask for. Bad ones are told in a line each, not below a page of help.</summary>
    public static Task<int> RunAsync(string[] args, TimeProvider time, Stream log)
    {
        var parsed = Create(time, log).Parse(args);
        if (parsed.Action is ParseErrorAction error)
        {
            error.ShowHelp = false;
        }

        return parsed.InvokeAsync();
    }

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

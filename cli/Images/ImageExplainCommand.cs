using System.CommandLine;
using GitOpsToolkit.Controllers.ImageReflector.Policies;
using GitOpsToolkit.Kubernetes;
using GitOpsToolkit.Registry;

namespace GitOpsToolkit.Cli.Images;

/// <summary><c>gitops image explain</c>: each candidate of a policy, the one elected, and why every other was refused.</summary>
internal static class ImageExplainCommand
{
    private const string Help = """
        Show what an ImagePolicy makes of each tag: the one elected, and why every other was refused

        With a name it reads the policy, its ImageRepository and the login from the cluster, and lists the registry's tags itself; nothing is written.
        With --policy and --tags it needs no cluster:
          gitops image explain --policy policy.yaml --tags tags.txt

        The exit code is 0 where a tag is elected, 1 where none is, 2 where the question could not be answered.
        """;

    /// <summary>The command.</summary>
    /// <param name="output">Where people read.</param>
    /// <param name="errors">Where failures are told.</param>
    /// <param name="time">The clock.</param>
    public static Command Create(TextWriter output, TextWriter errors, TimeProvider time)
    {
        var name = new Argument<string?>("policy") { Description = "name of the ImagePolicy in the cluster", Arity = ArgumentArity.ZeroOrOne };
        var cluster = new ClusterOptions();
        var file = new Option<string?>("--policy") { Description = "YAML file with an ImagePolicy, instead of a name", HelpName = "file" };
        var tags = new Option<string?>("--tags")
        {
            Description = "file with the tags: one a line, with its first-seen time behind it where that is known, or a JSON list",
            HelpName = "file",
        };
        var format = new Option<string>("--output", "-o") { Description = "table or json", DefaultValueFactory = _ => "table" };
        format.AcceptOnlyFromAmong("table", "json");
        var compat = new Option<string>("--compat") { Description = "flux explains as with the controllers' --compat=flux", DefaultValueFactory = _ => "toolkit" };
        compat.AcceptOnlyFromAmong("toolkit", "flux");
        var command = new Command("explain", Help) { name, file, tags, format, compat };
        cluster.AddTo(command);
        command.Validators.Add(result =>
        {
            var offline = result.GetValue(file) is not null;
            if (offline != (result.GetValue(tags) is not null) || offline == (result.GetValue(name) is not null))
            {
                result.AddError("give the name of a policy in the cluster, or both --policy FILE and --tags FILE");
            }
        });
        command.SetAction(async (parsed, cancellation) =>
        {
            try
            {
                var explainer = new PolicyExplainer(time, parsed.GetValue(compat) == "flux");
                var explanation = parsed.GetValue(file) is { } path
                    ? explainer.Explain(PolicyFile.Read(path), TagFile.Read(parsed.GetValue(tags)!))
                    : await FromClusterAsync(explainer, cluster, parsed, parsed.GetValue(name)!, time, cancellation);
                await output.WriteAsync(parsed.GetValue(format) == "json" ? ExplainJson.Write(explanation) : ExplainTable.Write(explanation));
                return explanation.Report.Election.Tag is null ? 1 : 0;
            }
            catch (Exception error) when (error is ExplainException or ApiException or IOException or UnauthorizedAccessException or FormatException
                or k8s.Exceptions.KubeConfigException or HttpRequestException)
            {
                await errors.WriteLineAsync($"failed: {error.Message}");
                return 2;
            }
        });
        return command;
    }

    private static async Task<PolicyExplanation> FromClusterAsync(
        PolicyExplainer explainer, ClusterOptions cluster, ParseResult parsed, string name, TimeProvider time, CancellationToken cancellation)
    {
        var access = cluster.Connect(parsed, time);
        using var registry = new RegistryClient(new RegistryClientOptions { UserAgent = "gitops" }, time);
        return await explainer.ExplainAsync(access.Client, registry, new ObjectKey(access.Namespace, name), cancellation);
    }
}

using System.CommandLine;
using System.Text.Json.Nodes;
using GitOpsToolkit.Kustomize;
using GitOpsToolkit.Kustomize.Loader;
using GitOpsToolkit.Kustomize.Resources;
using GitOpsToolkit.Yaml;

namespace GitOpsToolkit.Cli.Kustomize;

/// <summary><c>gitops kustomize build DIR</c>: prints what <c>kustomize build DIR</c> prints.</summary>
internal static class KustomizeBuildCommand
{
    private const string Help = """
        Print what `kustomize build DIR` prints: the objects of a directory with a kustomization.yaml

        Nothing is fetched and no program is run: Helm charts, functions and plugins other than the built-in ones are refused. Files are read below --root only,
        and links are not followed.
        """;

    /// <summary>Flags of kustomize that ask for other programs or the network.</summary>
    private static readonly string[] Refused =
    [
        "--as-current-user", "--enable-alpha-plugins", "--enable-exec", "--enable-helm", "--helm-debug", "--network",
    ];

    private static readonly string[] RefusedWithValue = ["--env", "--helm-api-versions", "--helm-command", "--helm-kube-version", "--mount", "--network-name"];

    /// <summary>The command.</summary>
    /// <param name="output">Where the manifests go.</param>
    /// <param name="errors">Where warnings and failures are told.</param>
    public static Command Create(TextWriter output, TextWriter errors)
    {
        var directory = new Argument<string>("DIR") { Description = "directory with a kustomization (default .)", Arity = ArgumentArity.ZeroOrOne, DefaultValueFactory = _ => "." };
        var target = new Option<string?>("--output", "-o") { Description = "write to this file, or into this existing directory one file for each object", HelpName = "path" };
        var restrictor = new Option<string>("--load-restrictor")
        {
            Description = "LoadRestrictionsRootOnly: a kustomization may name files below its own directory only; LoadRestrictionsNone: any file below --root "
                + "(default LoadRestrictionsRootOnly)",
            DefaultValueFactory = _ => "LoadRestrictionsRootOnly",
        };
        restrictor.AcceptOnlyFromAmong("LoadRestrictionsRootOnly", "LoadRestrictionsNone");
        var root = new Option<string?>("--root") { Description = "nothing outside this directory is read (default: the work tree of Git that holds DIR, else /)", HelpName = "dir" };
        var order = new Option<string>("--reorder") { Description = "legacy or none; sortOptions of the kustomization comes first", DefaultValueFactory = _ => "legacy", Hidden = true };
        order.AcceptOnlyFromAmong("legacy", "none");
        var managed = new Option<bool>("--enable-managedby-label") { Description = "as buildMetadata: [managedByLabel]", Hidden = true };
        var command = new Command("build", Help) { directory, target, restrictor, root, order, managed };
        AddRefused(command);
        command.SetAction((parsed, cancellation) => Task.FromResult(Run(
            parsed.GetValue(directory)!, parsed.GetValue(root), parsed.GetValue(target),
            new BuildOptions
            {
                FilesBelowKustomization = parsed.GetValue(restrictor) == "LoadRestrictionsRootOnly",
                GenerateMissing = false,
                LegacyOrder = parsed.GetValue(order) == "legacy",
                ManagedByLabel = parsed.GetValue(managed),
            },
            output, errors, cancellation)));
        return command;
    }

    private static void AddRefused(Command command)
    {
        const string Reason = "is not supported: this command builds offline and runs no program";
        foreach (var option in Refused.Select(Option (name) => new Option<bool>(name)).Concat(RefusedWithValue.Select(Option (name) => new Option<string[]>(name))))
        {
            option.Hidden = true;
            option.Validators.Add(result =>
            {
                // A flag that is not given is validated with its default.
                if (!result.Implicit)
                {
                    result.AddError($"{option.Name} {Reason}");
                }
            });
            command.Options.Add(option);
        }
    }

    private static int Run(
        string directory, string? root, string? target, BuildOptions options, TextWriter output, TextWriter errors, CancellationToken cancellation)
    {
        BuildRoot? place = null;
        try
        {
            place = BuildRoot.Of(directory, root);
            var built = new KustomizeBuilder(new DirectoryFileSource(place.Root), options).Build(place.Path, overlay: null, cancellation);
            foreach (var warning in built.Warnings)
            {
                errors.WriteLine($"# Warning: {warning}");
            }

            Write(built.Resources, target, output);
            return 0;
        }
        catch (BuildException failure)
        {
            foreach (var error in failure.Errors)
            {
                errors.WriteLine($"Error: {place!.Shown(error)}");
            }

            return 1;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            errors.WriteLine($"Error: {failure.Message}");
            return 1;
        }
    }

    private static void Write(IReadOnlyList<Resource> resources, string? target, TextWriter output)
    {
        if (target is not null && Directory.Exists(target))
        {
            ObjectFiles.Write(target, resources);
            return;
        }

        var text = YamlWriter.WriteAll(resources.Select(resource => (JsonNode?)resource.Body), YamlWriterOptions.Sorted);
        if (target is not null)
        {
            File.WriteAllText(target, text);
            return;
        }

        output.Write(text);
        output.Flush();
    }
}

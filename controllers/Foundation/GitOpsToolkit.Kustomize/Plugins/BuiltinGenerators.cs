using System.Text.Json.Nodes;
using GitOpsToolkit.Kustomize.Generators;
using GitOpsToolkit.Kustomize.Loader;
using GitOpsToolkit.Kustomize.Resources;

namespace GitOpsToolkit.Kustomize.Plugins;

/// <summary>Makes the built-in generators that <c>generators</c> configures by objects of <c>apiVersion: builtin</c>.</summary>
internal static class BuiltinGenerators
{
    /// <exception cref="BuildException">The kind is unknown, not built in, or wrongly configured.</exception>
    internal static IGenerator Make(Resource config, LocalFiles files)
    {
        PluginConfig.RefuseForeign(config);
        return config.Kind switch
        {
            "ConfigMapGenerator" => new DataGenerator(files, Data(config, isSecret: false)),
            "SecretGenerator" => new DataGenerator(files, Data(config, isSecret: true)),
            "IAMPolicyGenerator" => new WorkloadIdentityGenerator(config),
            "HelmChartInflationGenerator" => throw config.Fault("Helm charts are not built here, since that would start a program"),
            _ => throw config.Fault($"there is no built-in generator '{config.Kind}'", "kind"),
        };
    }

    private static DataArguments Data(Resource config, bool isSecret)
    {
        var arguments = EntryReader.Data(PluginConfig.Reader(config), isSecret, global: null);
        return arguments with
        {
            Name = arguments.Name.Length > 0 ? arguments.Name : config.Name,
            Namespace = arguments.Namespace.Length > 0 ? arguments.Namespace : config.Namespace,
        };
    }
}

/// <summary>Makes the ServiceAccount that stands for an account of Google Cloud.</summary>
internal sealed class WorkloadIdentityGenerator(Resource config) : IGenerator
{
    public IEnumerable<Resource> Generate()
    {
        var reader = PluginConfig.Reader(config);
        if (reader.Text("cloud") != "gke")
        {
            throw reader.Fault("cloud", "must be gke");
        }

        var (service, account) = (reader.Map("kubernetesService"), reader.Map("serviceAccount"));
        var metadata = new JsonObject
        {
            ["annotations"] = new JsonObject
            {
                ["iam.gke.io/gcp-service-account"] =
                    $"{account?.Text("name")}@{account?.Text("projectId")}.iam.gserviceaccount.com",
            },
            ["name"] = service?.Text("name") ?? "",
        };
        if (service?.Text("namespace") is { Length: > 0 } space)
        {
            metadata["namespace"] = space;
        }

        yield return new Resource(
            new JsonObject { ["apiVersion"] = "v1", ["kind"] = "ServiceAccount", ["metadata"] = metadata }, config.Origin);
    }
}

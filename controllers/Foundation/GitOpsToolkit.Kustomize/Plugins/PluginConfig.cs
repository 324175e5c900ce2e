using GitOpsToolkit.Kustomize.Loader;
using GitOpsToolkit.Kustomize.Resources;

namespace GitOpsToolkit.Kustomize.Plugins;

/// <summary>The objects that configure generators and transformers.</summary>
internal static class PluginConfig
{
    /// <summary>Everything that is not built in would start a program or a container.</summary>
    /// <exception cref="BuildException">The object is no configuration of something built in.</exception>
    internal static void RefuseForeign(Resource config)
    {
        if (config.Body.Text("apiVersion") != "builtin")
        {
            throw config.Fault(
                "only built-in generators and transformers (apiVersion: builtin) run here; plugins, programs and container functions never do");
        }
    }

    /// <summary>Reads the fields of a configuration; those that are unknown are passed over, as kustomize does.</summary>
    internal static FieldReader Reader(Resource config) =>
        new(config.Origin.File, _ => config.Origin.Line, config.Body, "", strict: false);
}

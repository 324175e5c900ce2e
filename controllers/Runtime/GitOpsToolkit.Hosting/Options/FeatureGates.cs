namespace GitOpsToolkit.Hosting.Options;

/// <summary>The feature gates of Flux's controllers, as set by <c>--feature-gates=Name=bool,…</c>.</summary>
/// <remarks>Source of names and defaults: the <c>features</c> packages of Flux's controllers.</remarks>
public sealed class FeatureGates
{
    private static readonly Dictionary<string, bool> Defaults = new(StringComparer.Ordinal)
    {
        ["ObjectLevelWorkloadIdentity"] = false,
        ["CacheSecretsAndConfigMaps"] = false,
        ["AdditiveCELDependencyCheck"] = false,
        ["ExternalArtifact"] = false,
        ["DisableConfigWatchers"] = false,
        ["DirectSourceFetch"] = false,
        ["CancelHealthCheckOnNewRevision"] = false,
        ["DisableStatusPollerCache"] = true,
        ["DisableFailFastBehavior"] = false,
        ["StrictPostBuildSubstitutions"] = true,
        ["GroupChangeLog"] = false,
        ["MigrateAPIVersion"] = false,
        ["GitForcePushBranch"] = true,
        ["GitShallowClone"] = true,
        ["GitAllBranchReferences"] = true,
        ["GitSparseCheckout"] = false,
        ["FluxStorage"] = false,
    };

    private readonly Dictionary<string, bool> _values = new(Defaults, StringComparer.Ordinal);

    private FeatureGates()
    {
    }

    /// <summary>Every gate at its default.</summary>
    public static FeatureGates Default { get; } = new();

    /// <summary>Reads the flag's value.</summary>
    /// <param name="text">Comma-separated <c>Name=true</c> or <c>Name=false</c>; empty changes nothing.</param>
    /// <exception cref="FormatException">A gate is unknown or its value is no bool; the message names it.</exception>
    public static FeatureGates Parse(string text)
    {
        var gates = new FeatureGates();
        foreach (var item in text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var equals = item.IndexOf('=');
            var name = equals < 0 ? item : item[..equals];
            if (!Defaults.ContainsKey(name))
            {
                throw new FormatException($"feature gate '{name}' is unknown; known are {string.Join(", ", Defaults.Keys.Order(StringComparer.Ordinal))}");
            }

            if (equals < 0 || !bool.TryParse(item[(equals + 1)..], out var value))
            {
                throw new FormatException($"feature gate '{item}' needs the form {name}=true or {name}=false");
            }

            gates._values[name] = value;
        }

        return gates;
    }

    /// <summary>Whether a gate is open.</summary>
    /// <exception cref="ArgumentException">No gate has this name.</exception>
    public bool IsEnabled(string name) =>
        _values.TryGetValue(name, out var value) ? value : throw new ArgumentException($"no feature gate is named '{name}'", nameof(name));
}

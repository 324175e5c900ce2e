namespace GitOpsToolkit.Manager.Flags;

/// <summary>The names by which <c>--controllers</c> calls the controllers.</summary>
public static class ControllerNames
{
    /// <summary>source-controller.</summary>
    public const string Source = "source";

    /// <summary>kustomize-controller.</summary>
    public const string Kustomize = "kustomize";

    /// <summary>image-reflector-controller.</summary>
    public const string ImageReflector = "image-reflector";

    /// <summary>image-automation-controller.</summary>
    public const string ImageAutomation = "image-automation";

    /// <summary>All four, in the order of a change's way through them.</summary>
    public static IReadOnlyList<string> All { get; } = [Source, Kustomize, ImageReflector, ImageAutomation];

    /// <summary>Reads a comma-separated list; <c>*</c> is all; <c>source-controller</c> is <c>source</c>.</summary>
    /// <exception cref="FormatException">A name is unknown, or there is none.</exception>
    public static IReadOnlyList<string> Parse(string text)
    {
        var names = text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Select(name => name.EndsWith("-controller", StringComparison.Ordinal) ? name[..^"-controller".Length] : name)
            .Distinct(StringComparer.Ordinal)
            .ToList();
        if (names is ["*"])
        {
            return All;
        }

        var unknown = names.Except(All, StringComparer.Ordinal).ToList();
        return names.Count > 0 && unknown.Count == 0
            ? names
            : throw new FormatException($"{(unknown.Count > 0 ? $"no controller is named {string.Join(", ", unknown)}" : "no controller is named")}; there are {string.Join(", ", All)}");
    }
}

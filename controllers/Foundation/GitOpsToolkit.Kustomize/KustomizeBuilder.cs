using GitOpsToolkit.Kustomize.Loader;
using GitOpsToolkit.Kustomize.Patches;
using GitOpsToolkit.Kustomize.Resources;
using GitOpsToolkit.Kustomize.Transformers;

namespace GitOpsToolkit.Kustomize;

/// <summary>What a build gave.</summary>
/// <param name="Resources">The objects in the order they were added (kustomize's order <c>none</c>).</param>
/// <param name="Inputs">Every file that was read, with its digest, and what else the build saw of its source.</param>
/// <param name="Warnings">What the authors of the kustomizations should change, such as deprecated fields.</param>
public sealed record BuildResult(IReadOnlyList<Resource> Resources, BuildInputs Inputs, IReadOnlyList<string> Warnings);

/// <summary>A patch added by the caller: the text of a merge patch or of a JSON patch.</summary>
/// <param name="Text">The patch.</param>
/// <param name="Target">Which objects it is for; null takes the object that the merge patch names.</param>
/// <param name="Field">How errors name it, such as <c>spec.patches[0]</c>.</param>
public sealed record InlinePatch(string Text, PatchTarget? Target, string Field);

/// <summary>What a Flux Kustomization adds to the kustomization of its path.</summary>
public sealed record BuildOverlay
{
    /// <summary>Replaces <c>namespace</c> when not empty.</summary>
    public string Namespace { get; init; } = "";

    /// <summary>Replaces <c>namePrefix</c> when not empty.</summary>
    public string NamePrefix { get; init; } = "";

    /// <summary>Replaces <c>nameSuffix</c> when not empty.</summary>
    public string NameSuffix { get; init; } = "";

    /// <summary>Run after the patches of the kustomization.</summary>
    public IReadOnlyList<InlinePatch> Patches { get; init; } = [];

    /// <summary>Paths of components, relative to the directory that is built; run after those of the kustomization.</summary>
    public IReadOnlyList<string> Components { get; init; } = [];

    /// <summary>Whether components that do not exist are passed over.</summary>
    public bool IgnoreMissingComponents { get; init; }

    /// <summary>Merged by name into the images of the kustomization.</summary>
    public IReadOnlyList<ImageOverride> Images { get; init; } = [];
}

/// <summary>How a build behaves.</summary>
public sealed record BuildOptions
{
    /// <summary>The caps.</summary>
    public BuildLimits Limits { get; init; } = new();

    /// <summary>Whether files must lie below the kustomization that names them, as the <c>kustomize</c> command demands by
    /// default.</summary>
    /// <value>False by default, as in Flux: everything below the root may be read.</value>
    public bool FilesBelowKustomization { get; init; }

    /// <summary>Whether every object is labelled as managed by kustomize, as <c>buildMetadata: [managedByLabel]</c> asks for.</summary>
    public bool ManagedByLabel { get; init; }

    /// <summary>Whether objects are sorted by kind where the kustomization does not say, as the <c>kustomize</c> command does.</summary>
    /// <value>False by default, as in Flux: objects stay in the order in which they were added.</value>
    public bool LegacyOrder { get; init; }

    /// <summary>Whether a directory without a kustomization gets a generated one, as in Flux.</summary>
    /// <value>True by default; only the directory that is built is meant, never a base.</value>
    public bool GenerateMissing { get; init; } = true;
}

/// <summary>
/// Builds the objects of a directory as kustomize does, from any tree of files: either a plain directory of manifests, or a
/// kustomization with its bases and components. Nothing outside the source is ever read. Thread-safe as long as the source is.
/// </summary>
/// <param name="source">The files.</param>
/// <param name="options">How to build; the defaults if null.</param>
public sealed class KustomizeBuilder(IFileSource source, BuildOptions? options = null)
{
    private readonly BuildOptions _options = options ?? new BuildOptions();

    /// <summary>Builds one directory.</summary>
    /// <param name="path">The directory relative to the root: <c>""</c>, <c>"."</c>, <c>"./apps"</c>; it may not lead outside.</param>
    /// <param name="overlay">What to add to its kustomization; nothing if null.</param>
    /// <param name="cancellation">Ends the build early.</param>
    /// <exception cref="BuildException">The input is at fault; every independent fault is listed with file, line and field.</exception>
    /// <exception cref="OperationCanceledException">The build was cancelled.</exception>
    public BuildResult Build(string path, BuildOverlay? overlay = null, CancellationToken cancellation = default)
    {
        var recorder = new FileRecorder(source);
        var files = new BoundedFiles(recorder, _options.Limits, cancellation);
        var directory = ResolveRoot(files, path);
        var kustomization = KustomizationFinder.Find(files, directory, firstOfSeveral: overlay is not null)
            ?? (_options.GenerateMissing
                ? KustomizationFinder.Generate(files, directory)
                : throw BuildException.At("no kustomization.yaml, kustomization.yml or Kustomization in this directory", directory));
        if (kustomization.IsEmpty && overlay is null)
        {
            throw BuildException.At("the kustomization is empty", kustomization.File);
        }

        var accumulator = new Accumulator(files, _options, cancellation);
        var root = Overlay.Merge(kustomization, overlay ?? new BuildOverlay(), files);
        root = _options.ManagedByLabel ? root with { BuildMetadata = [.. root.BuildMetadata, "managedByLabel"] } : root;
        root = root.Sort is null && _options.LegacyOrder ? root with { Sort = new SortOptions(IsLegacy: true, null, null) } : root;
        List<string> warnings = [];
        var set = Finisher.Finish(accumulator.Run(root), root, warnings.Add);
        return new BuildResult([.. set.Items], recorder.Inputs(), [.. accumulator.Warnings, .. warnings]);
    }

    private static string ResolveRoot(BoundedFiles files, string path)
    {
        var wanted = path.Length == 0 ? "." : path.TrimStart('/');
        if (!SourcePath.TryResolve("", wanted.Length == 0 ? "." : wanted, out var directory, out var refusal))
        {
            throw BuildException.At(refusal, field: "spec.path");
        }

        return files.DirectoryExists(directory)
            ? directory
            : throw BuildException.At($"kustomization path not found: the source has no directory '{path}'", field: "spec.path");
    }
}

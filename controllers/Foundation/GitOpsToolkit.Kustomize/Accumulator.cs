using GitOpsToolkit.Kustomize.Loader;
using GitOpsToolkit.Kustomize.Patches;
using GitOpsToolkit.Kustomize.Resources;
using GitOpsToolkit.Kustomize.Transformers;

namespace GitOpsToolkit.Kustomize;

/// <summary>Loads a kustomization with everything it includes and runs its transformations, in kustomize's order.</summary>
internal sealed class Accumulator(BoundedFiles files, BuildOptions options, CancellationToken cancellation)
{
    private readonly Stack<string> _directories = new();
    private readonly Dictionary<string, KustomizationFile?> _known = new(StringComparer.Ordinal);
    private int _objects;
    private int _kustomizations;

    /// <exception cref="BuildException">The input is at fault.</exception>
    internal ResourceSet Run(KustomizationFile root)
    {
        var set = new ResourceSet();
        Run(root, set);
        return set;
    }

    private void Run(KustomizationFile file, ResourceSet set)
    {
        cancellation.ThrowIfCancellationRequested();
        _directories.Push(file.Directory);
        if (_directories.Count > options.Limits.MaxDepth)
        {
            throw BuildException.Limit($"kustomizations include each other deeper than {options.Limits.MaxDepth}", file.File);
        }

        AddResources(file, set);
        foreach (var component in file.Components)
        {
            Include(file, component, "components", set, wantComponent: true);
        }

        Transform(file, set);
        _directories.Pop();
    }

    /// <summary>Entries do not depend on each other: the faults of all of them are reported together.</summary>
    private void AddResources(KustomizationFile file, ResourceSet set)
    {
        List<BuildError> errors = [];
        foreach (var entry in file.Resources)
        {
            var depth = _directories.Count;
            try
            {
                AddResource(file, entry, set);
            }
            catch (BuildException e) when (!e.IsLimit)
            {
                errors.AddRange(e.Errors);
                while (_directories.Count > depth)
                {
                    _directories.Pop();
                }
            }
        }

        if (errors.Count > 0)
        {
            throw new BuildException(errors);
        }
    }

    private void AddResource(KustomizationFile file, Located entry, ResourceSet set)
    {
        var path = Resolve(file, entry, "resources");
        if (files.DirectoryExists(path))
        {
            Include(file, entry, "resources", set, wantComponent: false);
            return;
        }

        RequireFile(file, entry, path, "resources");
        foreach (var resource in ResourceReader.Read(files.Documents(path)))
        {
            if (++_objects > options.Limits.MaxResources)
            {
                throw BuildException.Limit($"the build holds more than {options.Limits.MaxResources} objects", path);
            }

            set.Add(resource);
        }
    }

    private void Include(KustomizationFile file, Located entry, string field, ResourceSet set, bool wantComponent)
    {
        var path = Resolve(file, entry, field);
        if (_directories.FirstOrDefault(visited => IsSameOrAbove(path, visited)) is { } visited)
        {
            throw BuildException.At(
                $"'{entry.Text}' makes a cycle: it contains '{(visited.Length == 0 ? "." : visited)}', which is being built", file.File, entry.Line, field);
        }

        if (!files.DirectoryExists(path))
        {
            throw BuildException.At($"the source has no directory '{path}'", file.File, entry.Line, field);
        }

        var included = Find(path)
            ?? throw BuildException.At($"the directory '{path}' has no kustomization.yaml", file.File, entry.Line, field);
        if (included.IsComponent != wantComponent)
        {
            var wanted = wantComponent ? "Component" : "Kustomization";
            throw BuildException.At($"'{included.File}' is not of kind {wanted}", file.File, entry.Line, field);
        }

        if (included.IsEmpty)
        {
            throw BuildException.At("the kustomization is empty", included.File);
        }

        if (wantComponent)
        {
            // A component works on everything that was collected so far.
            Run(included, set);
            return;
        }

        var subset = new ResourceSet();
        Run(included, subset);
        set.AddAll(subset);
    }

    private KustomizationFile? Find(string directory)
    {
        if (++_kustomizations > options.Limits.MaxKustomizations)
        {
            throw BuildException.Limit($"the build includes more than {options.Limits.MaxKustomizations} kustomizations", directory);
        }

        if (!_known.TryGetValue(directory, out var found))
        {
            _known[directory] = found = KustomizationFinder.Find(files, directory);
        }

        return found;
    }

    private void Transform(KustomizationFile file, ResourceSet set)
    {
        foreach (var patch in file.Patches)
        {
            PatchTransformer.Apply(set, PatchLoader.Load(files, file, patch, options.FilesBelowKustomization));
        }

        if (file.Namespace.Length > 0)
        {
            NamespaceTransformer.Apply(set, file.Namespace);
        }

        if (file.NamePrefix.Length > 0)
        {
            NameTransformer.Prefix(set, file.NamePrefix);
        }

        if (file.NameSuffix.Length > 0)
        {
            NameTransformer.Suffix(set, file.NameSuffix);
        }

        foreach (var entry in file.Labels)
        {
            LabelTransformer.Apply(set, entry.Pairs, FieldsOf(entry));
        }

        if (file.CommonLabels.Count > 0)
        {
            LabelTransformer.Apply(set, file.CommonLabels, LabelFields.Selectors);
        }

        if (file.CommonAnnotations.Count > 0)
        {
            LabelTransformer.Apply(set, file.CommonAnnotations, LabelFields.Annotations);
            foreach (var resource in set.Items)
            {
                resource.WasTracked = true;
            }
        }

        foreach (var image in file.Images)
        {
            ImageTransformer.Apply(set, image);
        }
    }

    private static List<FieldSpec> FieldsOf(LabelEntry entry)
    {
        if (entry.IncludeSelectors)
        {
            return FieldSpec.Merge(entry.Fields, LabelFields.Selectors);
        }

        var fields = entry.IncludeTemplates ? FieldSpec.Merge(entry.Fields, LabelFields.Templates) : entry.Fields;
        fields = entry.IncludeVolumeClaimTemplates ? FieldSpec.Merge(fields, LabelFields.VolumeClaims) : fields;
        return FieldSpec.Merge(fields, [LabelFields.ObjectLabels]);
    }

    private static string Resolve(KustomizationFile file, Located entry, string field) =>
        SourcePath.TryResolve(file.Directory, entry.Text, out var path, out var refusal)
            ? path
            : throw BuildException.At(refusal, file.File, entry.Line, field);

    private void RequireFile(KustomizationFile file, Located entry, string path, string field)
    {
        if (!files.FileExists(path))
        {
            throw BuildException.At(
                $"'{entry.Text}' is neither a file nor a directory of the source (links are not followed)", file.File, entry.Line, field);
        }

        if (options.FilesBelowKustomization && !IsSameOrAbove(file.Directory, path))
        {
            throw BuildException.At($"'{entry.Text}' is not below the directory of the kustomization", file.File, entry.Line, field);
        }
    }

    private static bool IsSameOrAbove(string directory, string path) =>
        directory.Length == 0 || path == directory || path.StartsWith(directory + "/", StringComparison.Ordinal);
}

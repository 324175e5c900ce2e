using System.Text.Json.Nodes;
using GitOpsToolkit.Kustomize.Configuration;
using GitOpsToolkit.Kustomize.Generators;
using GitOpsToolkit.Kustomize.Loader;
using GitOpsToolkit.Kustomize.Patches;
using GitOpsToolkit.Kustomize.Plugins;
using GitOpsToolkit.Kustomize.Resources;
using GitOpsToolkit.Kustomize.Transformers;

namespace GitOpsToolkit.Kustomize;

/// <summary>Loads a kustomization with everything it includes and runs its transformations, in kustomize's order.</summary>
internal sealed class Accumulator(BoundedFiles files, BuildOptions options, CancellationToken cancellation)
{
    private readonly Stack<string> _directories = new();
    private readonly Dictionary<string, KustomizationFile?> _known = new(StringComparer.Ordinal);
    private readonly List<string> _warnings = [];
    private readonly MergeSchema _schema = new();
    private string _root = "";
    private bool _wantsNotes;
    private int _objects;
    private int _kustomizations;

    /// <summary>What the authors of the kustomizations should change.</summary>
    internal IReadOnlyList<string> Warnings => _warnings;

    /// <exception cref="BuildException">The input is at fault.</exception>
    internal Accumulation Run(KustomizationFile root)
    {
        _wantsNotes = root.BuildMetadata.Any(option => option is "originAnnotations" or "transformerAnnotations");
        _root = root.Directory;
        var accumulation = new Accumulation();
        Run(root, accumulation);
        return accumulation;
    }

    private void Run(KustomizationFile file, Accumulation accumulation)
    {
        cancellation.ThrowIfCancellationRequested();
        _warnings.AddRange(file.Warnings);
        _directories.Push(file.Directory);
        if (_directories.Count > options.Limits.MaxDepth)
        {
            throw BuildException.Limit($"kustomizations include each other deeper than {options.Limits.MaxDepth}", file.File);
        }

        var local = new LocalFiles(files, file.File, options.FilesBelowKustomization);
        var pipeline = new Pipeline(file, local, _schema, kind => _wantsNotes ? SourceNote.Builtin(PathFromRoot(file.File), kind) : null);
        UseSchema(file, local);
        AddResources(file, [.. file.Resources.Select(entry => (entry, "resources")), .. file.Bases.Select(entry => (entry, "bases"))], accumulation);
        accumulation.MergeConfig(DefaultConfig.Value.Merge(ConfigReader.Read(local, file.Configurations)));
        accumulation.MergeConfig(CrdReader.Read(local, file.Crds));
        Generate(file, local, pipeline, accumulation);
        foreach (var component in file.Components)
        {
            Include(file, component, "components", accumulation, wantComponent: true);
        }

        Transform(file, local, pipeline, accumulation);
        Validate(file, local, accumulation);
        accumulation.Variables.Add(file.Variables, accumulation.Set);
        _directories.Pop();
    }

    private void UseSchema(KustomizationFile file, LocalFiles local)
    {
        if (file.UsesBuiltInSchema)
        {
            _schema.Use(MergeRules.BuiltIn);
        }

        if (file.OpenApiPath is not { } path)
        {
            return;
        }

        BuildException Fault(string message) => BuildException.At(message, file.File, field: "openapi.path");
        var documents = local.Documents(path, Fault);
        _schema.Use(documents.Count > 0 && documents[0].Root is JsonObject root ? new OpenApiSchema(root) : throw Fault($"'{path}' is no OpenAPI file"));
    }

    private void Generate(KustomizationFile file, LocalFiles local, Pipeline pipeline, Accumulation accumulation)
    {
        List<Step<IGenerator>> steps = [.. pipeline.Generators()];
        steps.AddRange(Configs(file, file.Generators, "generators").Select(config =>
            new Step<IGenerator>(BuiltinGenerators.Make(config, local), NoteOf(config))));
        foreach (var step in steps)
        {
            List<Resource> generated = [.. step.Runs.Generate()];
            foreach (var resource in generated)
            {
                Count(file.File);
                resource.Provenance.Source = step.Note;
            }

            Absorber.Absorb(accumulation.Set, generated);
        }
    }

    private void Transform(KustomizationFile file, LocalFiles local, Pipeline pipeline, Accumulation accumulation)
    {
        List<Step<ITransformer>> steps = [.. pipeline.Transformers(accumulation.Config)];
        steps.AddRange(Configs(file, file.Transformers, "transformers").Select(config =>
            new Step<ITransformer>(BuiltinTransformers.Make(config, local, _schema), NoteOf(config))));
        foreach (var step in steps)
        {
            cancellation.ThrowIfCancellationRequested();
            step.Runs.Transform(accumulation.Set);
            if (step.Note is { } note)
            {
                foreach (var resource in accumulation.Set.Items)
                {
                    resource.Provenance.AddTransformation(note);
                }
            }
        }
    }

    /// <summary>A validator may look at the objects, not change them; the label that marks them as validated does not count.</summary>
    private void Validate(KustomizationFile file, LocalFiles local, Accumulation accumulation)
    {
        foreach (var config in Configs(file, file.Validators, "validators"))
        {
            var copy = new ResourceSet();
            foreach (var resource in accumulation.Set.Items)
            {
                copy.Add(resource.Copy());
            }

            BuiltinTransformers.Make(config, local, _schema).Transform(copy);
            if (copy.Items.Count != accumulation.Set.Items.Count
                || copy.Items.Zip(accumulation.Set.Items).Any(pair => !JsonNode.DeepEquals(pair.First.Body, pair.Second.Body)))
            {
                throw config.Fault("a validator may not change the objects");
            }
        }
    }

    /// <summary>The objects that configure generators and transformers: written right there, or read like resources.</summary>
    private IReadOnlyList<Resource> Configs(KustomizationFile file, IReadOnlyList<Located> entries, string field)
    {
        if (entries.Count == 0)
        {
            return [];
        }

        var accumulation = new Accumulation();
        List<Located> paths = [];
        foreach (var entry in entries)
        {
            if (PatchLoader.Inline(file.File, entry) is not { } inline)
            {
                paths.Add(entry);
                continue;
            }

            foreach (var resource in inline)
            {
                resource.Provenance.Source = _wantsNotes ? new SourceNote(PathFromRoot(file.File)) : null;
                accumulation.Set.Add(resource);
            }
        }

        AddResources(file, [.. paths.Select(path => (path, field))], accumulation);
        return accumulation.Set.Items;
    }

    private static SourceNote? NoteOf(Resource config) => config.Provenance.Source is { } source
        ? new SourceNote("", source.Path, config.Body.Text("apiVersion"), config.Kind, config.Name, config.Namespace)
        : null;

    /// <summary>The path as kustomize tells it: relative to the directory that is built.</summary>
    private string PathFromRoot(string path)
    {
        var (from, to) = (_root.Length == 0 ? [] : _root.Split('/'), path.Split('/'));
        var common = from.Zip(to).TakeWhile(pair => pair.First == pair.Second).Count();
        return string.Join('/', Enumerable.Repeat("..", from.Length - common).Concat(to.Skip(common)));
    }

    private void Count(string file)
    {
        if (++_objects > options.Limits.MaxResources)
        {
            throw BuildException.Limit($"the build holds more than {options.Limits.MaxResources} objects", file);
        }
    }

    /// <summary>Entries do not depend on each other: the faults of all of them are reported together.</summary>
    private void AddResources(KustomizationFile file, IReadOnlyList<(Located Entry, string Field)> entries, Accumulation accumulation)
    {
        List<BuildError> errors = [];
        foreach (var (entry, field) in entries)
        {
            var depth = _directories.Count;
            try
            {
                AddResource(file, entry, field, accumulation);
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

    private void AddResource(KustomizationFile file, Located entry, string field, Accumulation accumulation)
    {
        var path = Resolve(file, entry, field);
        if (files.DirectoryExists(path))
        {
            Include(file, entry, field, accumulation, wantComponent: false);
            return;
        }

        RequireFile(file, entry, path, field);
        foreach (var resource in ResourceReader.Read(files.Documents(path)))
        {
            Count(path);
            resource.Provenance.Source = _wantsNotes ? new SourceNote(PathFromRoot(path)) : null;
            accumulation.Set.Add(resource);
        }
    }

    private void Include(KustomizationFile file, Located entry, string field, Accumulation accumulation, bool wantComponent)
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
            Run(included, accumulation);
            return;
        }

        var below = new Accumulation();
        Run(included, below);
        accumulation.MergeAll(below);
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

using System.CommandLine;

namespace GitOpsToolkit.Manager.Flags;

/// <summary>All flags of the process, and what they come to.</summary>
internal sealed class ToolkitFlags
{
    private readonly FlagSet _flags = new();
    private readonly CommonFlags _common;
    private readonly Flag<string> _storage;
    private readonly SourceFlags _source;
    private readonly KustomizeFlags _kustomize;
    private readonly ImageFlags _image;
    private readonly FlagsWithoutEffect _withoutEffect;

    public ToolkitFlags()
    {
        _common = new CommonFlags(_flags);
        _storage = _flags.Text(
            "--storage-path", "STORAGE_PATH", "/data", "the folder of artifacts and tags; several controllers in one process take a folder each below it");
        _source = new SourceFlags(_flags);
        _kustomize = new KustomizeFlags(_flags);
        _image = new ImageFlags(_flags);
        _withoutEffect = new FlagsWithoutEffect(_flags);
    }

    public IReadOnlyList<Option> All => _flags.All;

    public ToolkitOptions Bind(ParseResult parsed)
    {
        var common = _common.Bind(parsed);
        var storage = _storage.In(parsed);
        // One controller owns the path as it does in Flux; several would mix their files.
        string FolderOf(string controller) => common.Controllers.Count == 1 ? storage : Path.Combine(storage, controller);
        var kustomize = _kustomize.Bind(parsed, common);
        return new ToolkitOptions
        {
            Common = common,
            Source = _source.Bind(parsed, common, FolderOf(ControllerNames.Source)),
            Kustomize = kustomize,
            ImageReflector = _image.Reflector(parsed, common, FolderOf(ControllerNames.ImageReflector), kustomize.DefaultServiceAccount),
            ImageAutomation = ImageFlags.Automation(common, FolderOf(ControllerNames.ImageAutomation)),
            WithoutEffect = _withoutEffect.Given(parsed),
        };
    }
}

namespace GitOpsToolkit.Sandbox.Story;

/// <summary>The files that the story puts into the repository and the objects that it applies, with this sandbox's addresses filled in.</summary>
internal sealed class StoryFiles(string registry, string cloneUrl)
{
    public const string Namespace = "flux-system";
    public const string App = "devops-solutions-map";
    public const string Folder = "apps/" + App;
    public const string DeploymentFile = Folder + "/deployment.yaml";
    public const string ServiceFile = Folder + "/service.yaml";
    public const string KustomizationFile = Folder + "/kustomization.yaml";

    private const string Prefix = "Story/";

    /// <summary>The application's image, without a tag.</summary>
    public string Image => $"{registry}/{App}";

    /// <summary>Where the repository is.</summary>
    public string CloneUrl => cloneUrl;

    /// <summary>What is in the repository at the beginning: path to text.</summary>
    public IReadOnlyDictionary<string, string> Repository { get; } = new[]
    {
        Folder + "/namespace.yaml", DeploymentFile, ServiceFile, KustomizationFile,
    }.ToDictionary(path => path, path => Fill(path, registry, cloneUrl));

    /// <summary>The toolkit's objects, as one YAML stream.</summary>
    public string ToolkitObjects => Fill("cluster/toolkit.yaml", registry, cloneUrl);

    private static string Fill(string path, string registry, string cloneUrl)
    {
        using var stream = typeof(StoryFiles).Assembly.GetManifestResourceStream(Prefix + path)
            ?? throw new InvalidOperationException($"the story's file {path} is not part of this build");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd().Replace("${REGISTRY}", registry).Replace("${CLONE_URL}", cloneUrl);
    }
}

using GitOpsToolkit.Kubernetes;

namespace GitOpsToolkit.Sandbox.Story;

/// <summary>Everything an act works with.</summary>
/// <param name="Cluster">The cluster.</param>
/// <param name="Checkout">Dana's clone of the repository.</param>
/// <param name="Files">What is in the repository and the cluster at the beginning.</param>
/// <param name="Timeline">Where the story is told.</param>
/// <param name="PushTag">Pushes an image of the application under a tag.</param>
internal sealed record Scene(
    Cluster Cluster, Checkout Checkout, StoryFiles Files, Timeline Timeline, Func<string, CancellationToken, Task> PushTag)
{
    /// <summary>How long a single condition may take before the story counts as failed: generous, since a slow machine is no fault.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public static readonly ResourcePath GitRepository = Toolkit("source", "gitrepositories");
    public static readonly ResourcePath Kustomization = Toolkit("kustomize", "kustomizations");
    public static readonly ResourcePath ImageRepository = Toolkit("image", "imagerepositories");
    public static readonly ResourcePath ImagePolicy = Toolkit("image", "imagepolicies");
    public static readonly ResourcePath ImageUpdateAutomation = Toolkit("image", "imageupdateautomations");
    public static readonly ResourcePath Deployment = new("apps", "v1", "deployments", StoryFiles.App, StoryFiles.App);
    public static readonly ResourcePath Service = ResourcePath.Core("services", StoryFiles.App, StoryFiles.App);

    /// <summary>The toolkit's objects, in the order of a change's way through them.</summary>
    public static IReadOnlyList<ResourcePath> ToolkitObjects { get; } =
        [GitRepository, Kustomization, ImageRepository, ImagePolicy, ImageUpdateAutomation];

    /// <summary>The application's image under a tag.</summary>
    public string Image(string tag) => $"{Files.Image}:{tag}";

    private static ResourcePath Toolkit(string group, string plural) =>
        new($"{group}.toolkit.fluxcd.io", "v1", plural, StoryFiles.Namespace, StoryFiles.App);
}

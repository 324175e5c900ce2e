using System.Diagnostics;
using CliWrap;
using CliWrap.Buffered;
using GitOpsToolkit.Sandbox.Registry;
using GitOpsToolkit.Sandbox.Story;

namespace GitOpsToolkit.Benchmarks;

/// <summary>
/// The same job by standard tools, as a pipeline does it when it is told of a new image: skopeo lists the tags, git commits the newest and pushes,
/// kubectl applies and waits. It has an application of its own beside the story's, and a clone that it keeps.
/// </summary>
internal sealed class ScriptPeer(BenchCluster cluster, HttpClient http, string folder)
{
    public static readonly string[] Hops = ["skopeo list-tags", "git commit, push", "kubectl apply -k", "kubectl rollout status"];

    private const string Name = "peer";

    private readonly string _image = $"{cluster.Sandbox.RegistryHost}/{Name}";
    private Checkout _checkout = null!;

    /// <summary>Which of its programs are missing.</summary>
    public static string Missing => string.Join(
        ", ",
        ((string[])["skopeo", "kubectl", "git"]).Where(program =>
            !(Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(path => File.Exists(Path.Combine(path, program)))));

    public async Task PrepareAsync()
    {
        var url = await cluster.Sandbox.GitServer.CreateRepositoryAsync(Name);
        _checkout = new Checkout(folder, url.ToString());
        await _checkout.CloneAsync(CancellationToken.None);
        foreach (var (path, text) in cluster.Scene.Files.Repository)
        {
            _checkout.Write(Path.GetFileName(path), text.Replace(StoryFiles.App, Name, StringComparison.Ordinal));
        }

        await _checkout.PushAsync("Begin", CancellationToken.None);
        await PushImageAsync("v0.5.0");
        await KubectlAsync("apply", "-k", folder);
        await KubectlAsync("rollout", "status", "deployment/" + Name, "-n", Name);
    }

    /// <summary>Pushes a tag and gives the time from then to the end of each step, in milliseconds.</summary>
    public async Task<double[]> RunAsync(string tag)
    {
        await PushImageAsync(tag);
        var begun = Stopwatch.GetTimestamp();
        double Now() => Stopwatch.GetElapsedTime(begun).TotalMilliseconds;

        var tags = await OutputAsync("skopeo", "list-tags", "--tls-verify=false", "docker://" + _image);
        if (!tags.Contains($"\"{tag}\"", StringComparison.Ordinal))
        {
            throw new InvalidOperationException($"skopeo does not see {tag}: no figure");
        }

        var listed = Now();
        var lines = _checkout.Read("deployment.yaml").Split('\n')
            .Select(line => line.Contains("image: ", StringComparison.Ordinal) ? $"          image: {_image}:{tag}" : line);
        _checkout.Write("deployment.yaml", string.Join('\n', lines));
        await _checkout.PushAsync("Update images", CancellationToken.None);
        var pushed = Now();
        await KubectlAsync("apply", "-k", folder);
        var applied = Now();
        await KubectlAsync("rollout", "status", "deployment/" + Name, "-n", Name);
        return [listed, pushed, applied, Now()];
    }

    private Task PushImageAsync(string tag) => new ImagePusher(http, cluster.Sandbox.Registry.Url).PushAsync(Name, tag);

    private Task KubectlAsync(params string[] arguments) => OutputAsync("kubectl", ["--kubeconfig", cluster.Sandbox.KubeconfigPath, .. arguments]);

    private static async Task<string> OutputAsync(string program, params string[] arguments) =>
        (await Cli.Wrap(program).WithArguments(arguments).ExecuteBufferedAsync()).StandardOutput;
}
